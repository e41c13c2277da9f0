"""Which questions are asked, and how much eight of them settle."""

from __future__ import annotations

from datetime import date

import pytest

from huiqi.kernel.definitions.rulebook import shipped
from huiqi.rules.determination import Explainer
from huiqi.rules.errors import DefinitionError
from huiqi.sample.generator import Generator
from huiqi.services.selfcheck.rules import (
    MOST,
    Answers,
    Screen,
    SelfCheck,
    load_questions,
)
from huiqi.services.selfcheck.rules import read_plain as read

ON = date(2026, 6, 1)
FIRMS = 60


@pytest.fixture(scope="module")
def check() -> SelfCheck:
    book = shipped()
    return SelfCheck(load_questions(book), Explainer(book, ON, book.in_force(ON)))


@pytest.fixture(scope="module")
def firms() -> list[dict[str, int | None]]:
    """All there is to know about some synthetic firms."""
    (block,) = Generator(shipped(), 6328).blocks(FIRMS)
    return [{key: made.at(row) for key, made in block.made.items()} for row in range(FIRMS)]


def answer(answers: Answers, screen: Screen, truth: dict[str, int | None]) -> Answers:
    facts = {fact.key: truth.get(fact.key) for fact in screen.facts}
    done = {
        option.key: any(truth.get(key) not in (None, no) for key, no in option.otherwise.items())
        for option in screen.options
    }
    return answers.with_page(screen.key, facts, done)


def settled(check: SelfCheck, answers: Answers) -> int:
    return sum(found.state != 1 for found in check.determinations(answers))


def test_eight_questions_settle_most_policies(check, firms):
    together = alone = 0
    singly = SelfCheck(
        load_questions(shipped()).__class__(shipped().vocabulary, ()), check.explainer
    )
    for truth in firms:
        for how in (check, singly):
            answers = Answers()
            while len(answers.asked) < MOST and (screen := how.next_screen(answers)):
                answers = answer(answers, screen, truth)
            if how is check:
                together += settled(how, answers)
            else:
                alone += settled(how, answers)
    policies = len(check.explainer.policies)
    assert together / FIRMS > 0.7 * policies
    assert together > 1.3 * alone  # one fact a page settles far less


def test_who_knows_nothing_is_never_refused_anything(check):
    answers, pages = Answers(), 0
    while (screen := check.next_screen(answers)) and pages < 400:
        unknown: dict[str, int | None] = dict.fromkeys(fact.key for fact in screen.facts)
        answers = answers.with_page(
            screen.key, unknown, dict.fromkeys(o.key for o in screen.options)
        )
        pages += 1
    assert screen is None  # every question is asked once, and then there are no more
    assert len(set(answers.asked)) == pages
    assert {found.status for found in check.determinations(answers)} == {"undetermined"}


def test_what_was_not_done_rules_out_and_what_was_is_asked_for(check):
    screen = check.questions.screen("activities")
    assert screen is not None
    nothing = Answers().with_page("activities", {}, {o.key: False for o in screen.options})
    everything = Answers().with_page("activities", {}, {o.key: True for o in screen.options})
    assert settled(check, nothing) > 20
    assert settled(check, everything) == settled(check, Answers())


def test_a_told_fact_goes_before_what_follows_from_an_option(check):
    answers = Answers({"loan_principal": 5}, {"loan": False})
    assert answers.known(check.questions)["loan_principal"] == 5


def test_a_policy_that_is_settled_asks_no_more(check):
    book = shipped()
    policy = book.policy("individual_business_pit_half", ON)
    one = SelfCheck(check.questions, Explainer(book, ON, (policy,)))
    screen = one.next_screen(Answers())
    assert screen is not None
    assert screen.key == "entity_type"
    answers = answer(
        Answers(), screen, {"entity_type": book.vocabulary["entity_type"].encode("企业")}
    )
    assert one.next_screen(answers) is None


def test_answers_survive_a_change_of_the_code_tables(check, firms):
    vocabulary = shipped().vocabulary
    facts = {key: firms[0][key] for key in ("industry", "area", "revenue", "established_on")}
    answers = Answers({**facts, "employees": None}, {"loan": None}, ("size",), "")
    plain = answers.plain(vocabulary)
    assert plain["f"]["area"].startswith("6328")  # a code, not a position in the table
    assert read(plain, vocabulary) == answers
    plain["f"]["no_longer_asked"] = 1
    assert read(plain, vocabulary) == answers


def test_the_questions_of_a_jurisdiction_are_checked_when_loaded(tmp_path, monkeypatch):
    path = tmp_path / "questions" / "self_check.yaml"
    path.parent.mkdir()
    path.write_text(
        "topics:\n  - key: size\n    title: 规模\n    screens:\n"
        "      - {key: size, question: 多大, facts: [从业人数目]}\n",
        encoding="utf-8",
    )
    book = shipped()
    broken = book.__class__(
        **{
            name: getattr(book, name)
            for name in book.__dataclass_fields__
            if not name.startswith("_") and name != "chain"
        },
        chain=(tmp_path,),
    )
    with pytest.raises(DefinitionError, match="从业人数目"):
        load_questions(broken)
