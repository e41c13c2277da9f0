"""What one person writes another approves; days before stay as they were; nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from huiqi.kernel.audit.models import Event
from huiqi.kernel.definitions import actions, queries
from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.definitions.rulebook import (
    forget,
    look_again,
    rulebook,
    shipped,
    something_published,
)
from huiqi.kernel.errors import Conflict, Invalid, NotAllowed
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.queries import memberships
from huiqi.rules.policy import text_hash

ON = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 1, tzinfo=UTC)
KEY = "haixi_achievement_award"
DAY = timedelta(days=1)


def text_in_force(on: date = ON) -> str:
    return rulebook().policy(KEY, on).document.text


def respelled(text: str) -> str:
    """The same rule in another spelling: a text of its own whose examples still hold."""
    return text.replace(
        "取小(成果转化实际支出 * 30%, 50万元)", "取小(成果转化实际支出 * 30%, 50.0万元)"
    )


@pytest.fixture
def official(person, office):
    def make(role: str, department: str = "工信", area: str = "632800"):
        user = person(role, office=office(department, area))
        return actor_for(user, list(memberships(user.pk, timezone.localdate())), None)

    return make


@pytest.fixture
def submitted(db, official):
    def make(text: str | None = None, retires: bool = False) -> DefinitionVersion:
        clerk = official("clerk")
        version = actions.draft(
            KEY,
            text or respelled(text_in_force()),
            by=clerk,
            on=ON,
            at=AT,
            retires=retires,
            note="示例修改",
        )
        actions.submit(version, by=clerk, on=ON, at=AT)
        version.refresh_from_db()
        return version

    return make


def approve(version, by, start=ON, on=ON):
    actions.approve(version, start, by=by, on=on, at=AT)


def test_an_approved_version_wins_over_the_file(submitted, official):
    before = shipped().policy(KEY, ON)
    version = submitted()
    assert rulebook().policy(KEY, ON).hash == before.hash
    approve(version, official("supervisor"))
    after = rulebook().policy(KEY, ON)
    assert after.hash == version.hash == text_hash(respelled(before.document.text))
    assert after.document.text == version.text  # byte for byte what was approved
    assert rulebook().policy(KEY, ON - DAY).hash == before.hash
    assert [one.pk for one in queries.versions(KEY)] == [version.pk]
    assert "批准发布政策" in list(Event.objects.values_list("action", flat=True))


def test_a_version_may_wait_for_its_day(submitted, official):
    version, start = submitted(), ON + 10 * DAY
    approve(version, official("supervisor"), start)
    assert version.state(ON) == "scheduled"
    assert rulebook().policy(KEY, start - DAY).hash != version.hash
    assert rulebook().policy(KEY, start).hash == version.hash
    assert actions.announce(on=ON, at=AT) == 0
    assert actions.announce(on=start, at=AT) == 1
    assert actions.announce(on=start, at=AT) == 0


def test_a_later_version_ends_the_earlier(submitted, official):
    first = submitted()
    approve(first, official("supervisor"))
    second = submitted(first.text.replace("每年6月1日至7月15日", "每年6月1日至8月15日"))
    assert second.base_hash == first.hash
    approve(second, official("supervisor"), ON + 5 * DAY)
    hashes = [rulebook().policy(KEY, ON + n * DAY).hash for n in (0, 4, 5, 400)]
    assert hashes == [first.hash, first.hash, second.hash, second.hash]


def test_retiring_goes_the_same_way(submitted, official):
    version = submitted(retires=True)
    assert version.text == ""
    approve(version, official("supervisor"), ON + DAY)
    assert rulebook().policy(KEY, ON)
    assert KEY not in {policy.key for policy in rulebook().in_force(ON + DAY)}


def test_nobody_approves_what_they_have_written(submitted, official):
    version = submitted()
    author = official("supervisor")
    DefinitionVersion.objects.update(authors=[*version.authors, author.user_id])
    version.refresh_from_db()
    with pytest.raises(NotAllowed):
        approve(version, author)
    with pytest.raises(IntegrityError), transaction.atomic():
        DefinitionVersion.objects.update(
            approved_by=version.drafted_by, approved_at=AT, effective_from=ON
        )


@pytest.mark.parametrize(
    ("role", "department", "area"),
    [
        ("clerk", "工信", "632800"),
        ("supervisor", "税务", "632800"),
        ("supervisor", "工信", "632801"),
    ],
)
def test_others_can_not_approve(submitted, official, role, department, area):
    with pytest.raises(NotAllowed):
        approve(submitted(), official(role, department, area))


def test_departments_named_in_a_policy_may_write_it(db, official):
    for department in ("科技", "财政"):
        version = actions.draft(
            KEY, text_in_force(), by=official("clerk", department), on=ON, at=AT
        )
        actions.discard(version, by=official("clerk", department), on=ON, at=AT)
    with pytest.raises(NotAllowed):
        actions.draft(KEY, text_in_force(), by=official("clerk", "税务"), on=ON, at=AT)


def test_wrong_texts_and_wrong_examples_are_not_submitted(db, official):
    clerk = official("clerk")
    version = actions.draft(KEY, text_in_force(), by=clerk, on=ON, at=AT, note="改")
    wrong = (
        (version.text.replace("成果转化收入 >= 50万元", "成果转化收入 >= 50人"), "错误"),
        (
            version.text.replace("取小(成果转化实际支出 * 30%", "取小(成果转化实际支出 * 31%"),
            "例子",
        ),
        (version.text.replace(f"policy: {KEY}", "policy: another"), "错误"),
    )
    for text, word in wrong:
        assert text != version.text
        actions.save(version, text, "改", revision=version.revision, by=clerk, at=AT)
        with pytest.raises(Invalid, match=word):
            actions.submit(version, by=clerk, on=ON, at=AT)


def test_two_who_save_at_once_lose_nothing(db, official):
    first, second = official("clerk"), official("clerk")
    version = actions.draft(KEY, text_in_force(), by=first, on=ON, at=AT)
    mine = DefinitionVersion.objects.get()
    actions.save(version, "title: 甲\n", "", revision=1, by=first, at=AT)
    with pytest.raises(Conflict):
        actions.save(mine, "title: 乙\n", "", revision=1, by=second, at=AT)
    assert DefinitionVersion.objects.get().text == "title: 甲\n"
    with pytest.raises(Conflict):
        actions.draft(KEY, text_in_force(), by=second, on=ON, at=AT)


def test_sending_back_needs_a_reason_and_opens_the_text_again(submitted, official):
    version, head = submitted(), official("head")
    with pytest.raises(Invalid):
        actions.send_back(version, " ", by=head, on=ON, at=AT)
    actions.send_back(version, "比例要与预算一致", by=head, on=ON, at=AT)
    version.refresh_from_db()
    assert (version.state(ON), version.is_editable) == ("returned", True)
    with pytest.raises(Conflict):
        approve(version, head)


def test_no_day_in_the_past_and_none_after_the_end(submitted, official):
    version, head = submitted(), official("head")
    with pytest.raises(Invalid):
        approve(version, head, ON - DAY)
    ends = text_in_force().replace("to: null", "to: 2026-12-31")
    actions.send_back(version, "改", by=head, on=ON, at=AT)
    version.refresh_from_db()
    clerk = official("clerk")
    actions.save(version, ends, "改", revision=version.revision, by=clerk, at=AT)
    actions.submit(version, by=clerk, on=ON, at=AT)
    with pytest.raises(Invalid):
        approve(version, head, date(2027, 1, 1))


def test_approved_texts_never_change(submitted, official):
    version = submitted()
    approve(version, official("supervisor"))
    for change in ({"text": "x", "hash": "y"}, {"effective_from": ON + DAY}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DefinitionVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        DefinitionVersion.objects.filter(pk=version.pk).delete()


def test_looking_for_new_versions_costs_one_query_a_second(
    submitted, official, django_assert_num_queries
):
    approve(submitted(), official("supervisor"))
    with django_assert_num_queries(2):  # whether there is something new, and it
        book = rulebook()
        assert rulebook() is book
    something_published()
    with django_assert_num_queries(1):
        assert rulebook() is book
    look_again()
    with django_assert_num_queries(0):  # another request in the same second
        assert rulebook() is book
    forget()
    with django_assert_num_queries(0):
        assert rulebook() is shipped()


def test_visitors_and_firms_see_no_drafts(submitted, person, firm):
    submitted()
    user = person("owner", enterprise=firm)
    actor = actor_for(user, list(memberships(user.pk, timezone.localdate())), None)
    assert list(queries.drafts(actor)) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_approvals_at_once_one_counts(submitted, official):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads can't share an in-memory database; runs on PostgreSQL")
    version, heads = submitted(), [official("head"), official("supervisor")]
    together = Barrier(2)

    def decide(head) -> bool:
        mine = DefinitionVersion.objects.get(pk=version.pk)
        try:
            together.wait()
            approve(mine, head)
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, heads)) == [False, True]
    assert Event.objects.filter(action="批准发布政策").count() == 1
