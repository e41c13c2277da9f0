"""A system gets a client, a token, and only what its scopes allow."""

import base64

import pytest
from django.test import Client

from huiqi.kernel import registry
from huiqi.kernel.access import VISITOR
from huiqi.kernel.machines import actions, queries
from huiqi.kernel.machines.models import MachineClient
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.queries import memberships

pytestmark = pytest.mark.django_db
SCOPE = "test.read"


@pytest.fixture
def scope(monkeypatch):
    monkeypatch.setattr("huiqi.kernel.machines.scopes.all_scopes", lambda: {SCOPE: "测试"})
    monkeypatch.setattr("huiqi.kernel.machines.actions.all_scopes", lambda: {SCOPE: "测试"})


@pytest.fixture
def administrator(person):
    user = person("administrator")
    return actor_for(user, list(memberships(user.pk, user.memberships.get().starts_on)), None)


def token(client: Client, machine: MachineClient, secret: str, scope: str = "") -> dict:
    basic = base64.b64encode(f"{machine.application.client_id}:{secret}".encode()).decode()
    body = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
    return client.post("/api/oauth/token", body, headers={"authorization": f"Basic {basic}"}).json()


def test_only_administrators_make_clients(person, office, signed_in):
    assert signed_in(person("head", office=office("工信"))).get("/machines").status_code == 403
    assert signed_in(person("administrator")).get("/machines").status_code == 200


def test_a_client_gets_tokens_for_its_scopes_only(client, scope, administrator, office):
    machine, secret = actions.create("测试系统", office("税务"), [SCOPE], by=administrator)
    assert token(client, machine, secret)["scope"] == SCOPE
    assert token(client, machine, secret, "other.read") == {"error": "invalid_scope"}
    assert token(client, machine, "wrong") == {"error": "invalid_client"}


def test_the_secret_is_not_kept(scope, administrator, office):
    machine, secret = actions.create("测试系统", office("税务"), [SCOPE], by=administrator)
    machine.application.refresh_from_db()
    assert secret not in machine.application.client_secret


def test_an_ended_client_gets_nothing(client, scope, administrator, office):
    machine, secret = actions.create("测试系统", office("税务"), [SCOPE], by=administrator)
    at = machine.created_at
    assert queries.actor_of_client(machine.application.client_id, [SCOPE]).may(SCOPE)
    actions.revoke(machine, by=administrator, at=at)
    assert queries.actor_of_client(machine.application.client_id, [SCOPE]) is None
    assert "error" in token(client, machine, secret)


def test_the_actor_is_the_office_with_its_scopes_and_nothing_else(scope, administrator, office):
    machine, _ = actions.create("测试系统", office("税务", "632801"), [SCOPE], by=administrator)
    actor = queries.actor_of_client(machine.application.client_id, [SCOPE, "other.read"])
    assert (actor.area, actor.department) == ("632801", "税务")
    assert actor.permissions == {SCOPE}


def test_visitors_see_no_clients():
    assert not queries.machines(VISITOR).exists()


def test_a_new_client_through_the_page(scope, monkeypatch, person, office, signed_in):
    monkeypatch.setattr("huiqi.services.clients.forms.all_scopes", lambda: {SCOPE: "测试"})
    party = office("税务")
    client = signed_in(person("administrator"))
    wrong = client.post("/machines/new", {"name": "税务系统"})
    assert wrong.status_code == 422
    assert "税务系统" in wrong.content.decode()
    answer = client.post(
        "/machines/new", {"name": "税务系统", "party": f"office-{party.pk}", "scopes": [SCOPE]}
    )
    assert "只显示这一次" in answer.content.decode()
    machine = MachineClient.objects.get()
    client.post(f"/machines/{machine.pk}/revoke")
    machine.refresh_from_db()
    assert machine.revoked_at is not None


def test_scopes_are_declared_once():
    keys = [key for service in registry.services() for key in service.scopes]
    assert len(keys) == len(set(keys))
