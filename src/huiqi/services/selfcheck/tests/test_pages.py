"""The self-check in the browser: no account, nothing kept, links that can be shared."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from huiqi.kernel.definitions.rulebook import shipped
from huiqi.services.selfcheck import queries
from huiqi.services.selfcheck.rules import Answers

pytestmark = pytest.mark.django_db


def of(address: str) -> Answers:
    return queries.answers(parse_qs(urlsplit(unescape(address)).query)["s"][0])


def post(client, answers: Answers, page: str, **given):
    given = {"s": queries.token(answers), "q": page, **given}
    return client.post("/self-check/step", given)


def stored(word: str, value) -> int:
    fact = shipped().vocabulary.find(word)
    assert fact is not None
    return fact.encode(value)


def test_a_visitor_costs_no_query_of_their_own(client, django_assert_max_num_queries):
    # Each request may look whether new rules have been published: one query, at most one a second.
    with django_assert_max_num_queries(5):
        assert client.get("/self-check").status_code == 200
        first = client.get("/self-check/step")
        assert "主体" in first.content.decode()
        answer = post(client, Answers(), "entity_type", entity_type="1")
        assert client.get(answer.headers["location"]).status_code == 200
        result = client.get(f"/self-check/result?s={queries.token(of(answer.headers['location']))}")
        assert "待定" in result.content.decode()
    assert not client.cookies.get("sessionid")


@pytest.mark.parametrize(
    ("given", "unit", "fen"),
    [
        ("1,200", "万元", 1_200_000_000),
        ("1200万", "元", 1_200_000_000),
        ("１２００", "万元", 1_200_000_000),
        ("12000000.00", "元", 1_200_000_000),
        ("0.12亿元", "万元", 1_200_000_000),
        ("-5", "万元", None),
        ("许多", "万元", None),
        ("", "万元", "unknown"),
    ],
)
def test_money_is_taken_as_people_write_it(client, given, unit, fen):
    answers = Answers().with_page("entity_type", {"entity_type": 1}, {})
    answer = post(client, answers, "size", revenue_0=given, revenue_1=unit, employees="12人")
    if fen is None:
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "请改正下面的问题" in page
        assert f'value="{given}"' in page
        assert 'value="12人"' in page
    else:
        facts = of(answer.headers["location"]).facts
        assert facts["revenue"] == (None if fen == "unknown" else fen)
        assert facts["employees"] == 12


def test_an_industry_is_found_by_word_without_javascript(client):
    page = post(client, Answers(), "size", industry="餐饮", find="1").content.decode()
    assert "error-summary" not in page
    picked = re.search(r'name="industry-pick" value="([^"]+)"> (H62[^<]*|[^<]*餐饮[^<]*)', page)
    assert picked is not None
    answer = post(client, Answers(), "size", industry="餐饮", **{"industry-pick": picked[1]})
    index = of(answer.headers["location"]).facts["industry"]
    assert "餐饮" in shipped().vocabulary["industry"].show(index)


def test_the_list_to_choose_from_also_comes_as_a_fragment(client):
    page = client.post("/choose/industry", {"name": "industry", "industry": "软件开发"})
    assert 'name="industry-pick"' in page.content.decode()
    assert client.post("/choose/nothing", {"name": "x"}).status_code == 404


def test_a_list_asks_what_is_meant_by_not_ticking(client):
    answer = post(client, Answers(), "records", ticked=["court_defaulter"])
    assert "没有勾选的，是都没有" in answer.content.decode()
    assert "checked" in answer.content.decode()
    no = of(post(client, Answers(), "records", rest="no").headers["location"])
    assert set(no.facts.values()) == {0}
    unsure = post(client, Answers(), "records", ticked=["court_defaulter"], rest="unknown")
    facts = of(unsure.headers["location"]).facts
    assert facts["court_defaulter"] == 1
    assert set(facts.values()) == {1, None}


def test_going_back_keeps_what_was_said_and_forward_too(client):
    answers = Answers().with_page("entity_type", {"entity_type": 1}, {})
    answers = answers.with_page("area", {"area": stored("登记地", "632801")}, {})
    back = client.get("/self-check/step", {"s": queries.token(answers), "q": "entity_type"})
    assert re.search(r'value="1"[^>]*checked', back.content.decode())
    again = post(client, answers, "entity_type", entity_type="2")
    assert "q=area" in again.headers["location"]
    kept = of(again.headers["location"])
    assert kept.facts["entity_type"] == 2
    assert kept.facts["area"] == answers.facts["area"]
    changed = post(client, answers, "entity_type", entity_type="2", to="result")
    assert changed.headers["location"].startswith("/self-check/result")


def test_i_do_not_know_is_always_possible(client):
    answers = Answers()
    for _ in range(8):
        page = client.get("/self-check/step", {"s": queries.token(answers)}).content.decode()
        key = re.search(r'name="q" value="(\w+)"', page)
        assert key is not None
        answer = post(client, answers, key[1], skip="1")
        answers = of(answer.headers["location"])
    assert answer.headers["location"].startswith("/self-check/result")
    page = client.get(answer.headers["location"]).content.decode()
    assert "不符合" not in page.split("您的回答")[0]


def test_the_result_says_why_and_what_is_missing(client):
    answers = Answers(
        {
            "resident_company": 1,
            "restricted_industry": 0,
            "taxable_income": stored("应纳税所得额", 1_000_000),
            "employees_quarterly_average": 30,
            "total_assets_quarterly_average": stored("资产总额季度平均", 5_000_000),
        },
        asked=("income_tax",),
    )
    page = client.get("/self-check/result", {"s": queries.token(answers), "print": "1"})
    text = page.content.decode()
    assert "小型微利企业所得税优惠" in text
    assert "20万元" in text  # 100万元 × (25% − 5%)
    assert "金额怎么算" in text
    assert "q=size" in text  # what is missing leads to the page that asks it
    assert "示例" in text
    assert '<details class="determination" id="policy-cit_small_low_profit" open>' in text


def test_one_policy_by_itself(client):
    page = client.get("/self-check?policy=individual_business_pit_half").content.decode()
    begin = re.search(r'href="(/self-check/step\?s=[^"]+)"', page)
    assert begin is not None
    answers = of(begin[1])
    assert answers.policy == "individual_business_pit_half"
    answer = post(client, answers, "entity_type", entity_type="1")
    page = client.get(answer.headers["location"], follow=True).content.decode()
    assert "不符合" in page
    assert "个体工商户" in page
    assert client.get("/self-check?policy=no_such_policy").status_code == 404


@pytest.mark.parametrize("page", ["step", "result"])
@pytest.mark.parametrize("change", [lambda t: t[:-3] + "AAA", lambda t: "x:y:z", lambda t: t[5:]])
def test_a_link_that_was_tampered_with_is_refused_in_words(client, page, change):
    token = queries.token(Answers().with_page("entity_type", {"entity_type": 1}, {}))
    answer = client.get(f"/self-check/{page}", {"s": change(token)})
    assert answer.status_code == 422
    assert "链接不完整" in answer.content.decode()


def test_answers_go_into_ones_own_file_after_showing_what_changes(
    client, firm, other_firm, person, signed_in
):
    answers = Answers().with_page("size", {"employees": 12, "industry": 5, "revenue": None}, {})
    address = f"/self-check/save?s={queries.token(answers)}"
    assert client.get(address).headers["location"].startswith("/login?next=")
    owner = signed_in(person("owner", enterprise=firm))
    page = owner.get(address).content.decode()
    assert "12人" in page
    assert firm.name in page
    assert not firm.observations.exists()  # looking changes nothing
    owner.post("/self-check/save", {"s": queries.token(answers)})
    (said,) = firm.observations.all()  # the industry is the register's word, not ours
    assert (said.fact, said.number, said.source) == ("employees", 12, "declared")
    assert not other_firm.observations.exists()
    assert owner.post("/self-check/save", {"s": "tampered"}).status_code == 422


def test_a_question_there_is_not(client):
    assert client.get("/self-check/step?q=nothing").status_code == 404


def test_a_date_may_be_written_as_usual(client):
    answer = post(client, Answers(), "established_on", established_on="2024年5月1日")
    assert of(answer.headers["location"]).facts["established_on"] == stored(
        "成立日期", date(2024, 5, 1)
    )
    wrong = post(client, Answers(), "established_on", established_on="2024年13月1日")
    assert "应填日期" in wrong.content.decode()
