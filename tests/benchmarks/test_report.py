"""Turns, medians and the page."""

from __future__ import annotations

from benchmarks.measure import Contender, first_results, in_turns
from benchmarks.report import Section, Table, Target, figure, markdown


def test_contenders_take_turns() -> None:
    order: list[str] = []

    def run(name: str) -> str:
        order.append(name)
        return name.upper()

    made = [Contender("a", lambda: run("a")), Contender("b", lambda: run("b"))]
    assert first_results(made) == {"a": "A", "b": "B"}
    assert order == ["a", "b"]
    timings = in_turns(made, rounds=3, budget=100.0)
    first, second = (len(timings[name].times) for name in "ab")
    assert first >= 3
    assert second >= 3
    assert set(order[2:4]) == {"a", "b"}
    assert len(order) == 2 + first + second


def test_who_has_used_the_budget_sits_out() -> None:
    made = [Contender("a", lambda: None)]
    assert len(in_turns(made, rounds=5, budget=0.0)["a"].times) == 0
    assert len(in_turns(made, rounds=1, budget=1.0)["a"].times) == 1


def test_targets_say_met_or_not() -> None:
    assert Target("at least", 4.0, 4.0).row()[2:] == ["4×", "met"]
    assert Target("at least", 4.0, 3.9).row()[2:] == ["3.9×", "**not met**"]
    assert Target("at most", 1.0, 0.5, " ms", most=True).row() == [
        "at most",
        "≤ 1 ms",
        "0.5 ms",
        "met",
    ]
    assert not Target("at most", 1.0, 1.1, most=True).met


def test_figures_have_three_digits() -> None:
    assert [figure(n) for n in (1234.5, 123.4, 12.345, 0.012345)] == [
        "1,234",
        "123",
        "12.3",
        "0.0123",
    ]


def test_the_page_names_machine_targets_and_tables() -> None:
    section = Section(
        "All firms",
        ["How it was done."],
        [Table(("engine", "ms"), [["Huiqi", "1"]], "**Small**")],
        [Target("faster than others", 2.0, 3.0)],
    )
    page = markdown([("processor", "a fast one")], [section])
    assert "| processor | a fast one |" in page
    assert "| faster than others | ≥ 2× | 3× | met |" in page
    assert (
        "## All firms\n\nHow it was done.\n\n**Small**\n\n| engine | ms |\n| --- | --: |\n" in page
    )
    assert page.endswith("| Huiqi | 1 |\n")
