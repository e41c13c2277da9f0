"""Pure parts of the workshop: texts with their faults, the answers of a run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from huiqi.kernel.definitions.rulebook import areas
from huiqi.rules import ir
from huiqi.rules.codes import CodeTree
from huiqi.rules.errors import Problem
from huiqi.rules.matching import Matched
from huiqi.rules.policy import Policy
from huiqi.rules.vocabulary import FactDefinition

FIRMS_AT_A_TIME = 4_096
STATES = {ir.TRUE: "符合", ir.FALSE: "不符合", ir.UNKNOWN: "待定"}
_AROUND = 1


@dataclass(frozen=True)
class Line:
    """A line of a text with what is wrong on it."""

    number: int
    text: str
    messages: list[str]


def lines_with_faults(text: str, problems: Iterable[Problem]) -> list[Line | None]:
    """The lines with faults and one around each; None where lines are left out."""
    lines = text.splitlines() or [""]
    messages: dict[int, list[str]] = {}
    for problem in problems:
        messages.setdefault(min(max(problem.line, 1), len(lines)), []).append(problem.message)
    shown = sorted(
        {
            number
            for wrong in messages
            for number in range(wrong - _AROUND, wrong + _AROUND + 1)
            if 1 <= number <= len(lines)
        }
    )
    found: list[Line | None] = []
    for at, number in enumerate(shown):
        if at and shown[at - 1] != number - 1:
            found.append(None)
        found.append(Line(number, lines[number - 1], messages.get(number, [])))
    return found


def rulebook_hash(policies: Iterable[Policy]) -> str:
    """SHA-256 over the keys and hashes of policies: which rules a run was made with."""
    text = "\n".join(sorted(f"{policy.key} {policy.hash}" for policy in policies))
    return hashlib.sha256(text.encode()).hexdigest()


def answers(matched: Matched) -> Iterator[pl.DataFrame]:
    """One frame a policy: row of the snapshot, position of the policy, state, size, fen."""
    rows = matched.frame["row"].cast(pl.UInt32)
    sizes = pl.Series(matched.sizes.tolist(), dtype=pl.Categorical)
    for position in range(len(matched.matcher.policies)):
        yield pl.DataFrame(
            {
                "row": rows,
                "policy": pl.repeat(position, len(rows), dtype=pl.UInt16, eager=True),
                "state": pl.Series(matched.statuses(position)),
                "size": sizes,
                "amount": matched.amounts(position).cast(pl.Int64),
            }
        )


def counties_of(frame: pl.DataFrame) -> pl.Series:
    """The code of each firm's county; empty where unknown."""
    if "area" not in frame.columns:
        return pl.Series([""] * frame.height, dtype=pl.String)
    tree = areas()
    known = {
        stored: _county(tree, tree.code(stored)) for stored in frame["area"].unique().drop_nulls()
    }
    return frame["area"].replace_strict(known, default="", return_dtype=pl.String).fill_null("")


def _county(tree: CodeTree, code: str) -> str:
    for above in (code, *tree.ancestors(code)):
        if tree.level(above) == "county":
            return above
    return code


@dataclass(frozen=True)
class Answer:
    """One firm and one policy; ``amount`` in fen, None where there is none or it is unknown."""

    credit_code: str
    name: str
    county: str
    size: str
    policy: str
    state: str
    amount: int | None


class Answers:
    """The answers of a run with what ``Listing`` asks of a query set: millions stay in the file."""

    def __init__(self, frame: pl.LazyFrame, policies: Mapping[int, str]) -> None:
        self._frame, self._policies = frame, policies

    def only(self, *conditions: pl.Expr) -> Answers:
        return Answers(self._frame.filter(*conditions), self._policies)

    def order_by(self, *names: str) -> Answers:
        """By one column; by none (or one that isn't there) as the file has them: by policy."""
        for name in names:
            if name.lstrip("-") in ("name", "amount", "credit_code"):
                down = name.startswith("-")
                frame = self._frame.sort(name.lstrip("-"), descending=down, nulls_last=True)
                return Answers(frame, self._policies)
        return self

    def __getitem__(self, part: slice) -> Answers:
        start, stop = part.start or 0, part.stop
        length = None if stop is None else stop - start
        return Answers(self._frame.slice(start, length), self._policies)

    def count(self) -> int:
        found: int = self._frame.select(pl.len()).collect().item()
        return found

    def __iter__(self) -> Iterator[Answer]:
        return self.iterator()

    def iterator(self, chunk_size: int = 2_000) -> Iterator[Answer]:
        del chunk_size  # the columns are read at once; rows are made one after the other
        for row in self._frame.collect().iter_rows(named=True):
            yield Answer(
                row["credit_code"],
                row["name"],
                row["county"],
                row["size"],
                self._policies[row["policy"]],
                STATES[row["state"]],
                row["amount"],
            )


# --- the builder ---------------------------------------------------------------------------------


def formula(fact: FactDefinition, comparison: str, value: str) -> str:
    """The condition that a row of pickers says; a bare number gets the fact's own unit."""
    if comparison in ("is", "not"):
        return fact.name if comparison == "is" else f"非 {fact.name}"
    if fact.type == "number" and re.fullmatch(r"[0-9][0-9.,]*", value):
        value += fact.unit.name
    if comparison == "属于":
        value = f"[{value.strip('[]')}]"
    return f"{fact.name} {comparison} {value}"


_EMPTY: tuple[Any, ...] = (None, "", [], {})
_MUST_STAY = frozenset({"from", "to", "text", "title", "summary"})


def with_changes(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A policy's data with the parts that a form says; all other parts stay, in their places."""
    result = dict(data)
    for key, value in changes.items():
        if isinstance(value, Mapping):
            value = with_changes(result.get(key) or {}, value)  # noqa: PLW2901 - its whole
        if value in _EMPTY and key not in _MUST_STAY:
            if result.get(key) not in _EMPTY:
                del result[key]
        else:
            result[key] = value
    return result


def conditions_from(
    old: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Conditions as the rows say; what a row doesn't show (source, confidence) stays."""
    known = {one["key"]: one for one in old}
    found: list[dict[str, Any]] = []
    for row in rows:
        if row.get("remove"):
            continue
        before = known.get(row["key"], {"key": _new_key({*known, *(one["key"] for one in found)})})
        found.append({**before, "text": row["text"], "if": row["if_"], "article": row["article"]})
    return found


def _new_key(taken: set[str]) -> str:
    number = 1
    while f"condition_{number}" in taken:
        number += 1
    return f"condition_{number}"


def examples_from(
    old: list[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Examples as the rows say; what else one expects stays as long as its status does."""
    found: list[dict[str, Any]] = []
    for row in rows:
        if row.get("remove"):
            continue
        place = row["place"]
        known = place is not None and 0 <= place < len(old)
        before: Mapping[str, Any] = old[place] if known else {}
        expect = dict(before.get("expect", {}))
        if expect.get("status") != row["status"]:
            expect = {"status": row["status"]}
        expect.pop("amount", None)
        if row["amount"]:
            expect["amount"] = row["amount"]
        day = row["on"].isoformat()
        found.append({"name": row["name"], "on": day, "facts": row["facts"], "expect": expect})
    return found
