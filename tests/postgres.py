"""A PostgreSQL server for tests: the one named, the one running here, or one of their own.

In this order: the environment's HUIQI_TEST_DATABASE_URL; a server on 127.0.0.1:5432 that lets
anyone in; a private cluster made from Debian's binaries in a temporary folder. Tests that need
PostgreSQL fail where there is none of the three: they are never skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

VARIABLE = "HUIQI_TEST_DATABASE_URL"
_LOCAL = [
    f"postgresql://{user}@127.0.0.1:5432/{database}"
    for user in ("postgres", "root")
    for database in ("test", "postgres", "root")
]
_BINARIES = Path("/usr/lib/postgresql")
_OWNER = "postgres"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Where the server is; a private one is stopped when the tests are over."""
    with server() as url:
        yield url


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[psycopg.Connection]:
    """A connection whose tables are in a schema of their own, dropped afterwards."""
    name = f"huiqi_{uuid.uuid4().hex}"
    # A statement prepared by itself would remember the columns of a table that is made anew.
    with psycopg.connect(postgres_url, autocommit=True, prepare_threshold=None) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        connection.execute(f"SET search_path TO {name}")
        try:
            yield connection
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server to use."""
    named = os.environ.get(VARIABLE)
    if named:
        yield named
        return
    for url in _LOCAL:
        if _answers(url):
            yield url
            return
    with private_cluster() as url:
        yield url


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def private_cluster() -> Iterator[str]:
    """A new cluster on a socket in a temporary folder, stopped and removed afterwards."""
    binaries = _newest_binaries()
    folder = Path(tempfile.mkdtemp(prefix="huiqi-postgres-"))
    owner = _OWNER if os.geteuid() == 0 else None  # the server refuses to run as root
    if owner:
        shutil.chown(folder, owner, owner)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries / program), "-D", str(data), *arguments]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, user=owner, group=owner, cwd=folder
        )

    try:
        run("initdb", "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
        try:
            yield f"postgresql:///postgres?host={folder}&user={_OWNER}"
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _newest_binaries() -> Path:
    found = sorted(_BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail(
            f"these tests need PostgreSQL: set {VARIABLE}, start a server on 127.0.0.1:5432, "
            "or install the package postgresql"
        )
    return found[-1].parent
