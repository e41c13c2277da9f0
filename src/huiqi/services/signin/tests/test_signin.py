"""Signing in: passwords, lock-out, second factor, sessions, the identity service."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from oidc_provider_mock import run_server_in_thread

from huiqi.kernel.accounts.models import User
from huiqi.web.middleware import SEEN

pytestmark = pytest.mark.django_db
PASSWORD = "long enough 42"


@pytest.fixture(autouse=True)
def no_old_tries():
    """Wrong tries of other tests don't count."""
    cache.clear()


def sign_in(client, user, password=PASSWORD):
    return client.post("/login", {"login": user.username, "password": password})


def code_for(secret: str) -> str:
    counter = next(yield_hotp_counters_from_time())
    return f"{hotp_value(secret, counter):06d}"


def test_a_password_opens_the_door(client, person, firm):
    user = person("owner", enterprise=firm)
    assert sign_in(client, user).status_code == 302
    assert firm.name in client.get("/").content.decode()


def test_a_wrong_password_does_not_and_says_so(client, person):
    answer = sign_in(client, person(), "wrong")
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_who_guesses_is_locked_out_for_a_while(client, person):
    user = person()
    for _ in range(5):
        sign_in(client, user, "wrong")
    answer = sign_in(client, user)
    assert answer.status_code == 200
    assert not answer.wsgi_request.user.is_authenticated
    assert answer.context["form"].errors


def test_signing_up_needs_a_good_password(client):
    given = {
        "username": "zhang",
        "name": "张示例",
        "password1": "12345678",
        "password2": "12345678",
    }
    answer = client.post("/signup", given)
    assert answer.status_code == 200
    assert answer.context["form"].errors["password1"]
    assert "张示例" in answer.content.decode()
    good = {**given, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/signup", good).status_code == 302
    assert User.objects.get(username="zhang").name == "张示例"


def test_officials_set_up_a_second_factor_before_anything_else(client, person, office):
    user = person("clerk", office=office("工信"))
    sign_in(client, user)
    assert client.get("/enterprises").headers["location"] == "/account/second-factor/app"
    client.post("/account/again", {"password": PASSWORD})
    page = client.get("/account/second-factor/app")
    secret = page.context["form"].secret
    done = client.post("/account/second-factor/app", {"code": code_for(secret)})
    assert done.status_code == 302
    assert client.get("/enterprises").status_code == 200


def test_the_second_factor_is_asked_for_at_the_next_sign_in(client, person, office):
    user = person("clerk", office=office("工信"))
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    assert sign_in(client, user).headers["location"] == "/login/second"
    assert client.get("/enterprises").status_code == 302
    assert client.post("/login/second", {"code": "000000"}).status_code == 200
    assert client.post("/login/second", {"code": code_for(secret)}).status_code == 302
    assert client.get("/enterprises").status_code == 200


def test_firms_may_do_without(client, person, firm):
    sign_in(client, person("owner", enterprise=firm))
    assert client.get(f"/enterprises/{firm.credit_code}").status_code == 200


def test_turning_it_off_needs_the_password_again(client, person, office):
    user = person("clerk", office=office("工信"))
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/account/second-factor/app/off")
    assert "/account/again" in answer.headers["location"]
    assert Authenticator.objects.filter(user=user).exists()


def test_the_oldest_session_ends_when_there_are_too_many(person, settings):
    user = person()
    clients = [Client() for _ in range(settings.HUIQI_SESSIONS + 1)]
    for client in clients:
        sign_in(client, user)
        client.get("/account")
    assert UserSession.objects.filter(user=user).count() == settings.HUIQI_SESSIONS
    assert clients[0].get("/account").status_code == 302
    assert clients[-1].get("/account").status_code == 200


def test_one_ends_a_session_of_ones_own_only(person):
    mine, other = Client(), Client()
    user, stranger = person(), person()
    elsewhere = Client()
    for client, who in ((mine, user), (elsewhere, user), (other, stranger)):
        sign_in(client, who)
        client.get("/account")
    theirs = UserSession.objects.get(user=stranger)
    assert mine.post(f"/account/sessions/{theirs.pk}/end").status_code == 404
    key = elsewhere.session.session_key
    session = UserSession.objects.get(session_key=key)
    assert mine.post(f"/account/sessions/{session.pk}/end").status_code == 302
    assert elsewhere.get("/account").status_code == 302


def test_officials_who_do_nothing_are_signed_out(client, person, office, settings):
    settings.HUIQI_DEMO = True
    client.force_login(
        person("clerk", office=office("工信")), backend="django.contrib.auth.backends.ModelBackend"
    )
    client.get("/")
    session = client.session
    session[SEEN] = (timezone.now() - settings.HUIQI_IDLE - timedelta(minutes=1)).timestamp()
    session.save()
    assert client.get("/enterprises").headers["location"] == "/login"
    assert client.get("/enterprises").headers["location"].startswith("/login?")


def test_demo_accounts_open_by_click_in_the_demonstration_only(client, settings):
    User.objects.create(username="demo", name="演示", is_demo=True, password="!")
    assert client.post("/login/demo", {"username": "demo"}).status_code == 404
    settings.HUIQI_DEMO = True
    assert client.post("/login/demo", {"username": "demo"}).status_code == 302


def test_a_click_of_the_demonstration_is_worth_nothing_after_it(client, settings):
    User.objects.create(username="demo", name="演示", is_demo=True, password="!")
    settings.HUIQI_DEMO = True
    client.post("/login/demo", {"username": "demo"})
    assert client.get("/account").status_code == 200
    for address in ("/account/password", "/account/second-factor/app"):
        assert client.get(address).status_code == 403
    settings.HUIQI_DEMO = False
    assert client.get("/account").headers["location"].startswith("/login")


# The server of the test warns of its own parts.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_identity_service_signs_in_by_subject_never_by_mail(client, person, settings):
    person(username="owner")
    User.objects.filter(username="owner").update(email="li@example.com")
    with run_server_in_thread() as server:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "identity",
                        "name": "统一身份认证",
                        "client_id": "huiqi",
                        "secret": "secret",
                        "settings": {"server_url": f"http://localhost:{server.server_port}"},
                    }
                ],
            }
        }
        start = client.post("/login/identity", headers={"host": "localhost"})
        back = requests.post(
            start.headers["location"], {"sub": "li@example.com"}, allow_redirects=False, timeout=10
        )
        query = parse_qs(urlsplit(back.headers["location"]).query)
        answer = client.get(
            "/login/identity/callback",
            {key: value[0] for key, value in query.items()},
            headers={"host": "localhost"},
        )
    assert answer.status_code == 302
    assert answer.headers["location"] == "/"
    user = answer.wsgi_request.user
    assert user.is_authenticated
    assert user.username != "owner"
    assert not user.memberships.exists()
