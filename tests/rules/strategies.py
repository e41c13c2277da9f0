"""Random programs of the shared graph and random firms, for tests that compare evaluators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from huiqi.rules import ir
from huiqi.rules.program import Program, Rule

Row = list[int | None]

# Facts of every make: what the vocabulary can declare, by the bounds of the stored integers.
SHAPES: dict[str, ir.Bounds] = {
    "flag": (0, 1),
    "few": (1, 5),
    "tree": (1, 60),
    "set": (0, 63),
    "count": (0, 300),
    "signed": (-50, 50),
    "date": (-25_567, 84_005),
    "money": (0, 10**14),
    "loss": (-(10**14), 10**14),
    "share": (0, 1_000_000),
}
HUGE = {"huge": (-(2**63) + 1, 2**63 - 1), "large": (0, 2**62)}


@dataclass(frozen=True)
class Case:
    """A program with facts to run it on: ``rows`` in the order of ``program.facts``."""

    program: Program
    rows: list[Row]

    @property
    def columns(self) -> dict[str, list[int | None]]:
        return {
            key: [row[slot] for row in self.rows] for slot, key in enumerate(self.program.facts)
        }


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    huge: bool = False,
    max_rules: int = 4,
    max_rows: int = 150,
    depth: int = 3,
) -> Case:
    """``huge``: also facts so large that sums and products leave 64 bits."""
    shapes = {**SHAPES, **HUGE} if huge else SHAPES
    facts = draw(st.lists(st.sampled_from(sorted(shapes)), min_size=1, max_size=5, unique=True))
    bounds = {key: shapes[key] for key in facts}
    program = draw(programs(bounds, max_rules=max_rules, depth=depth))
    return Case(program, draw(rows_for(program, bounds, max_rows)))


@st.composite
def programs(
    draw: st.DrawFn, bounds: Mapping[str, ir.Bounds], *, max_rules: int = 4, depth: int = 3
) -> Program:
    """Rules over these facts that share parts of their conditions and amounts."""
    drawing = Drawing(draw, ir.Builder(bounds), bounds)
    shared = [drawing.condition(depth) for _ in range(draw(st.integers(1, 6)))]
    pick = st.sampled_from(shared)
    rules = []
    for number in range(draw(st.integers(1, max_rules))):
        criteria = tuple(draw(st.lists(pick, min_size=1, max_size=4)))
        amount = drawing.number(depth) if draw(st.booleans()) else None
        condition = drawing.builder.all_of(list(criteria))
        rules.append(Rule(f"rule_{number}", criteria, condition, amount))
    return Program.of(rules, drawing.builder)


@st.composite
def rows_for(
    draw: st.DrawFn, program: Program, bounds: Mapping[str, ir.Bounds], max_rows: int = 150
) -> list[Row]:
    """Firms, some facts unknown; values near the program's own constants more often than not.

    Few are drawn, then repeated and shifted against each other, so that planes longer than a word
    are filled without drawing each cell.
    """
    wanted = draw(st.integers(0, max_rows))
    columns = []
    for step, key in enumerate(program.facts):
        low, high = bounds[key]
        near = [value for value in constants(program, key) if low <= value <= high]
        known = st.integers(low, high)
        value = st.one_of(known, st.sampled_from(near)) if near else known
        full = draw(st.booleans())
        cell = value if full else st.one_of(st.none(), value)
        drawn = draw(st.lists(cell, min_size=1, max_size=7))
        columns.append([drawn[(row * (step + 1) + row // 7) % len(drawn)] for row in range(wanted)])
    return [list(cells) for cells in zip(*columns, strict=True)] if columns else [[]] * wanted


def constants(program: Program, key: str) -> list[int]:
    """Values at which conditions on a fact change, and their neighbours."""
    found: set[int] = set()
    roots = [node for rule in program.rules for node in (*rule.criteria, rule.condition)]
    for node in ir.walk(*roots):
        match node:
            case ir.Ge(ir.Fact(name), bound) if name == key:
                found |= {bound - 1, bound}
            case ir.Eq(ir.Fact(name), value) if name == key:
                found |= {value - 1, value, value + 1}
            case ir.InCodes(ir.Fact(name), yes, maybe) if name == key:
                found |= {edge for span in yes for edge in span} | set(maybe)
    return sorted(found)


@dataclass
class Drawing:
    """Draws nodes of a builder."""

    draw: st.DrawFn
    builder: ir.Builder
    bounds: Mapping[str, ir.Bounds]

    def fact(self) -> ir.Fact:
        return self.builder.fact(self.draw(st.sampled_from(sorted(self.bounds))))

    def constant(self) -> int:
        small = st.integers(-20, 20)
        wide = st.sampled_from([100, 1_000, 1_000_000, -7, 10**9, 2**31, 2**40])
        return self.draw(st.one_of(small, wide))

    def number(self, depth: int) -> ir.Number:
        build = self.builder
        kinds: list[Callable[[], ir.Number]] = [self.fact, lambda: build.const(self.constant())]
        if depth > 0:
            two = [build.add, build.sub, build.mul, build.minimum, build.maximum, self.quotient]
            kinds += [
                lambda: build.positive(self.divisor(self.number(depth - 1))),
                lambda: build.floordiv(
                    self.number(depth - 1), build.const(self.draw(st.integers(1, 1_000)))
                ),
                lambda: build.choose(
                    self.condition(depth - 1), self.number(depth - 1), self.number(depth - 1)
                ),
            ]
            for make in two:
                kinds.append(lambda make=make: make(self.number(depth - 1), self.number(depth - 1)))
        return self.draw(st.sampled_from(kinds))()

    def quotient(self, left: ir.Number, right: ir.Number) -> ir.Number:
        return self.builder.floordiv(left, self.divisor(right))

    def divisor(self, item: ir.Number) -> ir.Number:
        """Constants under a fraction line are positive in every real rule."""
        if isinstance(item, ir.Const) and item.value <= 0:
            return self.builder.const(1 - item.value)
        return item

    def condition(self, depth: int) -> ir.Bool:
        kinds: list[Callable[[], ir.Bool]] = [self.threshold, self.equal, self.codes, self.members]
        if depth > 0:
            kinds += [
                lambda: self.builder.all_of(self.conditions(depth - 1)),
                lambda: self.builder.any_of(self.conditions(depth - 1)),
                lambda: self.builder.negate(self.condition(depth - 1)),
                lambda: self.at_least(self.conditions(depth - 1)),
                lambda: self.builder.ge(self.number(depth - 1), self.constant()),
                lambda: self.builder.eq(self.number(depth - 1), self.constant()),
            ]
        return self.draw(st.sampled_from(kinds))()

    def conditions(self, depth: int) -> list[ir.Bool]:
        return [self.condition(depth) for _ in range(self.draw(st.integers(1, 4)))]

    def at_least(self, items: Sequence[ir.Bool]) -> ir.Bool:
        return self.builder.at_least(self.draw(st.integers(1, len(items))), list(items))

    def value_of(self, fact: ir.Fact) -> int:
        low, high = self.bounds[fact.key]
        return self.draw(st.integers(low, high))

    def threshold(self) -> ir.Bool:
        fact = self.fact()
        return self.builder.ge(fact, self.value_of(fact))

    def equal(self) -> ir.Bool:
        fact = self.fact()
        return self.builder.eq(fact, self.value_of(fact))

    def codes(self) -> ir.Bool:
        """Ranges apart from each other, and codes outside them that leave it open."""
        fact = self.fact()
        edges = sorted({self.value_of(fact) for _ in range(self.draw(st.integers(1, 8)))})
        spans = list(zip(edges[0::2], edges[1::2], strict=False))
        maybe = [value for value in edges if not any(a <= value <= b for a, b in spans)]
        return self.builder.in_codes(fact, tuple(spans), tuple(maybe))

    def members(self) -> ir.Bool:
        fact = self.fact()
        mask = self.draw(st.integers(1, 63))
        return self.builder.has_bits(fact, mask, self.draw(st.booleans()))
