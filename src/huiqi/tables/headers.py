"""Find the header row of a table and what each of its columns means.

A header is a fact's Chinese name, English key or alias; a number may carry its unit in brackets,
after ``/`` or ``:``, or directly behind the name: 营业收入(万元), 资产总额/万元, 营业收入万元.
Anything else is not guessed at: the column is ignored, and reported as ignored. Headers of more
than one row are brought into one by ``header_rows``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from huiqi.rules.vocabulary import FactDefinition, Vocabulary
from huiqi.tables.errors import Unreadable
from huiqi.tables.header_rows import noted_units, over_second_row, under_groups
from huiqi.tables.measures import default_multiplier, is_unit, multiplier
from huiqi.tables.normal import compact, half_width
from huiqi.tables.problems import Note

CODE_KEY = "credit_code"
NAME_KEY = "name"
HEADER_ROWS = 11  # up to ten title rows may come before the header
FIRST_ROWS = HEADER_ROWS + 1  # a second header row may follow

MOST_COLUMNS = 1000
_SHOWN = 12
_LABELS = 2  # known headers below each other, where one may be a header repeated on a page
_HINTED = 50  # so many headers that nobody knows get a suggestion
_LONGEST_HEADER = 100
_BRACKETED = re.compile(r"(?P<base>[^(\[【{]+)[(\[【{](?P<note>[^()\[\]【】{}]+)[)\]】}]")
_BEHIND = re.compile(r"(?P<base>[^/:]+)[/:](?P<note>[^/:]+)")
_GLUED = re.compile(r"(?P<base>.+?)(?P<note>(?:百万|千万|千|万|亿)?元|%)")
_MARKS = "*★☆:"
# Remarks that change nothing about how the cells are to be read.
_REMARKS = frozenset(
    {
        *("必填", "选填", "可选", "单选", "多选", "可多选", "全称", "代码", "名称", "18位"),
        *("年月日", "日期", "是否", "是/否", "有/无"),
        *("yyyy-mm-dd", "yyyy/mm/dd", "yyyymmdd", "gb/t4754-2017", "gb/t4754"),
    }
)


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One recognised column."""

    index: int
    header: str
    fact: FactDefinition
    unit: str
    """Unit as the header gives it; empty when it gives none."""

    multiplier: Fraction
    """Stored units in 1 of a cell without a unit (numbers only)."""

    @property
    def letter(self) -> str:
        return column_letter(self.index)

    @property
    def place(self) -> str:
        return f"{self.letter} 列“{self.header}”"


@dataclass(frozen=True, slots=True)
class IgnoredColumn:
    """A column that is not read, and why."""

    index: int
    header: str
    reason: str
    fact: FactDefinition | None = None
    """The fact it seems to give, though it cannot be read."""

    @property
    def letter(self) -> str:
        return column_letter(self.index)


@dataclass(frozen=True, slots=True)
class Header:
    """The header row (1-based) and its columns; ``columns`` hold each fact once."""

    row: int
    columns: tuple[SourceColumn, ...]
    ignored: tuple[IgnoredColumn, ...]
    width: int = 0
    """Number of cells of the row, blank ones too."""

    remarks: tuple[tuple[int | None, str, Note], ...] = ()
    """What is to be said about the table's layout: row, letter of the column or nothing, note."""

    def column(self, key: str) -> SourceColumn | None:
        return next((column for column in self.columns if column.fact.key == key), None)


def column_letter(index: int) -> str:
    """A for 0, Z for 25, AA for 26, as Excel names columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class HeaderReader:
    """Reads header cells against one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._facts: dict[str, FactDefinition] = {}
        for fact in vocabulary.facts.values():
            for word in (fact.name, fact.key, *fact.model.aliases):
                self._facts.setdefault(_plain(word), fact)
        self._names = {fact.key: fact for fact in vocabulary.facts.values()}

    def find(self, rows: Sequence[Sequence[str]]) -> Header | None:
        """The row among the first ones with a code or name column and most known columns."""
        best: Header | None = None
        for number, cells in enumerate(rows[:HEADER_ROWS], 1):
            header = self.read(number, cells)
            identified = header.column(CODE_KEY) or header.column(NAME_KEY)
            if identified and (best is None or len(header.columns) > len(best.columns)):
                best = header
        return best

    def require(self, rows: Sequence[Sequence[str]], where: str) -> Header:
        """As `find`, in full. Raises Unreadable: no header, a fact twice, not a row a firm."""
        header = self.find(rows)
        if header is None:
            raise self._no_header(rows, where)
        header = self._with_noted_units(self._whole(header, rows), rows)
        self._refuse_forms(header, rows, where)
        seen: dict[str, SourceColumn] = {}
        for column in header.columns:
            first = seen.setdefault(column.fact.key, column)
            if first is not column:
                raise Unreadable(
                    f"{where}有两列都是“{column.fact.name}”：{first.place} 和 {column.place}",
                    "删去或改名其中一列后再导入",
                )
        return replace(header, ignored=self._with_hints(header.ignored))

    def read(self, number: int, cells: Sequence[str]) -> Header:
        """Every cell of a row as a header; ``columns`` may hold a fact twice here."""
        columns: list[SourceColumn] = []
        ignored: list[IgnoredColumn] = []
        for index, cell in enumerate(cells):
            if not compact(cell):
                continue
            header = " ".join(half_width(cell).split())[:_LONGEST_HEADER]
            found = self._column(index, header)
            if isinstance(found, SourceColumn):
                columns.append(found)
            else:
                ignored.append(found)
        return Header(number, tuple(columns), tuple(ignored), len(cells))

    def _whole(self, header: Header, rows: Sequence[Sequence[str]]) -> Header:
        """The header with the groups above it and a second row below it."""
        row = header.row
        above = rows[row - 2] if row > 1 else ()
        cells = under_groups(above, rows[row - 1], self._fact)
        joined = over_second_row(cells, rows[row], self._fact) if row < len(rows) else None
        return self.read(row, cells) if joined is None else self.read(row + 1, joined)

    def _refuse_forms(self, header: Header, rows: Sequence[Sequence[str]], where: str) -> None:
        """One firm a sheet, labels on the left: below a “header” come the other labels."""
        for column in header.columns:
            below = [row[column.index] for row in rows[header.row :] if column.index < len(row)]
            labels = [cell for cell in below if self._fact(cell) is not None]
            if column.fact.key in (CODE_KEY, NAME_KEY) and len(labels) >= _LABELS:
                raise Unreadable(
                    f"{where}像是一家企业一张的竖排表：{column.letter} 列是项目名称",
                    "改成每行一家企业、第一行是表头的表格",
                )

    def _fact(self, header: str) -> FactDefinition | None:
        return self._column(0, " ".join(half_width(header).split())).fact

    @staticmethod
    def _with_noted_units(header: Header, rows: Sequence[Sequence[str]]) -> Header:
        """Give numbers without a unit the one noted above the table."""
        row, units = noted_units(rows[: header.row - 1])
        columns, ignored, named = [], list(header.ignored), []
        for column in header.columns:
            fact = column.fact
            fitting = [unit for unit in units if multiplier(fact, unit) is not None]
            if fact.type != "number" or column.unit or not fitting:
                columns.append(column)
            elif len(fitting) > 1:
                reason = f"表上方的单位有{'、'.join(fitting)}，不能确定是哪一个"
                ignored.append(IgnoredColumn(column.index, column.header, reason, fact))
            else:
                factor = multiplier(fact, fitting[0])
                assert factor is not None
                columns.append(replace(column, unit=fitting[0], multiplier=factor))
                named.append(column.header)
        note = Note.warning(
            "noted_unit",
            f"按表上方注明的单位（{'、'.join(units)}）读取没有写单位的列：{'、'.join(named)}",
            "核对；最好在表头写明单位，如 营业收入(万元)",
        )
        remarks = ((row, "", note),) if named else ()
        return replace(header, columns=tuple(columns), ignored=tuple(ignored), remarks=remarks)

    def _no_header(self, rows: Sequence[Sequence[str]], where: str) -> Unreadable:
        """What was found instead of a header, and what would have been accepted."""
        filled = [
            [" ".join(cell.split())[:20] for cell in row if compact(cell)]
            for row in rows[:HEADER_ROWS]
        ]
        found = max(filled, key=len, default=[])
        more = f" 等 {len(found)} 列" if len(found) > _SHOWN else ""
        shown = f"“{'”“'.join(found[:_SHOWN])}”{more}" if found else "没有内容"
        accepted = "；".join(
            "、".join([fact.name, *fact.model.aliases[:3], fact.key])
            for fact in (self._names.get(CODE_KEY), self._names.get(NAME_KEY))
            if fact is not None
        )
        return Unreadable(
            f"{where}前 {HEADER_ROWS} 行没有找到表头（其中内容最多的一行是：{shown}）",
            f"表头至少要有下列之一：{accepted}",
        )

    # --- one header cell ---------------------------------------------------------------------

    def _column(self, index: int, header: str) -> SourceColumn | IgnoredColumn:
        word = _plain(header)
        fact = self._facts.get(word)
        if fact is not None:
            return _made(index, header, fact, [])
        for pattern in (_BRACKETED, _BEHIND, _GLUED):
            match = pattern.fullmatch(word)
            fact = self._facts.get(match["base"].rstrip(_MARKS)) if match else None
            if match and fact:
                notes = [part for part in re.split("[,;、]", match["note"]) if part]
                return _made(index, header, fact, notes)
        return IgnoredColumn(index, header, "不认识这个表头")

    def _with_hints(self, ignored: tuple[IgnoredColumn, ...]) -> tuple[IgnoredColumn, ...]:
        """Name the fact a header nobody knows looks like."""
        return tuple(map(self._hinted, ignored[:_HINTED])) + ignored[_HINTED:]

    def _hinted(self, column: IgnoredColumn) -> IgnoredColumn:
        if column.fact is not None:
            return column
        close = difflib.get_close_matches(_plain(column.header), self._facts, n=1, cutoff=0.6)
        hint = f"，是否应为“{self._facts[close[0]].name}”？" if close else ""
        return replace(column, reason=column.reason + hint)


def _made(
    index: int, header: str, fact: FactDefinition, notes: list[str]
) -> SourceColumn | IgnoredColumn:
    units = [
        note.removeprefix("单位:").removeprefix("单位") for note in notes if note not in _REMARKS
    ]
    unit = units[0] if units else ""
    reason = _why_not(fact, units)
    if reason:
        return IgnoredColumn(index, header, reason, fact)
    if fact.type != "number":
        return SourceColumn(index, header, fact, "", Fraction(1))
    factor = multiplier(fact, unit) if unit else default_multiplier(fact)
    if factor is None:
        reason = f"单位“{unit}”不适用于“{fact.name}”（应为{fact.unit.name or '无单位'}）"
        return IgnoredColumn(index, header, reason, fact)
    return SourceColumn(index, header, fact, unit, factor)


def _why_not(fact: FactDefinition, units: list[str]) -> str:
    """Why a column of this fact with these words behind its name is not read."""
    if fact.model.derived is not None:
        return f"“{fact.name}”由其他事实算出，不从表中读取"
    if len(units) > 1 or (units and not is_unit(units[0])):
        return f"像是“{fact.name}”，但“{'、'.join(units)}”不是认识的单位，不能确定口径"
    if units and fact.type != "number":
        return f"“{fact.name}”不是数字，却带有单位“{units[0]}”"
    return ""


def _plain(word: str) -> str:
    """A header as it is compared: no blanks, half width, small letters, no marks for “required”."""
    return compact(word)[:_LONGEST_HEADER].lower().strip(_MARKS)
