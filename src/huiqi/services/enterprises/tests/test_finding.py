"""Enterprises in the site's search: by name and code, for officials of their area only."""

import pytest

from huiqi.kernel.parties.finding import findable
from huiqi.kernel.search.index import rebuild

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexed(firm, other_firm):
    rebuild("enterprise", findable(None))


def names(client, words):
    groups = client.get("/search", {"q": words}).context["groups"]
    return [hit.title for group in groups if group.title == "企业" for hit in group.hits]


@pytest.mark.parametrize("words", ["材料", "甲材", "91632801MA0000001K", "91632801", "有限公司"])
def test_an_official_finds_the_firms_of_the_county_only(
    indexed, firm, person, office, signed_in, words
):
    clerk = signed_in(person("clerk", office=office("工信", "632801")))
    assert names(clerk, words) == [firm.name]
    neighbour = signed_in(person("clerk", office=office("工信", "632802")))
    assert firm.name not in names(neighbour, words)


def test_a_firm_finds_itself_and_nobody_else_finds_firms(
    indexed, firm, other_firm, person, signed_in, client
):
    assert names(client, "有限公司") == []
    assert names(signed_in(person("owner", enterprise=firm)), "有限公司") == [firm.name]
    for role in ("administrator", None):
        assert names(signed_in(person(role)), "有限公司") == []


def test_searching_firms_asks_the_database_little(
    indexed, person, office, signed_in, django_assert_max_num_queries
):
    clerk = signed_in(person("clerk", office=office("工信")))
    with django_assert_max_num_queries(9):
        assert len(names(clerk, "公司")) == 2
