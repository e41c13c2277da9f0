"""The engines that are measured give the answers of the slow, plain oracle.

The peers of the `bench` group are not installed for the tests; `make bench` checks their answers
itself before it measures them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import firms as population
from benchmarks import law, oracle, parquet, workload
from benchmarks.columns import Ranking
from benchmarks.form import Answers, Firms, Load
from benchmarks.ours import OursPeer, from_parquet, program
from benchmarks.peers import duckdb_peer, polars_peer
from benchmarks.peers.duckdb_peer import DuckdbPeer
from benchmarks.peers.languages import Text, Writer, as_numbers, variables
from benchmarks.peers.numpy_peer import NumpyPeer
from benchmarks.peers.polars_peer import PolarsPeer
from benchmarks.sections import incremental
from benchmarks.sections.equal import DifferentAnswersError, check
from huiqi.rules.determination import Explainer, Firm
from huiqi.rules.single import SingleFirm

SEED, FIRMS, POLICIES = 7, 250, 20
Form = tuple[Load, Firms]


@pytest.fixture(scope="module")
def plain() -> Form:
    return workload.make(SEED, POLICIES), population.firms(SEED, FIRMS)


@pytest.fixture(scope="module")
def ranked(plain: Form) -> Form:
    load, firms = plain
    ranking = Ranking.of(load)
    return ranking.load(load), ranking.columns(firms)


@pytest.fixture(scope="module")
def expected(plain: Form) -> Answers:
    return oracle.all_firms(*plain)


def test_the_load_has_all_three_answers_and_unknown_amounts(expected: Answers) -> None:
    assert expected.eligible.sum() > 0
    assert expected.undetermined.sum() > 0
    assert expected.amount.sum() > 0
    assert expected.unknown.sum() > 0
    assert (expected.eligible + expected.undetermined).sum() < FIRMS * POLICIES


def test_a_quarter_of_the_predicates_are_unique(plain: Form) -> None:
    load, _ = plain
    assert len(set(load.predicates)) == len(load.predicates) == round(POLICIES * 6 / 4)


def test_ranking_keeps_the_answers(ranked: Form, expected: Answers) -> None:
    assert oracle.all_firms(*ranked).rows() == expected.rows()


def test_huiqi(plain: Form, expected: Answers) -> None:
    peer = OursPeer(*plain)
    assert peer.run().rows() == expected.rows()
    assert peer.run_encoding().rows() == expected.rows()
    assert peer.encoded_bytes() > 0


@pytest.mark.parametrize("block", [64, 100, 1 << 15])
def test_numpy(plain: Form, ranked: Form, expected: Answers, block: int) -> None:
    for form in (plain, ranked):
        assert NumpyPeer(*form, block).run().rows() == expected.rows()


@pytest.mark.parametrize("form", ["staged", "one select", "per policy"])
def test_polars(plain: Form, ranked: Form, expected: Answers, form: str) -> None:
    for load, firms in (plain, ranked):
        assert PolarsPeer(load, firms, form).run().rows() == expected.rows()


@pytest.mark.parametrize("connections", [1, 2])
@pytest.mark.parametrize("form", ["per policy", "where", "union", "staged", "wide", "wide staged"])
def test_duckdb(plain: Form, expected: Answers, form: str, connections: int) -> None:
    assert DuckdbPeer(*plain, form, 1, connections).run().rows() == expected.rows()


def test_duckdb_ranked(ranked: Form, expected: Answers) -> None:
    assert DuckdbPeer(*ranked, "where", 1, 1).run().rows() == expected.rows()


def test_from_parquet(plain: Form, expected: Answers, tmp_path: Path) -> None:
    load, firms = plain
    path = tmp_path / "firms.parquet"
    parquet.write(path, load.facts, [firms.slice(0, 100), firms.slice(100, FIRMS)])
    assert from_parquet(load, path)().rows() == expected.rows()
    assert NumpyPeer(load, parquet.read(path, load), 64).run().rows() == expected.rows()
    assert duckdb_peer.from_parquet(load, path, 1)().rows() == expected.rows()
    for engine in ("in-memory", "streaming"):
        assert polars_peer.from_parquet(load, path, engine)().rows() == expected.rows()


def test_firms_do_not_depend_on_how_many_are_made() -> None:
    few, many = population.firms(SEED, 10), population.firms(SEED, 20)
    assert [few.record(row) for row in range(10)] == [many.record(row) for row in range(10)]


# --- one firm at a time --------------------------------------------------------------------------


class PythonText(Text):
    """What is written for other languages, as Python reads it."""

    def __init__(self) -> None:
        super().__init__("and", "or", "not ")

    def known(self, name: str) -> str:
        return f"{name} is not None"

    def unknown(self, name: str) -> str:
        return f"{name} is None"

    def choice(self, condition: str, yes: str, no: str) -> str:
        return f"({yes} if {condition} else {no})"

    def capped(self, value: str, cap: int) -> str:
        return f"min({value}, {cap})"

    def thousandth(self, value: str) -> str:
        return f"{value} // 1000"


def test_conditions_as_certain_and_possible(plain: Form) -> None:
    load, firms = plain
    writer = Writer(load, PythonText())
    texts = [compile(writer.answer(policy), policy.key, "eval") for policy in load.policies]
    for row in range(60):
        record = firms.record(row)
        firm = dict(variables(load, record))
        found = [eval(text, {}, firm) for text in texts]  # noqa: S307 - texts of our own
        assert found == as_numbers(oracle.one_firm(load, record))


def test_huiqi_for_one_firm(plain: Form) -> None:
    load, firms = plain
    single = SingleFirm(program(load))
    for row in range(60):
        record = firms.record(row)
        assert single.evaluate(single.slots(record)) == oracle.one_firm(load, record)


def test_the_load_as_law_gives_the_same_answers(plain: Form) -> None:
    load, firms = plain
    made = law.jurisdiction(load)
    explainer = Explainer(made, law.ON, made.policies)
    for row in range(30):
        record = firms.record(row)
        found = explainer.explain(Firm(record))
        answer = [d.state for d in found], [d.amount for d in found]
        assert answer == oracle.one_firm(load, record)


# --- checks --------------------------------------------------------------------------------------


def test_a_moved_threshold_changes_one_predicate_of_a_policy(plain: Form) -> None:
    load, _ = plain
    moved = incremental.moved_thresholds(load)
    assert moved.policies
    for policy in moved.policies:
        before = next(p for p in load.policies if p.key == policy.key)
        assert before.condition != policy.condition
        assert before.amount == policy.amount


def test_changes_are_compared_with_a_full_run() -> None:
    section = incremental.section(SEED, quick=True)
    assert section.tables[0].rows


def test_a_wrong_answer_is_never_measured(expected: Answers) -> None:
    rows = expected.rows()
    eligible, undetermined, amount, unknown = rows[3]
    rows[3] = (eligible, undetermined, amount + 1, unknown)
    wrong = Answers.of(rows)
    assert check({"a": expected, "b": wrong}, inexact=frozenset({"b"})) == {"a": 0, "b": 1}
    with pytest.raises(DifferentAnswersError, match="b differs for 1 policies"):
        check({"a": expected, "b": wrong}, inexact=frozenset())
