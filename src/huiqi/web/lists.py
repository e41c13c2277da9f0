"""List pages: every list filters, sorts, pages and exports what it shows.

    listing = Listing(
        request,
        queries.enterprises(actor),
        title="企业",
        columns=[Column("企业名称", lambda firm: firm.name, sort="name", link=file_address), …],
        filters=EnterpriseFilters,            # a form whose ``apply`` narrows the query
        order="name",
    )
    return listing.response("enterprises/list.html")

A page costs the rows, a count that stops early, and what the query prefetches: never more queries
for more rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render

from huiqi.tables.output_columns import Column as FileColumn
from huiqi.tables.output_columns import Kind
from huiqi.web.files import FORMATS, table_file

PAGE_SIZE = 20
COUNTED = 10_000
"""Rows are counted up to here; beyond it a page says “more than”: counting all would slow it."""

EXPORTED = 200_000
"""Rows in one export."""

FEW_FILTERS = 3
"""More than so many fold away behind the first."""

_AT_A_TIME = 2_000


Rows = Any
"""A query set, or ``Records`` for rows that are not in the database."""


class Filters(forms.Form):
    """What a list can be narrowed by. Subclasses add fields and say in ``apply`` what they mean."""

    def apply(self, rows: Rows, given: dict[str, Any]) -> Rows:
        """``given``: the cleaned values that are not empty."""
        assert not given
        return rows


@dataclass(frozen=True)
class Column:
    """One column: a title and what a row shows there, in stored form (money: fen)."""

    title: str
    value: Callable[[Any], Any]
    kind: Kind = "text"
    sort: str = ""
    """Field to order by; none: the column can't be sorted."""

    link: Callable[[Any], str] | None = None
    shown: Callable[[Any], str] | None = None
    """Text on the page where it differs from what is exported."""


@dataclass(frozen=True)
class Cell:
    column: Column
    row: Any

    @property
    def value(self) -> Any:
        return (self.column.shown or self.column.value)(self.row)

    @property
    def address(self) -> str:
        return self.column.link(self.row) if self.column.link else ""


@dataclass(frozen=True)
class Header:
    column: Column
    address: str
    direction: str
    """``ascending``, ``descending`` or nothing: as ARIA calls them."""


class Listing:
    """One list for one request. Raises Invalid for filters that make no sense."""

    def __init__(
        self,
        request: HttpRequest,
        rows: Rows,
        *,
        title: str,
        columns: Sequence[Column],
        order: str,
        filters: Callable[..., Filters] = Filters,
    ) -> None:
        self.request = request
        self.title = title
        self.columns = columns
        self.form = filters(request.GET or None)
        self.given = self._given()
        self.order = self._order(order)
        self.rows = self.form.apply(rows, self.given).order_by(self.order, "pk")

    def _given(self) -> dict[str, Any]:
        if not self.form.is_bound or not self.form.is_valid():
            return {}
        return {k: v for k, v in self.form.cleaned_data.items() if v not in (None, "", [])}

    def _order(self, usual: str) -> str:
        wanted = self.request.GET.get("sort", usual)
        allowed = {column.sort for column in self.columns if column.sort} | {usual.lstrip("-")}
        return wanted if wanted.lstrip("-") in allowed else usual

    # --- the page ------------------------------------------------------------------------------

    @cached_property
    def count(self) -> int:
        """Number of rows, at most ``COUNTED + 1``."""
        return int(self.rows.order_by()[: COUNTED + 1].count())

    @property
    def count_text(self) -> str:
        return f"{COUNTED:,} 条以上" if self.count > COUNTED else f"{self.count:,} 条"

    @property
    def page(self) -> int:
        text = self.request.GET.get("page", "1")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1

    @cached_property
    def _found(self) -> list[Any]:
        start = (self.page - 1) * PAGE_SIZE
        return list(self.rows[start : start + PAGE_SIZE + 1])

    @property
    def has_next(self) -> bool:
        return len(self._found) > PAGE_SIZE

    @property
    def is_long(self) -> bool:
        """Whether the filters are too many to stand above the list all at once."""
        return len(self.form.fields) > FEW_FILTERS

    @property
    def first_field(self) -> forms.BoundField:
        return next(iter(self.form))

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return list(self.form)[1:]

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter that is folded away is set."""
        return any(field.name in self.given for field in self.other_fields)

    @property
    def objects(self) -> list[Any]:
        """The rows of this page themselves, for pages that draw them otherwise than as a table."""
        return self._found[:PAGE_SIZE]

    def chips(self) -> list[tuple[str, str]]:
        """Each filter that is set: what it says, and the list's address without it."""
        return [
            (
                f"{self.form.fields[name].label}：{self._said(name)}",
                self.address(**{name: None}, page=None),
            )
            for name in self.given
        ]

    def _said(self, name: str) -> str:
        value = self.form.data.get(name, "")
        choices = dict(getattr(self.form.fields[name], "choices", []))
        return str(choices.get(value, value)).partition("（")[0]

    def sorts(self) -> list[tuple[str, str, bool]]:
        """Each column to sort by: title, address, whether it is the present order."""
        return [
            (header.column.title, header.address, bool(header.direction))
            for header in self.headers()
            if header.address
        ]

    def cells(self) -> Iterator[list[Cell]]:
        for row in self._found[:PAGE_SIZE]:
            yield [Cell(column, row) for column in self.columns]

    def headers(self) -> Iterator[Header]:
        for column in self.columns:
            if not column.sort:
                yield Header(column, "", "")
                continue
            current = self.order.lstrip("-") == column.sort
            down = self.order.startswith("-")
            wanted = f"-{column.sort}" if current and not down else column.sort
            direction = ("descending" if down else "ascending") if current else ""
            yield Header(column, self.address(sort=wanted, page=None), direction)

    def address(self, **changes: str | int | None) -> str:
        """This list's address with some of its query changed; None takes a part out."""
        query = self.request.GET.copy()
        for key, value in changes.items():
            query.pop(key, None)
            if value is not None:
                query[key] = str(value)
        return f"?{query.urlencode()}"

    @property
    def previous_address(self) -> str:
        return self.address(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_address(self) -> str:
        return self.address(page=self.page + 1) if self.has_next else ""

    @property
    def without_filters(self) -> str:
        return self.request.path

    def exports(self) -> list[tuple[str, str]]:
        return [(title, self.address(export=key, page=None)) for key, title in FORMATS.items()]

    # --- the answer ----------------------------------------------------------------------------

    def response(self, template: str, **context: Any) -> HttpResponseBase:
        """The page, or with ``?export=`` the file."""
        wanted = self.request.GET.get("export")
        if wanted is None:
            return render(self.request, template, {"listing": self, **context})
        return self.export(wanted)

    def export(self, suffix: str) -> FileResponse:
        """All rows that the filters leave, in this order, as a file."""
        columns = [FileColumn(column.title, column.kind) for column in self.columns]
        return table_file(self.title, columns, self._batches(), suffix)

    def _batches(self) -> Iterator[list[list[Any]]]:
        rows = iter(self.rows[:EXPORTED].iterator(chunk_size=_AT_A_TIME))
        while batch := [[c.value(row) for c in self.columns] for row in islice(rows, _AT_A_TIME)]:
            yield batch
