"""Claims are decided once, by others, with a reason; members act within their scope and term."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from huiqi.kernel.errors import Conflict, Invalid, NotAllowed
from huiqi.kernel.notices.models import Notice
from huiqi.kernel.parties import actions, queries
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.models import FileClaim, Membership

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)


def actor(user, on=ON):
    return actor_for(user, list(queries.memberships(user.pk, on)), None)


@pytest.fixture
def valid_firm(firm):
    from huiqi.tables.credit_code import check_digit

    firm.credit_code = "91632801MA0000001" + check_digit("91632801MA0000001")
    firm.save()
    return firm


@pytest.fixture
def official(person, office):
    return person("supervisor", office=office("市场监管", "632801"))


@pytest.fixture
def claim(person, valid_firm):
    user = person()
    return actions.claim(valid_firm, role="owner", statement="本人", by=actor(user), on=ON)


def decide(claim, by, accepted=True, reason=""):
    actions.decide_claim(claim, accepted=accepted, reason=reason, by=by, on=ON, at=timezone.now())


def test_from_claim_to_the_file(
    person, valid_firm, official, signed_in, django_capture_on_commit_callbacks
):
    user = person()
    mine, theirs = signed_in(user), signed_in(official)
    given = {
        "credit_code": valid_firm.credit_code.lower(),
        "name": valid_firm.name,
        "role": "owner",
        "statement": "法定代表人本人，可到窗口核对",
    }
    assert mine.post("/claims/new", given).status_code == 302
    pk = FileClaim.objects.get().pk
    assert valid_firm.name in theirs.get("/claims", {"state": "open"}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert theirs.post(f"/claims/{pk}", {"accepted": "1"}).status_code == 302
    assert mine.get(f"/enterprises/{valid_firm.credit_code}").status_code == 200
    assert Notice.objects.filter(user=user, kind="claim").exists()


def test_code_and_name_must_both_be_right(person, valid_firm, signed_in):
    client = signed_in(person())
    given = {"name": "别的名称", "role": "owner", "statement": "x"}
    answer = client.post("/claims/new", {**given, "credit_code": valid_firm.credit_code})
    assert answer.status_code == 404
    answer = client.post("/claims/new", {**given, "credit_code": "123"})
    assert answer.status_code == 422
    assert "别的名称" in answer.content.decode()


def test_nobody_confirms_their_own_claim(valid_firm, official):
    claim = actions.claim(valid_firm, role="owner", statement="", by=actor(official), on=ON)
    with pytest.raises(NotAllowed):
        decide(claim, actor(official))


def test_a_refusal_says_why(claim, official):
    with pytest.raises(Invalid):
        decide(claim, actor(official), accepted=False)
    decide(claim, actor(official), accepted=False, reason="与登记不符")
    assert not Membership.objects.filter(user=claim.user).exists()


def test_a_claim_is_decided_once(claim, official):
    decide(claim, actor(official))
    with pytest.raises(Conflict):
        decide(claim, actor(official), accepted=False, reason="反悔")


def test_a_claim_is_made_once(claim, valid_firm):
    with pytest.raises(Conflict):
        actions.claim(valid_firm, role="owner", statement="", by=actor(claim.user), on=ON)


def test_officials_see_claims_of_their_area_only(claim, person, office, signed_in):
    elsewhere = signed_in(person("supervisor", office=office("市场监管", "632802")))
    assert elsewhere.get(f"/claims/{claim.pk}").status_code == 404
    assert elsewhere.post(f"/claims/{claim.pk}", {"accepted": "1"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_officials_at_once_one_decides(claim, person, office):
    if connection.vendor != "postgresql":
        pytest.skip("a race needs a database that lets two write at once")
    people = [person("supervisor", office=office(name, "632801")) for name in ("工信", "市场监管")]
    actors, outcomes = [actor(user) for user in people], []
    start = threading.Barrier(2)

    def run(by):
        start.wait()
        try:
            decide(claim, by)
            outcomes.append("decided")
        except Conflict:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(by,)) for by in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["decided", "refused"]
    assert Membership.objects.filter(user=claim.user).count() == 1


def test_an_agent_may_what_was_given_until_the_end(person, firm):
    owner, agent = actor(person("owner", enterprise=firm)), person()
    end = ON + timedelta(days=30)
    actions.add_member(agent, role="agent", scope=["facts.read"], ends_on=end, by=owner, on=ON)
    assert actor(agent).permissions == {"facts.read"}
    assert actor(agent, end + timedelta(days=1)).permissions == frozenset()


@pytest.mark.parametrize(
    ("scope", "days"), [([], 30), (["facts.read"], None), (["facts.read"], 400)]
)
def test_an_agent_needs_a_scope_and_a_term(person, firm, scope, days):
    owner, agent = actor(person("owner", enterprise=firm)), person()
    end = ON + timedelta(days=days) if days else None
    with pytest.raises(Invalid):
        actions.add_member(agent, role="agent", scope=scope, ends_on=end, by=owner, on=ON)


def test_nobody_becomes_an_auditor_by_a_head(person, office):
    head = actor(person("head", office=office("工信")))
    with pytest.raises(Invalid):
        actions.add_member(person(), role="auditor", scope=[], ends_on=None, by=head, on=ON)


def test_members_of_others_can_not_be_touched(person, firm, other_firm, signed_in):
    client = signed_in(person("owner", enterprise=firm))
    theirs = person("owner", enterprise=other_firm).memberships.get()
    assert client.post(f"/members/{theirs.pk}/end").status_code == 404
    theirs.refresh_from_db()
    assert theirs.ends_on is None


def test_an_owner_adds_and_ends_through_the_pages(person, firm, signed_in):
    client, friend = signed_in(person("owner", enterprise=firm)), person()
    wrong = client.post("/members/new", {"username": "nobody", "role": "accountant"})
    assert wrong.status_code == 422
    answer = client.post("/members/new", {"username": friend.username, "role": "accountant"})
    assert answer.status_code == 302
    assert friend.name in client.get("/members").content.decode()
    pk = friend.memberships.get().pk
    assert client.post(f"/members/{pk}/end").status_code == 302
    assert not queries.memberships(friend.pk, timezone.localdate()).exists()
