"""Standings: one firm and all firms say the same, unknown is never no, history says why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Q

from huiqi.kernel.access import system
from huiqi.kernel.definitions.rulebook import shipped
from huiqi.kernel.facts import actions as facts
from huiqi.kernel.facts import snapshots
from huiqi.kernel.facts.queries import firm as facts_of
from huiqi.kernel.standings import actions, queries
from huiqi.kernel.standings.evaluation import of_firm, parts
from huiqi.kernel.standings.models import Standing, Status

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 2, tzinfo=UTC)
BY = system("test")
POLICY = "cit_small_low_profit"


def stored(word: str, value) -> int:
    fact = shipped().vocabulary.find(word)
    assert fact is not None
    return fact.encode(value)


def know(firm, income: int, on=ON, **more) -> None:
    values = {
        "resident_company": 1,
        "restricted_industry": 0,
        "employees_quarterly_average": 30,
        "total_assets_quarterly_average": stored("资产总额季度平均", 5_000_000),
        "taxable_income": stored("应纳税所得额", income),
        **more,
    }
    facts.observe(firm, values, source="tax", by=BY, on=on)


def frame(on=ON):
    return snapshots.frame(snapshots.freeze(by=BY, on=on))


def now(firm) -> Standing:
    return Standing.objects.get(enterprise=firm, policy=POLICY, superseded_at=None)


def policy():
    return shipped().policy(POLICY, ON)


def test_all_firms_and_one_firm_give_the_same(firm, other_firm):
    know(firm, 1_000_000)
    know(other_firm, 3_100_000)
    rules = shipped().in_force(ON)
    (part,) = parts(frame(), rules, ON)
    alone = {one: of_firm(facts_of(one, ON), ON) for one in (firm.pk, other_firm.pk)}
    for index, rule in enumerate(rules):
        together = part.outcomes(index, alone.keys())
        assert together == {one: alone[one][rule.key] for one in alone}, rule.key


def test_the_first_look_records_who_is_eligible_or_near(firm, other_firm):
    know(firm, 1_000_000)
    know(other_firm, 3_100_000)
    actions.refresh_all(frame(), on=ON, at=AT)
    assert (now(firm).status, now(firm).amount) == (Status.ELIGIBLE, 20_000_000)
    assert now(other_firm).status == Status.ONE_STEP
    assert "应纳税所得额" in now(other_firm).step
    assert 0 < now(other_firm).effort < 0.1
    assert actions.refresh_all(frame(), on=ON, at=AT) == 0


def test_a_fact_taken_back_makes_it_open_not_refused(firm):
    know(firm, 1_000_000)
    actions.refresh_all(frame(), on=ON, at=AT)
    facts.observe(firm, {"taxable_income": None}, source="tax", by=BY, on=ON)
    actions.refresh_policy(frame(), policy(), on=ON, at=AT + timedelta(hours=1))
    assert now(firm).status == Status.UNDETERMINED


def test_nothing_is_lost(firm):
    know(firm, 1_000_000)
    actions.refresh_firm(firm.pk, on=ON, at=AT)
    know(firm, 2_000_000)
    actions.refresh_firm(firm.pk, on=ON, at=AT + timedelta(days=1))
    amounts = Standing.objects.filter(policy=POLICY).order_by("pk").values_list("amount", flat=True)
    assert list(amounts) == [20_000_000, 40_000_000]
    assert now(firm).amount == 40_000_000


def test_a_closed_firm_and_an_ended_policy_have_no_standing(firm):
    know(firm, 1_000_000)
    actions.refresh_all(frame(), on=ON, at=AT)
    firm.status = "closed"
    firm.save()
    actions.refresh_all(frame(), on=ON, at=AT)
    assert not Standing.objects.filter(enterprise=firm, superseded_at=None).exists()
    assert Standing.objects.filter(enterprise=firm).exists()


def test_ending_a_policy(firm):
    know(firm, 1_000_000)
    actions.refresh_firm(firm.pk, on=ON, at=AT)
    assert actions.end(Q(policy=POLICY), at=AT) == 1


def test_the_day_alone_can_be_the_reason(firm):
    policy = "haixi_founder_rent"  # ends three years after a firm was founded, 2021-03-01
    graduate = stored("创办人身份", ["高校毕业生"])
    know(
        firm,
        1_000_000,
        on=date(2024, 1, 2),
        employees=10,
        revenue=stored("营业收入", 3_000_000),
        founder_identity=graduate,
        annual_rent=stored("年租金", 50_000),
        court_defaulter=0,
        serious_violation=0,
    )
    actions.refresh_firm(firm.pk, on=date(2024, 2, 1), at=AT)
    actions.refresh_firm(firm.pk, on=date(2024, 4, 1), at=AT + timedelta(days=60))
    now_, before = Standing.objects.filter(enterprise=firm, policy=policy).order_by("-pk")
    assert (before.status, now_.status) == (Status.ELIGIBLE, Status.INELIGIBLE)
    assert queries.previous(now_) == before
    assert queries.reason(BY, firm, now_, before).only_time


def test_people_of_another_firm_and_area_see_nothing(firm, other_firm, person, office):
    from huiqi.kernel.parties.actors import actor_for

    know(firm, 1_000_000)
    actions.refresh_firm(firm.pk, on=ON, at=AT)

    def actor(user):
        return actor_for(user, list(user.memberships.select_related("office", "enterprise")), None)

    owner = actor(person("owner", enterprise=firm))
    stranger = actor(person("owner", enterprise=other_firm))
    here = actor(person("clerk", office=office("工信", "632801")))
    elsewhere = actor(person("clerk", office=office("工信", "632802")))
    assert queries.standings(owner).count() == queries.standings(here).count() > 0
    assert queries.standings(stranger).count() == queries.standings(elsewhere).count() == 0
    assert queries.history(elsewhere, firm).count() == 0
