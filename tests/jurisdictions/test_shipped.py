"""The shipped jurisdictions: every file is sound and every example in it comes out."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from huiqi.rules import ir
from huiqi.rules.determination import Determination, Explainer, Firm
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction
from huiqi.rules.jurisdiction_check import check_jurisdiction
from huiqi.rules.policy import Policy
from huiqi.rules.record import record
from huiqi.rules.replay import read_record, replay
from huiqi.rules.values import read_facts

ROOT = Path(__file__).parents[2] / "jurisdictions"
CODES = sorted(path.parent.name for path in ROOT.glob("*/profile.yaml"))


@cache
def place(code: str) -> Jurisdiction:
    return load_jurisdiction(ROOT, code)


@pytest.mark.parametrize("code", CODES)
def test_no_problem_in_any_file(code: str) -> None:
    problems = check_jurisdiction(ROOT, code).problems
    assert problems == []


def shipped() -> list[tuple[str, Policy]]:
    """Every policy once, with the jurisdiction whose folder holds it."""
    found: dict[str, tuple[str, Policy]] = {}
    for code in CODES:
        for policy in place(code).policies:
            found.setdefault(policy.document.file, (policy.document.file.split("/")[1], policy))
    return list(found.values())


POLICIES = [pytest.param(code, p, id=Path(p.document.file).stem) for code, p in shipped()]


def determinations(code: str, policy: Policy) -> list[Determination]:
    found = []
    for example in policy.model.examples:
        facts = read_facts(example.facts, place(code).vocabulary)
        found += Explainer(place(code), example.on, (policy,)).explain(Firm(facts))
    return found


@pytest.mark.parametrize(("code", "policy"), POLICIES)
def test_examples_show_a_yes_a_no_and_a_missing_fact(code: str, policy: Policy) -> None:
    statuses = {example.expect.status for example in policy.model.examples}
    assert statuses == {"eligible", "ineligible", "undetermined"}
    assert any(example.expect.missing for example in policy.model.examples)


@pytest.mark.parametrize(("code", "policy"), POLICIES)
def test_one_step_is_enough_in_every_example(code: str, policy: Policy) -> None:
    for found in determinations(code, policy):
        step = found.one_step
        if step is None:
            continue
        on = step.day or found.explainer.on
        facts = {**found.firm.facts, step.fact.key: step.after}
        after = Explainer(place(code), on, (policy,)).explain(Firm(facts))[0]
        assert after.state == ir.TRUE, step.text


@pytest.mark.parametrize(("code", "policy"), POLICIES)
def test_every_example_replays(code: str, policy: Policy) -> None:
    for found in determinations(code, policy)[:2]:
        recorded = json.loads(json.dumps(record(found)))
        replayed = replay(read_record(recorded), place(code))
        assert (replayed.differences, replayed.changed_definitions) == ([], [])


def test_the_issue_is_covered() -> None:
    national = {p.key for code, p in shipped() if code == "CN"}
    prefecture = [p for code, p in shipped() if code == "CN-6328"]
    assert len(national) >= 36
    assert len(prefecture) >= 12
    assert all(policy.model.status == "illustrative" for policy in prefecture)
    duties = {duty for policy in prefecture for duty in policy.model.duties}
    articles = {duty.split(".")[0] for duty in duties}
    assert articles >= {"9", "10", "11", "12", "13", "14", "15", "16", "18", "22", "23", "26", "27"}
    assert len(place("CN").vocabulary.facts) >= 90


def test_every_fact_has_what_people_need() -> None:
    for fact in place("CN").vocabulary.facts.values():
        model = fact.model
        assert model.question
        assert model.definition
        assert model.sources
