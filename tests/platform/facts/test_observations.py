"""Saying things of a firm: nothing is overwritten, and everybody reads only what is theirs."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from huiqi.kernel.access import VISITOR
from huiqi.kernel.audit.models import Event
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import Invalid, NotAllowed, Unavailable
from huiqi.kernel.facts import actions, queries, snapshots
from huiqi.kernel.facts.bulk import Row, insert
from huiqi.kernel.facts.models import Observation
from huiqi.kernel.facts.values import columns, period_of, stored
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.queries import memberships

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)


@pytest.fixture
def actor(person):
    """Make the actor of a person in a role."""

    def make(role, **party):
        user = person(role, **party)
        return actor_for(user, list(memberships(user.pk, ON)), None)

    return make


@pytest.fixture
def owner(actor, firm):
    return actor("owner", enterprise=firm)


def test_a_new_word_takes_the_place_of_the_old_and_both_are_kept(owner, firm):
    actions.declare(firm, {"employees": 10}, by=owner, on=ON)
    actions.declare(firm, {"employees": 12}, by=owner, on=ON)
    assert queries.current(firm.pk, ON)["employees"].number == 12
    assert [word.number for word in queries.history(owner, firm, "employees")] == [12, 10]


def test_the_same_word_again_is_no_change(owner, firm):
    assert actions.declare(firm, {"employees": 10}, by=owner, on=ON)
    assert actions.declare(firm, {"employees": 10}, by=owner, on=ON) == []
    assert Event.objects.filter(action="facts.declared").count() == 1


def test_a_word_can_be_taken_back(owner, firm):
    actions.declare(firm, {"employees": 10}, by=owner, on=ON)
    actions.declare(firm, {"employees": None}, by=owner, on=ON)
    assert "employees" not in queries.current(firm.pk, ON)


def test_the_firm_as_the_rules_take_it(owner, firm):
    actions.declare(firm, {"employees": 10}, by=owner, on=ON)
    found = queries.firm(firm.pk, ON)
    vocabulary = rulebook().vocabulary
    assert found.facts["employees"] == 10
    assert vocabulary["industry"].decode(found.facts["industry"]) == firm.industry
    assert found.origins["employees"].source == "企业填报"


def test_the_size_follows_the_facts(owner, firm):
    vocabulary = rulebook().vocabulary
    told = {"从业人员": 10, "营业收入": 100, "资产总额": 100}
    values = {vocabulary.find(name).key: value for name, value in told.items()}
    actions.declare(firm, values, by=owner, on=ON)
    firm.refresh_from_db()
    assert firm.size == "微型"


def test_nobody_speaks_for_another_firm(owner, other_firm):
    with pytest.raises(NotAllowed):
        actions.declare(other_firm, {"employees": 10}, by=owner, on=ON)


def test_an_office_brings_only_what_is_its_own(actor, firm, office):
    clerk = actor("clerk", office=office("税务"))
    actions.observe(firm, {"employees": 10}, source="tax", by=clerk, on=ON)
    with pytest.raises(NotAllowed):
        actions.observe(firm, {"employees": 10}, source="social_insurance", by=clerk, on=ON)


def test_departments_read_their_own_sources_only(actor, owner, firm, office):
    tax = actor("clerk", office=office("税务"))
    actions.observe(firm, {"employees": 10}, source="tax", by=tax, on=ON)
    labour = actor("clerk", office=office("人社"))
    industry = actor("clerk", office=office("工信"))
    assert set(queries.visible(tax, firm, ON)) == {"employees"}
    assert queries.visible(labour, firm, ON) == {}
    assert set(queries.visible(industry, firm, ON)) == {"employees"}
    assert set(queries.visible(owner, firm, ON)) == {"employees"}
    assert queries.visible(VISITOR, firm, ON) == {}
    assert queries.history(labour, firm, "employees") == []


def test_declared_and_registered_are_both_shown(actor, owner, firm, office):
    tax = actor("clerk", office=office("税务"))
    actions.declare(firm, {"employees": 12}, by=owner, on=ON)
    actions.observe(firm, {"employees": 10}, source="tax", by=tax, on=ON)
    own, theirs = queries.conflicts(owner, firm, ON)["employees"]
    assert (own.number, theirs.number) == (12, 10)


def test_what_is_unknown_or_derived_is_refused(owner, firm):
    with pytest.raises(Invalid):
        actions.declare(firm, {"nothing": 1}, by=owner, on=ON)
    with pytest.raises(Invalid):
        actions.declare(firm, {"enterprise_size": 1}, by=owner, on=ON)


def test_every_kind_of_fact_is_kept_and_read_again():
    for fact in rulebook().vocabulary.facts.values():
        if fact.type == "text":
            continue
        for value in {*fact.bounds, (fact.bounds[0] + fact.bounds[1]) // 2}:
            number, text = columns(fact, value)
            kept = Observation(fact=fact.key, number=number, text=text)
            expected = None if fact.type == "set" and value == 0 else value
            assert stored(fact, kept) == expected, fact.key


def test_periods_are_those_that_are_over():
    facts = rulebook().vocabulary.facts.values()
    by_period = {fact.model.period: fact for fact in facts}
    assert period_of(by_period["year"], date(2026, 1, 1)) == "2025"
    assert period_of(by_period["quarter"], date(2026, 1, 1)) == "2025Q4"
    assert period_of(by_period["quarter"], date(2026, 4, 1)) == "2026Q1"
    assert period_of(by_period["month"], date(2026, 1, 31)) == "2025-12"
    assert period_of(by_period["moment"], date(2026, 1, 31)) == ""


def test_the_database_holds_one_word_a_source(firm):
    row = Row(firm.pk, "employees", "2025", "tax", 1, "", ON, timezone.now(), "")
    insert([row])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([row])


def test_a_snapshot_that_was_changed_is_refused(owner, firm):
    actions.declare(firm, {"employees": 10}, by=owner, on=ON)
    snapshot = snapshots.freeze(by=owner, on=ON)
    assert snapshots.frame(snapshot)["employees"].to_list() == [10]
    path = snapshots.folder() / snapshot.file
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(Unavailable):
        snapshots.frame(snapshot)


def test_a_firm_is_read_with_two_queries(owner, firm, django_assert_num_queries):
    actions.declare(firm, {"employees": 10}, by=owner, on=ON)
    with django_assert_num_queries(2):
        queries.firm(firm.pk, ON)
