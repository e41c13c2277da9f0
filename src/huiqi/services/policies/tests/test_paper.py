"""The handbook and the leaflet."""

from datetime import date

import pytest

from huiqi.kernel.pdf import rendering
from huiqi.services.policies import queries

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)
DAY = {"on": "2026-06-01"}


@pytest.fixture
def printed(monkeypatch):
    """What reached the template."""
    seen = []
    compile_ = rendering._compile
    monkeypatch.setattr(
        rendering, "_compile", lambda path, data, on: seen.append(data) or compile_(path, data, on)
    )
    queries._handbook.cache_clear()
    return seen


def titles(data):
    return [one["title"] for group in data["groups"] for one in group["policies"]]


def test_the_handbook_has_every_policy_in_force_and_is_made_once(client, printed):
    first = client.get("/policies/handbook.pdf", DAY)
    content = b"".join(first.streaming_content)
    assert content.startswith(b"%PDF")
    assert sorted(titles(printed[0])) == sorted(one.title for one in queries.current(ON))
    assert printed[0]["missing"] == []
    again = b"".join(client.get("/policies/handbook.pdf", DAY).streaming_content)
    assert again == content
    assert len(printed) == 1


def test_the_handbook_has_what_the_list_shows(client, printed):
    wanted = {**DAY, "level": "国家", "kind": "税收优惠", "q": "研发"}
    client.get("/policies/handbook.pdf", wanted).close()
    listed = client.get("/policies", wanted).context["listing"].rows
    expected = sorted(one.title for one in listed if one.is_current)
    assert expected
    assert sorted(titles(printed[0])) == expected


def test_an_empty_handbook_is_not_printed(client):
    assert client.get("/policies/handbook.pdf", {**DAY, "q": "没有这样的词"}).status_code == 404


@pytest.mark.parametrize("key", ["tech_sme", "haixi_rnd_subsidy"])
def test_a_leaflet_says_what_the_page_says(client, printed, key):
    answer = client.get(f"/policies/{key}/leaflet.pdf", DAY)
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    [title] = titles(printed[0])
    one = queries.entry(key, ON)
    [policy] = printed[0]["groups"][0]["policies"]
    assert title == one.title
    assert policy["address"] == f"http://testserver/policies/{key}"
    assert policy["cautions"] == [f"{text}。" for text in one.cautions]
    texts = " ".join(text for box in policy["boxes"] for text in box["texts"])
    for criterion in one.policy.criteria:
        assert criterion.text in texts
    assert one.policy.model.benefit.text in texts
