"""Real files for the tests of tables, each made here, and the vocabulary as published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml

from huiqi.rules.codes import CodeTree
from huiqi.rules.vocabulary import FactDefinition, Vocabulary, VocabularyModel
from huiqi.tables.credit_code import check_digit
from huiqi.tables.enterprises import EnterpriseTable, read_enterprises
from huiqi.tables.headers import HeaderReader, SourceColumn

JURISDICTIONS = Path(__file__).resolve().parents[2] / "jurisdictions"
CHAIN = ("CN", "CN-63", "CN-6328")


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The published vocabulary, without the policies built on it."""
    areas = [
        path for code in CHAIN for path in sorted((JURISDICTIONS / code).glob("codes/areas/*.csv"))
    ]
    trees = {
        "industry": CodeTree.from_csv("industry", [JURISDICTIONS / "CN/codes/industries.csv"]),
        "area": CodeTree.from_csv("area", areas),
    }
    facts: dict[str, FactDefinition] = {}
    for path in sorted((JURISDICTIONS / "CN/vocabulary").glob("*.yaml")):
        model = VocabularyModel.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        for entry in model.facts:
            tree = trees[entry.tree] if entry.tree else None
            facts[entry.key] = FactDefinition(entry, model.topic, tree, len(facts))
    return Vocabulary(facts, trees)


@pytest.fixture(scope="session")
def column(vocabulary: Vocabulary) -> Callable[[str], SourceColumn]:
    """The recognised column of a header text."""

    def made(header: str) -> SourceColumn:
        found = HeaderReader(vocabulary).read(1, [header])
        assert found.columns, found.ignored
        return found.columns[0]

    return made


def credit_code(number: int, prefix: str = "91632801") -> str:
    """A right code, another one for each number."""
    first = f"{prefix}{number:09d}"
    return first + check_digit(first)


Cells = Sequence[Sequence[Any]]


def write_xlsx(path: Path, sheets: dict[str, Cells], **options: Any) -> Path:
    """A workbook by XlsxWriter; numbers, texts, dates and booleans as they are."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", **options})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


class Read:
    """A table read to the end."""

    def __init__(self, table: EnterpriseTable) -> None:
        self.table = table
        self.rows = [row for chunk in table.chunks() for row in chunk.iter_rows(named=True)]
        self.problems = table.problems

    def column(self, key: str) -> list[Any]:
        return [row[key] for row in self.rows]

    def kinds(self) -> list[tuple[int | None, str]]:
        return [(problem.row, problem.kind) for problem in self.problems]


@pytest.fixture
def read(vocabulary: Vocabulary) -> Callable[..., Read]:
    def reading(path: Path, **options: Any) -> Read:
        return Read(read_enterprises(path, vocabulary, **options))

    return reading
