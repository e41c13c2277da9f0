"""A firm's entitlements in the browser: its own and nobody else's, answered in place."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from huiqi.kernel.access import system
from huiqi.kernel.audit.models import Event
from huiqi.kernel.definitions.rulebook import shipped
from huiqi.kernel.facts import actions as facts
from huiqi.kernel.facts.queries import current
from huiqi.kernel.standings.models import Standing, TakeUp
from huiqi.rules.replay import read_record, replay

pytestmark = pytest.mark.django_db
POLICY = "cit_small_low_profit"


def stored(word: str, value) -> int:
    fact = shipped().vocabulary.find(word)
    assert fact is not None
    return fact.encode(value)


@pytest.fixture
def known(firm):
    """A firm whose taxable income is all that is missing to its income tax relief."""
    values = {
        "resident_company": 1,
        "restricted_industry": 0,
        "employees_quarterly_average": 30,
        "total_assets_quarterly_average": stored("资产总额季度平均", 5_000_000),
    }
    on = timezone.localdate()
    facts.observe(firm, values, source="tax", by=system("test"), on=on)
    return firm


@pytest.fixture
def owner(known, person, signed_in):
    return signed_in(person("owner", enterprise=known))


def address(firm, *more: str) -> str:
    return "/".join([f"/entitlements/{firm.credit_code}", *more])


def text(answer) -> str:
    return answer.content.decode()


def test_ones_own_firm_is_found_without_its_number(owner, known):
    assert owner.get("/entitlements").headers["location"] == address(known)


def test_answering_in_place_changes_the_money_and_says_what_changed(owner, known):
    before = text(owner.get(f"{address(known)}?ask=taxable_income"))
    assert 'name="taxable_income_0"' in before
    given = {"ask": "taxable_income", "taxable_income_0": "100", "taxable_income_1": "万元"}
    answer = owner.post(address(known, "answers"), given)
    after = text(owner.get(answer.headers["location"].split("#")[0]))
    assert "合计金额从 0元 变为 20万元" in after
    assert "原来：待定" in after
    assert "有变化" in after
    said = current(known.pk, timezone.localdate())["taxable_income"]
    assert (said.source, said.number) == ("declared", 100_000_000)


def test_a_wrong_answer_keeps_what_was_typed_and_saves_nothing(owner, known):
    given = {"ask": "taxable_income", "taxable_income_0": "很多", "taxable_income_1": "万元"}
    page = text(owner.post(address(known, "answers"), given))
    assert "请改正下面的问题" in page
    assert 'value="很多"' in page
    assert "taxable_income" not in current(known.pk, timezone.localdate())


def test_a_changed_link_lights_up_nothing_but_shows_the_page(owner, known):
    for word in ("x", "a:b:c", "%00"):
        page = owner.get(f"{address(known)}?was={word}")
        assert page.status_code == 200
        assert "已保存" not in text(page)


def test_another_firm_is_not_there(owner, other_firm, person, signed_in):
    stranger = signed_in(person("owner", enterprise=other_firm))
    Standing.objects.create(
        enterprise=other_firm,
        policy=POLICY,
        status="eligible",
        on=timezone.localdate(),
        rule_hash="0",
        recorded_at=timezone.now(),
    )
    number = Standing.objects.get(enterprise=other_firm).pk
    for path in ("", "/history", f"/record/{POLICY}", f"/history/{number}"):
        theirs = f"/entitlements/{other_firm.credit_code}{path}"
        assert owner.get(theirs).status_code == 404, path
        assert stranger.get(theirs).status_code == 200, path
    mark = {"policy": POLICY, "state": "received"}
    assert owner.post(address(other_firm, "marks"), mark).status_code == 404
    answers = {"taxable_income_0": "1", "taxable_income_1": "元"}
    assert owner.post(address(other_firm, "answers"), answers).status_code == 404
    assert not TakeUp.objects.exists()
    assert "taxable_income" not in current(other_firm.pk, timezone.localdate())


def test_an_entry_of_anothers_history_under_ones_own_number(owner, known, other_firm):
    theirs = Standing.objects.create(
        enterprise=other_firm,
        policy=POLICY,
        status="eligible",
        on=timezone.localdate(),
        rule_hash="0",
        recorded_at=timezone.now(),
    )
    assert owner.get(address(known, "history", str(theirs.pk))).status_code == 404


def test_what_changed_since_another_firms_answers_says_nothing_of_it(owner, known):
    # A token only says what was before; a foreign one shows no other firm's policies or facts.
    given = {"ask": "taxable_income", "taxable_income_0": "100", "taxable_income_1": "万元"}
    query = urlsplit(owner.post(address(known, "answers"), given).headers["location"]).query
    page = owner.get(f"{address(known)}?{query}")
    assert known.name in text(page)


def test_officials_see_what_their_department_may_read_and_that_is_recorded(
    known, person, office, signed_in
):
    tax = signed_in(person("clerk", office=office("税务", "632801")))
    industry = signed_in(person("clerk", office=office("工信", "632801")))
    elsewhere = signed_in(person("clerk", office=office("税务", "632802")))
    assert "30人" in text(tax.get(address(known)))
    assert Event.objects.filter(action="entitlements.viewed").count() == 1
    assert industry.get(address(known)).status_code == 200
    assert elsewhere.get(address(known)).status_code == 404
    assert tax.post(address(known, "answers"), {"x": "1"}).status_code == 403
    assert "保存并重新计算" not in text(tax.get(address(known)))


def test_an_auditor_reads_and_writes_nothing(known, person, office, signed_in):
    auditor = signed_in(person("auditor", office=office("审计")))
    assert auditor.get(address(known)).status_code == 200
    for path in ("answers", "marks"):
        assert auditor.post(address(known, path), {"policy": POLICY}).status_code == 403


def test_marking_is_kept_and_can_be_taken_back(owner, known):
    owner.post(address(known, "marks"), {"policy": POLICY, "state": "applied"})
    assert TakeUp.objects.get(enterprise=known).state == "applied"
    owner.post(address(known, "marks"), {"policy": POLICY, "state": ""})
    assert not TakeUp.objects.exists()
    for wrong in ({"policy": "none", "state": "applied"}, {"policy": POLICY, "state": "paid"}):
        assert owner.post(address(known, "marks"), wrong).status_code == 422


def test_the_record_can_be_replayed(owner, known):
    answer = owner.get(address(known, "record", POLICY))
    assert "attachment" in answer.headers["content-disposition"]
    found = replay(read_record(json.loads(answer.content)), shipped())
    assert found.differences == []
    assert owner.get(address(known, "record", "no_such_policy")).status_code == 404


def test_history_says_which_fact_changed(owner, known, django_capture_on_commit_callbacks):
    given = {"ask": "taxable_income", "taxable_income_0": "100", "taxable_income_1": "万元"}
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(address(known, "answers"), given)
    given["taxable_income_0"] = "200"
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(address(known, "answers"), {**given})
    # The second answer is no longer missing: it comes by another way, as tax data would.
    with django_capture_on_commit_callbacks(execute=True):
        facts.observe(
            known,
            {"taxable_income": stored("应纳税所得额", 2_000_000)},
            source="tax",
            by=system("test"),
            on=timezone.localdate(),
        )
    page = text(owner.get(address(known, "history")))
    assert "小型微利企业所得税优惠" in page
    newest = Standing.objects.filter(enterprise=known, policy=POLICY).latest("pk")
    assert newest.amount == 40_000_000
    why = text(owner.get(address(known, "history", str(newest.pk))))
    assert re.search(r"应纳税所得额：从 100万元 变为 200万元（税务）", why)


def test_pages_cost_few_queries(owner, known, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert owner.get(address(known)).status_code == 200
    with django_assert_max_num_queries(12):
        assert owner.get(address(known, "history")).status_code == 200
