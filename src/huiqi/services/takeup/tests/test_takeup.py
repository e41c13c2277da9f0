"""Non-take-up: who is entitled and got nothing, why, and what nobody else may see."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.utils import timezone

from huiqi.kernel.access import system
from huiqi.kernel.definitions.rulebook import area_name
from huiqi.kernel.notices.actions import notify
from huiqi.kernel.notices.models import Notice
from huiqi.kernel.parties.models import Enterprise
from huiqi.kernel.standings.models import Standing, TakeUp
from huiqi.services.takeup.rules import shown

pytestmark = pytest.mark.django_db
POLICY = "cit_small_low_profit"


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def entitle(firm, policy=POLICY, amount=100_000) -> Standing:
    return Standing.objects.create(
        enterprise=firm,
        policy=policy,
        status="eligible",
        amount=amount,
        on=timezone.localdate(),
        rule_hash="0",
        recorded_at=timezone.now(),
    )


def take(firm, state, policy=POLICY) -> None:
    TakeUp.objects.create(
        enterprise=firm, policy=policy, state=state, marked_on=timezone.localdate()
    )


def exported(client, address: str) -> list[str]:
    answer = client.get(address + ("&" if "?" in address else "?") + "export=csv")
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


@pytest.fixture
def prefecture(person, office, signed_in):
    return signed_in(person("clerk", office=office("工信")))


def test_who_applied_or_received_is_not_counted_as_missing_out(prefecture, firm, other_firm):
    entitle(firm)
    entitle(other_firm)
    take(firm, "received")
    (line,) = exported(prefecture, "/take-up?by=policy")[1:]
    assert line == "小型微利企业所得税优惠,2,1,1,1000.00"
    assert len(exported(prefecture, "/take-up/firms")) == 2


@pytest.mark.parametrize(
    ("by", "title"),
    [
        ("county", area_name("632801")),
        ("industry", "制造业"),
        ("size", "待定"),
        ("cause", "平台上没有企业的人"),
    ],
)
def test_by_every_dimension_with_a_way_to_the_firms(prefecture, firm, by, title):
    firm.industry = "2613"
    firm.save()
    entitle(firm)
    page = prefecture.get(f"/take-up?by={by}").content.decode()
    assert title in page
    assert f"/take-up/firms?{by}=" in page
    assert len(exported(prefecture, "/take-up/firms?industry=C")) == 2
    assert len(exported(prefecture, "/take-up/firms?industry=F")) == 1
    assert prefecture.get("/take-up?by=colour").status_code == 404


def cause(client) -> str:
    return exported(client, "/take-up?by=cause")[1].split(",")[0]


def test_causes_from_the_surest_to_none(prefecture, firm, person):
    standing = entitle(firm)
    assert cause(prefecture) == "平台上没有企业的人"
    person("owner", enterprise=firm)
    assert cause(prefecture) == "未知，还没有通知过"
    key = f"{firm.pk}/{POLICY}/0/eligible"
    notify(
        enterprise_id=firm.pk,
        kind="policy",
        title="符合",
        text="符合",
        key=key,
        by=system("test"),
        on=timezone.localdate(),
    )
    assert cause(prefecture) == "未读通知"
    Notice.objects.update(read_at=timezone.now())
    assert cause(prefecture) == "读了通知，没有办"
    standing.amount = None
    standing.save()
    assert cause(prefecture) == "资料不全，金额算不出"
    take(firm, "not_needed")
    assert cause(prefecture) == "企业标记不需要"


def test_a_county_sees_its_own_and_an_auditor_all(
    firm, other_firm, person, office, signed_in, prefecture
):
    entitle(firm)
    entitle(other_firm)
    county = signed_in(person("supervisor", office=office("工信", "632802")))
    rows = exported(county, "/take-up/firms")
    assert len(rows) == 2
    assert other_firm.name in rows[1]
    assert len(exported(county, f"/take-up/firms?county={firm.area}")) == 1
    auditor = signed_in(person("auditor", office=office("审计")))
    assert len(exported(auditor, "/take-up/firms")) == 3
    owner = signed_in(person("owner", enterprise=firm))
    assert owner.get("/take-up").status_code == 403
    assert owner.get("/take-up/firms").status_code == 403


def test_the_public_sees_no_small_numbers(client, firm):
    entitle(firm)
    page = client.get("/take-up/public").content.decode()
    assert "小型微利企业所得税优惠" in page
    assert exported(client, "/take-up/public?by=policy")[1] == "小型微利企业所得税优惠,,,"
    assert client.get("/take-up/public?by=cause").status_code == 404


@pytest.mark.parametrize(
    ("entitled", "missed", "told"),
    [
        (4, 4, (None, None)),
        (5, 5, (5, 5)),
        (9, 4, (9, None)),
        (9, 6, (9, None)),
        (10, 5, (10, 5)),
        (8, 0, (8, 0)),
    ],
)
def test_neither_number_nor_their_difference_is_small(entitled, missed, told):
    assert shown(entitled, missed) == told


def test_pages_cost_few_queries(prefecture, firm, django_assert_max_num_queries):
    for number in range(30):
        entitle(
            Enterprise.objects.create(
                credit_code=f"9163280{number:02}", name=f"企业{number}", area="632801"
            )
        )
    for address in ("/take-up?by=cause", "/take-up/firms", "/take-up/public"):
        with django_assert_max_num_queries(8):
            assert prefecture.get(address).status_code == 200
