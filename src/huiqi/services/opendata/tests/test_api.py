"""The public API as programs use it."""

import json
from datetime import date

import pytest

from huiqi.kernel.definitions.rulebook import rulebook

pytestmark = pytest.mark.django_db
FACTS = {"从业人员": 12, "营业收入": "300万元", "行业": "C2613", "主体类型": "企业"}


def post(client, address, body):
    return client.post(f"/api/v1{address}", json.dumps(body), content_type="application/json")


def test_policies_in_force_on_a_day(client):
    answer = client.get("/api/v1/policies", {"on": "2026-06-01"}).json()
    assert answer["count"] == len(rulebook().in_force(date(2026, 6, 1)))
    assert {row["policy"] for row in answer["policies"]} >= {"cit_small_low_profit"}


def test_a_definition_is_the_file_itself(client):
    policy = rulebook().policy("cit_small_low_profit", date(2026, 6, 1))
    answer = client.get("/api/v1/policies/cit_small_low_profit/definition", {"on": "2026-06-01"})
    assert answer.content.decode() == policy.document.text


def test_an_unknown_policy_is_not_found(client):
    answer = client.get("/api/v1/policies/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_determinations_of_all_policies(client):
    answer = post(client, "/determinations", {"facts": FACTS, "on": "2026-06-01"}).json()
    assert len(answer["determinations"]) == len(rulebook().in_force(date(2026, 6, 1)))
    statuses = {one["status"] for one in answer["determinations"]}
    assert "undetermined" in statuses


def test_decimals_stay_exact(client):
    body = '{"facts": {"营业收入": 0.29}, "on": "2026-06-01"}'
    answer = client.post("/api/v1/determinations", body, content_type="application/json").json()
    shown = {
        fact["value"]
        for one in answer["determinations"]
        for fact in one["facts"]
        if fact["fact"] == "营业收入"
    }
    assert "0.29元" in shown


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"从业人": 3}, "从业人员"),
        ({"从业人员": "三十"}, "从业人员"),
        ({"从业人员": 1, "employees": 2}, "同一个事实"),
    ],
)
def test_wrong_facts_are_said_in_words(client, facts, words):
    answer = post(client, "/determinations", {"facts": facts})
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


def test_what_is_not_json_is_said_so(client):
    answer = client.post("/api/v1/size", "{", content_type="application/json")
    assert answer.status_code == 400


def test_size_with_its_reason(client):
    answer = post(client, "/size", {"facts": FACTS, "on": "2026-06-01"}).json()
    assert (answer["size"], answer["missing"]) == ("微型", [])
    assert answer["explanation"]


@pytest.mark.parametrize("table", ["industries", "areas", "departments", "facts", "policies"])
def test_every_code_table_explains_its_columns(client, table):
    answer = client.get(f"/api/v1/codes/{table}").json()
    assert answer["rows"]
    assert all(set(row) == set(answer["columns"]) for row in answer["rows"])


def test_open_data_as_csv_opens_in_a_spreadsheet_without_live_cells(client):
    text = b"".join(client.get("/open-data/policies.csv").streaming_content).decode()
    assert text.startswith("\ufeff")
    assert len(text.splitlines()) > len(rulebook().policies)


def test_the_page_lists_all_operations(client):
    page = client.get("/open-data").content.decode()
    assert "/api/v1/determinations" in page


def test_too_many_requests_are_told_to_wait(client, monkeypatch):
    from huiqi.api.access import PerCaller

    monkeypatch.setattr(PerCaller, "allow_request", lambda self, request: False)
    monkeypatch.setattr(PerCaller, "wait", lambda self: 7)
    answer = client.get("/api/v1/codes/areas")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
