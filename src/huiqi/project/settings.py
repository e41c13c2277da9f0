"""All settings in one place. The environment is read here and nowhere else.

========================  =====================================================================
HUIQI_DATA                folder for the database, documents, snapshots (default: ``var``)
HUIQI_DATABASE_URL        default: SQLite in HUIQI_DATA; ``postgresql://user:password@host/name``
HUIQI_SECRET_KEY          default: made once and kept in HUIQI_DATA
HUIQI_JURISDICTION        folder under ``jurisdictions/`` (default: as the ``huiqi`` command)
HUIQI_DEMO                ``1``: demonstration data, one-click sign-in, no second factor
HUIQI_HOSTS               host names served, separated by commas
HUIQI_HTTPS               ``1``: cookies only over HTTPS, HSTS
HUIQI_SMTP_URL            ``smtp://user:password@host:port``; default: files in HUIQI_DATA
HUIQI_MAIL_FROM           sender of e-mail
HUIQI_SMS                 class of the SMS provider (default: files in HUIQI_DATA)
HUIQI_ADDRESS             address people reach the site under, for links in letters
HUIQI_OIDC_SERVER         issuer of the provincial identity service; with HUIQI_OIDC_CLIENT_ID,
                          HUIQI_OIDC_SECRET, HUIQI_OIDC_NAME
HUIQI_ORGANISER …         what the footer says: HUIQI_ORGANISER, HUIQI_ICP, HUIQI_SITE_ID,
                          HUIQI_CONTACT, HUIQI_POLICE_RECORD
========================  =====================================================================
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

PACKAGE = Path(__file__).resolve().parent.parent


def _text(name: str, default: str = "") -> str:
    return os.environ.get(f"HUIQI_{name}", default)


def _flag(name: str) -> bool:
    return _text(name) == "1"


# --- where things are --------------------------------------------------------------------------

HUIQI_DATA = Path(_text("DATA", "var")).resolve()
HUIQI_DATA.mkdir(parents=True, exist_ok=True)
HUIQI_JURISDICTION = _text("JURISDICTION", "CN-6328")
HUIQI_DEMO = _flag("DEMO")


def _kept_secret() -> str:
    """A secret key made at the first start; only the owner of the folder may read it."""
    path = HUIQI_DATA / "secret_key"
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


SECRET_KEY = _text("SECRET_KEY") or _kept_secret()
DEBUG = False
ALLOWED_HOSTS = _text("HOSTS", "localhost,127.0.0.1,[::1]").split(",")

# --- the services; each brings its pages, menu, permissions and tasks ---------------------------


def _packages(folder: str, having: str) -> list[str]:
    """Dotted names of the packages in a folder that hold a file of this name."""
    found = sorted((PACKAGE / folder).glob(f"*/{having}"))
    return [f"huiqi.{folder}.{path.parent.name}" for path in found]


HUIQI_SERVICES = _packages("services", "service.py")
HUIQI_KERNEL = _packages("kernel", "apps.py")

INSTALLED_APPS = [
    # Before the packages whose pages they draw anew.
    *HUIQI_KERNEL,
    "huiqi.web",
    *HUIQI_SERVICES,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "oauth2_provider",
    "django_tasks",
    "django_tasks_db",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "huiqi.web.middleware.ActorMiddleware",
    "huiqi.web.middleware.SignInRulesMiddleware",
    "huiqi.web.middleware.ErrorMiddleware",
]

ROOT_URLCONF = "huiqi.project.urls"
WSGI_APPLICATION = "huiqi.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "huiqi.web.context.page",
            ],
            "builtins": ["huiqi.web.templatetags.huiqi"],
        },
    }
]
FORM_RENDERER = "huiqi.web.forms.Renderer"

# --- database -----------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        _text("DATABASE_URL", f"sqlite:///{HUIQI_DATA / 'huiqi.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Django's defaults lose concurrent writes: readers upgrade to writers and are refused.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# --- people -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "huiqi.kernel.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "huiqi.services.signin.forms.PersonForm"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Who guesses is locked out: after five wrong passwords for a name, for five minutes.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "惠企"
HUIQI_SESSIONS = 5
"""Sessions a person may have at the same time; the oldest ends when one more begins."""

HUIQI_IDLE = timedelta(minutes=30)
"""Officials are signed out after so long without doing anything."""

SOCIALACCOUNT_ADAPTER = "huiqi.kernel.accounts.adapters.IdentityAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = True
# An address somebody else's service claims is no proof of who one is here.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = {}
if _text("OIDC_SERVER"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "identity",
                "name": _text("OIDC_NAME", "统一身份认证"),
                "client_id": _text("OIDC_CLIENT_ID"),
                "secret": _text("OIDC_SECRET"),
                "settings": {"server_url": _text("OIDC_SERVER")},
            }
        ],
    }
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "huiqi.web.views.csrf_failure"

# --- the API: systems sign in with OAuth 2.0 client credentials ---------------------------------

# A migration that points to clients asks for it by this name.
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "SCOPES_BACKEND_CLASS": "huiqi.kernel.machines.scopes.GrantedScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": int(timedelta(hours=1).total_seconds()),
}

# --- language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = HUIQI_DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = HUIQI_DATA / "documents"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- security -----------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _flag("HTTPS"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- mail ---------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = _text("MAIL_FROM", "huiqi@localhost")
_smtp = urlsplit(_text("SMTP_URL"))
if _smtp.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _smtp.hostname, _smtp.port or 587
    EMAIL_HOST_USER = unquote(_smtp.username or "")
    EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
    EMAIL_USE_TLS = _smtp.scheme == "smtp" and EMAIL_PORT == 587
    EMAIL_USE_SSL = _smtp.scheme == "smtps"
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HUIQI_DATA / "mail"

# --- text messages ------------------------------------------------------------------------------

HUIQI_SMS = _text("SMS", "huiqi.kernel.notices.channels.FileSms")
HUIQI_SMS_FOLDER = HUIQI_DATA / "sms"
HUIQI_ADDRESS = _text("ADDRESS", "http://127.0.0.1:8000")
"""Where people reach this site: links in letters begin with it."""

# --- what the footer says -----------------------------------------------------------------------

HUIQI_FOOTER = {
    "organiser": _text("ORGANISER"),
    "icp": _text("ICP"),
    "site_id": _text("SITE_ID"),
    "police_record": _text("POLICE_RECORD"),
    "contact": _text("CONTACT"),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
