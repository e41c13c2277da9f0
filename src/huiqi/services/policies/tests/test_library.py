"""Finding, reading and following policies."""

from datetime import date

import icalendar
import pytest
from defusedxml import ElementTree

from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.services.policies import queries
from huiqi.web.records import Records

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)
DAY = {"on": "2026-06-01"}


def titles(page) -> list[str]:
    return [one.title for one in page.context["listing"].objects]


def test_one_edition_of_every_policy_is_listed():
    keys = [one.key for one in queries.library(ON)]
    assert sorted(keys) == sorted({policy.key for policy in rulebook().policies})


@pytest.mark.parametrize("words", ["社保", "研发", "贴息", "增值税"])
def test_two_characters_find_every_policy_that_has_them(client, words):
    page = client.get("/policies", {**DAY, "q": words})
    expected = {one.title for one in queries.library(ON) if words in one.text}
    assert expected
    assert page.context["listing"].count == len(expected)
    assert set(titles(page)) <= expected


def test_several_words_narrow(client):
    both = client.get("/policies", {**DAY, "q": "小微 增值税"}).context["listing"].count
    one = client.get("/policies", {**DAY, "q": "增值税"}).context["listing"].count
    assert 0 < both <= one


def test_each_choice_leaves_as_many_as_it_says(client):
    form = client.get("/policies", DAY).context["listing"].form
    for name in ("state", "kind", "level", "department", "audience", "industry"):
        choices = form.fields[name].choices[1:]
        assert choices
        for value, text in choices:
            count = int(text.rpartition("（")[2].rstrip("）"))
            page = client.get("/policies", {**DAY, name: value})
            assert page.context["listing"].count == count, text


def test_a_filter_is_taken_away_by_its_chip(client):
    page = client.get("/policies", {**DAY, "q": "社保", "level": "国家"})
    chips = dict(page.context["listing"].chips())
    assert set(chips) == {"关键词：社保", "层级：国家"}
    without = client.get("/policies" + chips["层级：国家"])
    assert without.context["listing"].given == {"q": "社保"}


def test_pages_sort_and_export(client):
    first = client.get("/policies", {**DAY, "sort": "title"})
    last = client.get("/policies", {**DAY, "sort": "-title"})
    assert titles(first) != titles(last)
    file = b"".join(client.get("/policies", {**DAY, "export": "csv"}).streaming_content)
    assert len(file.decode("utf-8-sig").splitlines()) > 60


@pytest.mark.parametrize("policy", rulebook().policies, ids=lambda policy: policy.document.file)
def test_every_edition_has_a_page_with_every_condition(client, policy):
    one = queries.Entry(policy, ON, rulebook())
    page = client.get(f"/policies/{policy.key}", {**DAY, "edition": one.edition})
    text = page.content.decode()
    assert page.status_code == 200
    for criterion in policy.criteria:
        assert criterion.text in text
    for caution in one.cautions:
        assert caution in text


def test_an_illustrative_policy_says_so(client):
    page = client.get("/policies/haixi_rnd_subsidy", DAY).content.decode()
    assert rulebook().texts["illustrative"] in page


def test_the_edition_of_the_day_is_shown(client):
    now = client.get("/policies/vat_small_scale_exempt", DAY).context["one"]
    before = client.get("/policies/vat_small_scale_exempt", {"on": "2023-03-01"}).context["one"]
    assert now.policy.in_force(ON)
    assert before.policy.in_force(date(2023, 3, 1))
    assert now.edition != before.edition


def test_two_editions_side_by_side(client):
    page = client.get("/policies/vat_small_scale_exempt/versions", DAY)
    assert any(line and line.change != "same" for line in page.context["lines"])


def test_the_definition_is_the_file(client):
    policy = rulebook().policy("cit_small_low_profit", ON)
    answer = client.get("/policies/cit_small_low_profit/definition.yaml", DAY)
    assert answer.content.decode() == policy.document.text


@pytest.mark.parametrize("address", ["/policies/none", "/policies/tech_sme?edition=x"])
def test_what_is_not_there_is_said(client, address):
    assert client.get(address).status_code == 404


def test_a_wrong_date_is_said(client):
    answer = client.get("/policies", {"on": "2026-13-01"})
    assert answer.status_code == 422
    assert "2026-01-31" in answer.content.decode()


def test_the_calendar_can_be_subscribed(client):
    answer = client.get("/policies/calendar.ics")
    calendar = icalendar.Calendar.from_ical(answer.content)
    events = calendar.walk("VEVENT")
    assert events
    for event in events:
        assert event.decoded("dtend") > event.decoded("dtstart")
    assert len({str(event["uid"]) for event in events}) == len(events)


def test_the_feed_is_atom_with_stable_names(client):
    first, second = (client.get("/policies/feed.atom").content for _ in range(2))
    atom = "{http://www.w3.org/2005/Atom}"
    names = [
        [
            entry.find(f"{atom}id").text
            for entry in ElementTree.fromstring(text).iter(f"{atom}entry")
        ]
        for text in (first, second)
    ]
    assert names[0] == names[1]
    assert len(set(names[0])) == len(names[0]) > 10


def test_the_library_asks_the_database_next_to_nothing(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get("/policies", DAY)


def test_rows_in_memory_put_nothing_last_both_ways():
    class Row:
        def __init__(self, value):
            self.value = value

    rows = Records([Row(2), Row(None), Row(1)])
    assert [row.value for row in rows.order_by("value", "pk")] == [1, 2, None]
    assert [row.value for row in rows.order_by("-value", "pk")] == [2, 1, None]
