"""What the tests of commands share: a database, a workbook of firms."""

from pathlib import Path

import pytest

from tests.cli.firms import FIRMS, workbook
from tests.postgres import postgres, postgres_url

__all__ = ["firms", "postgres", "postgres_url"]


@pytest.fixture
def firms(tmp_path: Path) -> Path:
    return workbook(tmp_path / "企业.xlsx", FIRMS)
