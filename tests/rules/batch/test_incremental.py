"""A population after changes is the population run anew."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.rules import ir
from huiqi.rules.batch import incremental
from huiqi.rules.batch.firms import AllFirms
from huiqi.rules.batch.incremental import Population
from huiqi.rules.program import Program, Rule
from tests.rules.batch.test_all_firms import frame_of, no_columns
from tests.rules.strategies import HUGE, SHAPES, Case, Drawing, Row, programs, rows_for

BOUNDS = {key: SHAPES[key] for key in ("flag", "set", "tree", "count", "loss")} | {
    "huge": HUGE["huge"]
}


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental, "SHARD", 64)


def check(population: Population, rules: list[Rule], frame: pl.DataFrame) -> None:
    """Everything as if run anew on the firms as they are now."""
    engine = AllFirms(Program.of(rules, population.program.builder))
    chunk = engine.chunk(engine.encode(frame))
    assert population.totals == chunk.totals()
    for index in range(len(rules)):
        assert population.states(index).tolist() == chunk.states(index).tolist()


def cells(key: str) -> st.SearchStrategy[int | None]:
    low, high = BOUNDS[key]
    return st.none() | st.integers(low, high) | st.sampled_from([low, high])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Program, list[Row]]:
    program = draw(programs(BOUNDS))
    rows = draw(rows_for(program, BOUNDS, 150))
    return program, rows or [[None] * len(program.facts)]


@given(worlds(), st.data())
def test_changed_firms_and_rules(world: tuple[Program, list[Row]], data: st.DataObject) -> None:
    program, rows = world
    firms = frame_of(Case(program, rows)).to_dicts() if program.facts else [{} for _ in rows]
    rules = list(program.rules)
    schema = dict.fromkeys(BOUNDS, pl.Int64)
    frame = no_columns(len(rows)).hstack(pl.DataFrame(firms, schema=schema))
    population = Population(program, frame.select("anything", *program.facts))
    for _ in range(data.draw(st.integers(1, 4))):
        if data.draw(st.booleans()):
            row = data.draw(st.integers(0, len(rows) - 1))
            keys = data.draw(st.lists(st.sampled_from(sorted(BOUNDS)), unique=True))
            changes = {key: data.draw(cells(key)) for key in keys}
            before = [population.states(index)[row] for index in range(len(rules))]
            moved = population.update_firm(row, changes)
            after = [population.states(index)[row] for index in range(len(rules))]
            assert {n for n, state in enumerate(after) if state != before[n]} <= set(moved)
            firms[row] = firms[row] | changes
        else:
            index = data.draw(st.integers(0, len(rules) - 1))
            rules[index] = another(data.draw, program)
            population.update_rule(index, rules[index])
        now = no_columns(len(rows)).hstack(pl.DataFrame(firms, schema=schema))
        check(population, rules, now)
    for row, firm in enumerate(firms[:3]):
        known = population.facts(row)
        assert all(known.get(key) == value for key, value in firm.items())


def another(draw: st.DrawFn, program: Program) -> Rule:
    """A rule of its own graph, on facts the program may not read."""
    drawing = Drawing(draw, ir.Builder(BOUNDS), BOUNDS)
    criteria = tuple(drawing.conditions(2))
    amount = drawing.number(2) if draw(st.booleans()) else None
    return Rule("another", criteria, drawing.builder.all_of(list(criteria)), amount)


def simple() -> tuple[Program, pl.DataFrame]:
    builder = ir.Builder({"people": (0, 300)})
    people = builder.fact("people")
    condition = builder.ge(people, 20)
    rule = Rule("rule", (condition,), condition, builder.mul(people, builder.const(100)))
    frame = pl.DataFrame({"people": pl.Series([10, 20, 30], dtype=pl.Int8), "name": list("abc")})
    return Program.of([rule], builder), frame


def test_the_frame_itself_is_left_alone() -> None:
    program, frame = simple()
    population = Population(program, frame)
    assert population.update_firm(0, {"people": 300}) == [0]
    assert population.totals.rules[0].amount == 35_000
    assert population.update_firm(2, {"people": None}) == [0]
    assert population.totals.rules[0].undetermined == 1
    assert population.facts(0) == {"people": 300}
    assert frame["people"].to_list() == [10, 20, 30]


def test_what_cannot_be_taken_in_changes_nothing() -> None:
    population = Population(*simple())
    before = population.totals
    with pytest.raises(IndexError, match="no firm 3 among 3"):
        population.update_firm(3, {"people": 1})
    with pytest.raises(OverflowError, match="people"):
        population.update_firm(1, {"people": 2**63})
    with pytest.raises(TypeError, match="name holds String"):
        population.update_firm(1, {"people": 1, "name": 5})
    rule = population.program.rules[0]
    with pytest.raises(IndexError, match="no rule 1 among 1"):
        population.update_rule(1, rule)
    named = population.program.builder.ge(ir.Fact("name"), 1)
    with pytest.raises(TypeError, match="name holds String"):
        population.update_rule(0, Rule("named", (named,), named, None))
    assert population.totals == before
    assert population.facts(1) == {"people": 20}
