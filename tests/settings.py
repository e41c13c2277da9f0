"""Settings of tests: the platform's own, on a database and in folders of the tests' own.

SQLite unless HUIQI_DATABASE_URL names another: ``python -m tests.on_postgres`` sets it.
"""

import os
import tempfile
import zlib
from pathlib import Path

os.environ.setdefault("HUIQI_DATA", tempfile.mkdtemp(prefix="huiqi-test-"))
os.environ.pop("HUIQI_DEMO", None)

from huiqi.project.settings import *  # noqa: F403 - these are settings, after the environment
from huiqi.project.settings import DATABASES, STORAGES

# Two checkouts on one machine must not take each other's test database away.
_PLACE = zlib.crc32(str(Path(__file__).resolve()).encode())
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["TEST"] = {"NAME": f"test_huiqi_{_PLACE:08x}"}

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
ALLOWED_HOSTS = ["*"]
