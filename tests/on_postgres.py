"""``python -m tests.on_postgres``: the platform's tests again, on PostgreSQL.

The same tests as on SQLite, browser journeys included; ``tests/postgres.py`` finds the server.
Arguments go to pytest.
"""

from __future__ import annotations

import os
import sys

import pytest

from tests.postgres import server

PLATFORM = ["tests/platform", "tests/journeys", "src/huiqi/services", "src/huiqi/kernel"]


def main() -> int:
    with server() as url:
        # Read by the settings, which pytest-django loads.
        os.environ["HUIQI_DATABASE_URL"] = url
        return int(pytest.main([*PLATFORM, *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
