"""The report: sections of tables and targets as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """A figure that was asked for: at least so much, or (``most``) at most so much."""

    what: str
    wanted: float
    reached: float
    unit: str = "×"
    most: bool = False

    @property
    def met(self) -> bool:
        return self.reached <= self.wanted if self.most else self.reached >= self.wanted

    def row(self) -> list[str]:
        sign = "≤" if self.most else "≥"
        wanted, reached = (f"{figure(n)}{self.unit}" for n in (self.wanted, self.reached))
        return [self.what, f"{sign} {wanted}", reached, "met" if self.met else "**not met**"]


@dataclass(frozen=True)
class Table:
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""

    def lines(self) -> Iterable[str]:
        if self.caption:
            yield from (self.caption, "")
        yield _row(self.header)
        yield _row(["---"] + ["--:"] * (len(self.header) - 1))
        yield from (_row(row) for row in self.rows)
        yield ""


@dataclass(frozen=True)
class Section:
    title: str
    notes: Sequence[str] = ()
    tables: Sequence[Table] = ()
    targets: Sequence[Target] = field(default=())

    def lines(self) -> Iterable[str]:
        yield from (f"## {self.title}", "")
        for note in self.notes:
            yield from (note, "")
        for table in self.tables:
            yield from table.lines()


INTRODUCTION = """\
# Benchmarks

`make bench` writes this page. It makes a seeded synthetic load, checks that all engines give the
same answers, measures them in turns in the same run, and compares medians. The load, the forms
each engine was given and the ways they were measured stand in `benchmarks/`.

**The load.** Firms with 33 facts, 3 to 10 % of each unknown; policies of about six criteria, a
quarter of the predicates unique; thresholds, dates, flags, codes, subtrees of an industry and of an
area tree, sets, shares; AND, OR, NOT and n of m. Three-valued throughout. The answer for a policy:
firms eligible, firms undetermined, the sum of the amounts in fen, and eligible firms whose amount
is unknown.

**Fairness.** Every engine gets its own best form: narrow encoded columns, prepared statements,
compiled expressions, shared predicates where it can share them. Several forms were tried for each;
listed are the fastest and the usual ones. Targets are judged against the fastest form of a peer;
where that is not how the peer is usually written, against the usual one as well.
They were set after a prototype, beside which Polars answered 57 million pairs/s, NumPy 59,
OpenFisca-core 53, DuckDB 20, and zen-engine took 10.4 ms a firm.

**Noise.** Contenders take turns, so a slow minute of the machine hits all alike; ratios hold better
than absolute times. On a shared virtual machine expect medians to move by 10 to 20 % from run to
run, ratios of short runs too.
"""


def markdown(machine: Sequence[tuple[str, str]], sections: Sequence[Section]) -> str:
    """The whole page."""
    lines = [INTRODUCTION, *Table(("machine", ""), [list(pair) for pair in machine]).lines()]
    targets = [target.row() for section in sections for target in section.targets]
    lines += ["## Targets", ""]
    lines += Table(("target", "wanted", "reached", ""), targets).lines()
    for section in sections:
        lines += section.lines()
    return "\n".join(lines).rstrip() + "\n"


def figure(value: float) -> str:
    """Three significant digits, no exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def milliseconds(seconds: float) -> str:
    return figure(seconds * 1000)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
