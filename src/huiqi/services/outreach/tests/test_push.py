"""Push: newly fitting firms are told why, once; officials see how far it reached."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huiqi.kernel.access import system
from huiqi.kernel.definitions.rulebook import shipped
from huiqi.kernel.facts import actions as facts
from huiqi.kernel.notices.actions import prefer
from huiqi.kernel.notices.models import Delivery, Notice
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.standings import tasks
from huiqi.kernel.standings.models import Push, Standing, TakeUp
from huiqi.services.outreach import actions

pytestmark = pytest.mark.django_db
POLICY = "cit_small_low_profit"
BY = system("test")


def stored(word: str, value) -> int:
    fact = shipped().vocabulary.find(word)
    assert fact is not None
    return fact.encode(value)


@pytest.fixture
def know(django_capture_on_commit_callbacks):
    """Tell the platform what makes a firm a small low-profit one, and let events run."""

    def tell(firm, income: int) -> None:
        values = {
            "resident_company": 1,
            "restricted_industry": 0,
            "employees_quarterly_average": 30,
            "total_assets_quarterly_average": stored("资产总额季度平均", 5_000_000),
            "taxable_income": stored("应纳税所得额", income),
        }
        with django_capture_on_commit_callbacks(execute=True):
            facts.observe(firm, values, source="tax", by=BY, on=timezone.localdate())

    return tell


def told(**about):
    return Notice.objects.filter(kind="policy", key__contains=POLICY, **about)


def test_a_firm_is_told_what_it_newly_gets_and_why(firm, other_firm, person, know):
    owner = person("owner", enterprise=firm)
    person("owner", enterprise=other_firm)
    know(firm, 1_000_000)
    notice = told().get()
    assert notice.user == owner
    assert notice.title == "您的企业符合：小型微利企业所得税优惠"
    assert "20万元" in notice.text
    assert notice.reason.startswith("因为：")
    assert notice.reason.endswith("全部符合。")
    assert notice.link.endswith(f"#policy-{POLICY}")
    assert Delivery.objects.get(notice=notice).digest  # by mail once a day, as is usual


def test_a_firm_that_is_nearly_there_is_told_the_step(firm, person, know):
    person("owner", enterprise=firm)
    know(firm, 3_100_000)
    assert "只差一步——应纳税所得额" in told().get().reason


def test_nobody_is_told_the_same_twice(firm, person, know):
    person("owner", enterprise=firm)
    know(firm, 1_000_000)
    know(firm, 1_100_000)  # another amount, the same policy and status
    know(firm, 9_000_000)
    know(firm, 1_000_000)  # eligible again under the same version
    assert told().count() == 1
    standing = Standing.objects.get(enterprise=firm, policy=POLICY, superseded_at=None)
    actions.push([standing.pk] * 2, by=BY, on=timezone.localdate(), at=timezone.now())
    assert Push.objects.filter(policy=POLICY, status="eligible").count() == 1


def test_who_wants_none_gets_none_and_who_has_it_is_left_alone(firm, other_firm, person, know):
    owner = person("owner", enterprise=firm)
    actor = actor_for(owner, list(owner.memberships.select_related("enterprise")), None)
    prefer({"policy": ("never", [])}, by=actor, on=timezone.localdate())
    know(firm, 1_000_000)
    person("owner", enterprise=other_firm)
    TakeUp.objects.create(
        enterprise=other_firm, policy=POLICY, state="received", marked_on=timezone.localdate()
    )
    know(other_firm, 1_000_000)
    assert not told().exists()


def test_a_published_policy_reaches_the_firms_it_fits(
    firm, other_firm, person, django_capture_on_commit_callbacks
):
    person("owner", enterprise=firm)
    person("owner", enterprise=other_firm)
    for one, income in ((firm, 1_000_000), (other_firm, 90_000_000)):
        values = {
            "resident_company": 1,
            "restricted_industry": 0,
            "employees_quarterly_average": 30,
            "total_assets_quarterly_average": stored("资产总额季度平均", 5_000_000),
            "taxable_income": stored("应纳税所得额", income),
        }
        facts.observe(one, values, source="tax", by=BY, on=timezone.localdate())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.policy_published(POLICY)
    assert [notice.enterprise for notice in told()] == [firm]
    with django_capture_on_commit_callbacks(execute=True):
        tasks.policy_published(POLICY)  # an event may be delivered twice
    assert told().count() == 1


def test_officials_see_how_far_it_reached_in_their_own_area(
    firm, other_firm, person, office, signed_in, know, django_assert_max_num_queries
):
    owner = person("owner", enterprise=firm)
    know(firm, 1_000_000)
    know(other_firm, 1_000_000)
    signed_in(owner).get(f"/inbox/{told().get().pk}")
    prefecture = signed_in(person("clerk", office=office("工信")))
    county = signed_in(person("clerk", office=office("工信", "632802")))
    with django_assert_max_num_queries(8):
        page = prefecture.get("/reach?export=csv")
    rows = b"".join(page.streaming_content).decode("utf-8-sig").splitlines()
    line = next(row for row in rows if row.startswith("小型微利企业所得税优惠"))
    assert line.endswith("2,1,1,0")
    mine = b"".join(county.get("/reach?export=csv").streaming_content).decode("utf-8-sig")
    line = next(row for row in mine.splitlines() if row.startswith("小型微利企业所得税优惠"))
    assert line.endswith("1,0,0,0")
    assert signed_in(owner).get("/reach").status_code == 403
