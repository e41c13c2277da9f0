"""Shards give what all firms together give, whoever evaluates them."""

from __future__ import annotations

import pickle
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given

from huiqi.rules import ir
from huiqi.rules.batch import streaming
from huiqi.rules.batch.firms import AllFirms
from huiqi.rules.batch.shipping import packed, unpacked
from huiqi.rules.batch.streaming import fit_workers, run
from huiqi.rules.batch.totals import Totals
from huiqi.rules.program import Program, Rule
from tests.rules.batch.test_all_firms import frame_of
from tests.rules.strategies import Case, cases

ROWS = 3_000


def program() -> Program:
    builder = ir.Builder({"people": (0, 300), "income": (0, 10**14)})
    people, income = builder.fact("people"), builder.fact("income")
    many, rich = builder.ge(people, 20), builder.ge(income, 500_000)
    award = builder.minimum(builder.mul(income, builder.const(3)), builder.const(10**6))
    both = Rule("both", (many, rich), builder.all_of([many, rich]), award)
    poor = Rule("poor", (builder.negate(rich),), builder.negate(rich), builder.const(100))
    return Program.of([both, poor], builder)


def firms() -> pl.DataFrame:
    rows = range(ROWS)
    return pl.DataFrame(
        {
            "people": [None if row % 7 == 0 else row % 50 for row in rows],
            "name": [str(row) for row in rows],
            "income": [None if row % 11 == 0 else row * 997 for row in rows],
        }
    )


def expected() -> Totals:
    engine = AllFirms(program())
    return engine.totals(engine.encode(firms()))


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "firms.parquet"
    firms().write_parquet(path, row_group_size=700)
    return path


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "SHARD", 1_000)


@pytest.mark.usefixtures("small_shards")
def test_one_process_and_two_come_to_the_same(parquet: Path) -> None:
    assert expected().rules[0].eligible
    for source in (parquet, [firms().head(1_700), firms().slice(1_700)]):
        for workers in (1, 2):
            assert run(program(), source, workers=workers) == expected()


@pytest.mark.usefixtures("small_shards")
def test_progress_is_told_after_each_shard(parquet: Path) -> None:
    told: list[tuple[int, int | None]] = []
    run(program(), parquet, progress=lambda *rows: told.append(rows))
    assert told == [(1_000, ROWS), (2_000, ROWS), (ROWS, ROWS)]
    told.clear()
    run(program(), iter([firms().head(10)]), progress=lambda *rows: told.append(rows))
    assert told == [(10, None)]


@pytest.mark.usefixtures("small_shards")
def test_frames_are_taken_one_by_one() -> None:
    taken: list[int] = []

    def frames():
        for number in range(3):
            taken.append(number)
            yield firms().head(10)

    run(program(), frames(), progress=lambda done, _: taken.append(done))
    assert taken == [0, 10, 1, 20, 2, 30]


def test_a_file_without_the_facts_leaves_all_undetermined(tmp_path: Path) -> None:
    path = tmp_path / "firms.parquet"
    firms().select("name").write_parquet(path)
    totals = run(program(), path)
    assert totals.rows == ROWS
    assert [rule.undetermined for rule in totals.rules] == [ROWS, ROWS]


def test_several_processes_only_where_they_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "_cores", lambda: 8)
    assert fit_workers(program(), None) == 1
    assert fit_workers(program(), 1_000_000) == 1
    assert fit_workers(program(), 10**10) == 8


def through_a_pipe(program: Program) -> Program:
    return unpacked(pickle.loads(pickle.dumps(packed(program))))  # noqa: S301  # our own bytes


@given(cases(huge=True, max_rows=20))
def test_a_program_sent_elsewhere_says_the_same(case: Case) -> None:
    sent = through_a_pipe(case.program)
    assert sent.facts == case.program.facts
    assert len(list(ir.walk(*_conditions(sent)))) == len(list(ir.walk(*_conditions(case.program))))
    here, there = AllFirms(case.program), AllFirms(sent)
    frame = frame_of(case)
    assert there.totals(there.encode(frame)) == here.totals(here.encode(frame))


def _conditions(program: Program) -> list[ir.Node]:
    return [rule.condition for rule in program.rules]


def test_a_deep_program_can_be_sent() -> None:
    builder = ir.Builder({"people": (0, 300)})
    number: ir.Number = builder.fact("people")
    for step in range(3_000):
        number = builder.minimum(builder.add(number, builder.const(1)), builder.const(step))
    condition = builder.ge(number, 5)
    deep = Program.of([Rule("deep", (condition,), condition, None)], builder)
    sent = through_a_pipe(deep)
    assert len(list(ir.walk(*_conditions(sent)))) == len(list(ir.walk(condition)))
