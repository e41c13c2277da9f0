from allauth.account import views as allauth_account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path

from huiqi.kernel.access import everyone, signed_in
from huiqi.services.signin import views

# django-allauth finds its pages by these names; what isn't here doesn't exist.
urlpatterns = [
    path("login", views.login, name="login"),
    path("login", views.login, name="account_login"),
    path("login/demo", views.demo_login, name="demo-login"),
    path("login/second", everyone(mfa.authenticate), name="mfa_authenticate"),
    path("login/<slug:provider_id>", everyone(oidc.login), name="openid_connect_login"),
    path(
        "login/<slug:provider_id>/callback",
        everyone(oidc.callback),
        name="openid_connect_callback",
    ),
    path(
        "login/cancelled",
        everyone(social.login_cancelled),
        name="socialaccount_login_cancelled",
    ),
    path("login/failed", everyone(social.login_error), name="socialaccount_login_error"),
    path("login/new", everyone(social.signup), name="socialaccount_signup"),
    path("logout", views.logout, name="logout"),
    path("logout", views.logout, name="account_logout"),
    path("signup", everyone(allauth_account.signup), name="account_signup"),
    path("account", views.account, name="account"),
    path("account/inactive", everyone(allauth_account.account_inactive), name="account_inactive"),
    path("account/sessions/<int:pk>/end", views.end_session, name="session-end"),
    path(
        "account/password",
        views.own_password(allauth_account.password_change),
        name="account_change_password",
    ),
    path("account/again", signed_in(allauth_account.reauthenticate), name="account_reauthenticate"),
    path("account/again/second", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/second-factor", signed_in(mfa.index), name="mfa_index"),
    path(
        "account/second-factor/app", views.own_account(totp.activate_totp), name="mfa_activate_totp"
    ),
    path(
        "account/second-factor/app/off",
        signed_in(totp.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/second-factor/codes",
        signed_in(codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/codes/new",
        signed_in(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/second-factor/codes/file",
        signed_in(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
