"""The search of the whole site."""

import pytest

from huiqi.services.sitesearch.tasks import refresh_now

pytestmark = pytest.mark.django_db


def test_two_characters_find_policies(client):
    refresh_now()
    page = client.get("/search", {"q": "社保"})
    [group] = [one for one in page.context["groups"] if one.title == "政策"]
    assert group.hits
    assert client.get(group.hits[0].address).status_code == 200


def test_nothing_found_says_what_to_do(client):
    assert "换个词" in client.get("/search", {"q": "没有这样的词"}).content.decode()
    assert "两个字也能找" in client.get("/search").content.decode()


def test_what_is_typed_comes_back_as_text(client):
    page = client.get("/search", {"q": "<script>"}).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_the_box_is_on_every_page(client):
    assert 'action="/search"' in client.get("/").content.decode()


def test_it_asks_the_database_little(client, django_assert_max_num_queries):
    refresh_now()
    with django_assert_max_num_queries(4):
        client.get("/search", {"q": "企业"})
