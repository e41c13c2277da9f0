"""Telling people: a notice on the site and, as they wish, letters in the outbox.

Nothing here waits on a provider: letters leave in the background after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from huiqi.kernel.access import Actor
from huiqi.kernel.audit.recording import record
from huiqi.kernel.errors import Invalid
from huiqi.kernel.notices import queries
from huiqi.kernel.notices.kinds import kind as kind_of
from huiqi.kernel.notices.kinds import kinds
from huiqi.kernel.notices.models import Delivery, Notice, Preference
from huiqi.kernel.notices.stopping import read_stop_token
from huiqi.kernel.parties.models import Membership

_AT_A_TIME = 1_000


@dataclass(frozen=True)
class Message:
    """What is to be said, and to whom: people, everybody of an enterprise, or of an office.

    ``key``: what it is about; the same kind and key reach a person once. ``due_on``: a later day.
    """

    kind: str
    title: str
    text: str
    link: str = ""
    reason: str = ""
    key: str = ""
    to: tuple[int, ...] = ()
    enterprise_id: int | None = None
    office_id: int | None = None
    due_on: date | None = None


def notify(
    *,
    to: Iterable[int] = (),
    enterprise_id: int | None = None,
    office_id: int | None = None,
    kind: str,
    title: str,
    text: str,
    link: str = "",
    reason: str = "",
    key: str = "",
    due_on: date | None = None,
    by: Actor,
    on: date,
) -> list[Notice]:
    """Tell people (``to``: ids of accounts), or all who act for an enterprise or an office.

    Raises LookupError for a kind no manifest declares. Returns the notices made: none for those
    who have opted out, or who were told before.
    """
    message = Message(
        kind, title, text, link, reason, key, tuple(to), enterprise_id, office_id, due_on
    )
    return notify_all([message], by=by, on=on)


@transaction.atomic
def notify_all(messages: Sequence[Message], *, by: Actor, on: date) -> list[Notice]:
    """Tell many things at once: the same few queries for one message as for thousands."""
    del by  # what is told stands in the record of the change that led to it
    receivers = _receivers(messages, on)
    wishes, told = _wishes(receivers.values()), _told(messages)
    made: list[Notice] = []
    outbox: list[Delivery] = []
    for message in messages:
        kind = kind_of(message.kind)
        for user_id in receivers[message]:
            about = user_id, message.kind, message.key
            wish = wishes.get(about[:2]) or queries.usual(user_id, kind)
            unwanted = wish.frequency == Preference.Frequency.NEVER and not kind.required
            if unwanted or (message.key and about in told):
                continue
            told.add(about)
            made.append(_notice(message, user_id, on))
            outbox += _letters(made[-1], wish)
    Notice.objects.bulk_create(made, batch_size=_AT_A_TIME)
    Delivery.objects.bulk_create(outbox, batch_size=_AT_A_TIME)
    if any(letter.due_on <= on and not letter.digest for letter in outbox):
        transaction.on_commit(_send_soon)
    return made


def _send_soon() -> None:
    from huiqi.kernel.notices.tasks import send  # the task imports this package's senders

    send.enqueue()


def _receivers(messages: Sequence[Message], on: date) -> Mapping[Message, list[int]]:
    """Who hears each message, each person once, in the order of their accounts."""
    firms = {one.enterprise_id for one in messages if one.enterprise_id is not None}
    offices = {one.office_id for one in messages if one.office_id is not None}
    acting = (
        Membership.objects.filter(Q(enterprise__in=firms) | Q(office__in=offices))
        .filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on, user__is_active=True)
        .values_list("user_id", "enterprise_id", "office_id")
    )
    people: dict[tuple[str, int | None], set[int]] = {}
    if firms or offices:
        for user_id, enterprise_id, office_id in acting:
            party = ("office", office_id) if office_id else ("enterprise", enterprise_id)
            people.setdefault(party, set()).add(user_id)
    return {
        one: sorted(
            {
                *one.to,
                *(people.get(("enterprise", one.enterprise_id), ()) if one.enterprise_id else ()),
                *(people.get(("office", one.office_id), ()) if one.office_id else ()),
            }
        )
        for one in messages
    }


def _wishes(receivers: Iterable[list[int]]) -> dict[tuple[int, str], Preference]:
    people = {user_id for some in receivers for user_id in some}
    said = Preference.objects.filter(user_id__in=people)
    return {(one.user_id, one.kind): one for one in said}


def _told(messages: Sequence[Message]) -> set[tuple[int, str, str]]:
    keys = {one.key for one in messages if one.key}
    if not keys:
        return set()
    return set(Notice.objects.filter(key__in=keys).values_list("user_id", "kind", "key"))


def _notice(message: Message, user_id: int, on: date) -> Notice:
    return Notice(
        user_id=user_id,
        enterprise_id=message.enterprise_id,
        kind=message.kind,
        title=message.title,
        text=message.text,
        link=message.link,
        reason=message.reason,
        key=message.key,
        due_on=message.due_on or on,
    )


def _letters(notice: Notice, wish: Preference) -> list[Delivery]:
    due, digest = notice.due_on, False
    if wish.frequency == Preference.Frequency.DAILY:
        due, digest = due + timedelta(days=1), True
    elif wish.frequency == Preference.Frequency.WEEKLY:
        due, digest = due + timedelta(days=7 - due.weekday()), True
    return [
        Delivery(notice=notice, channel=channel, due_on=due, digest=digest)
        for channel in wish.channels
    ]


# --- what receivers do -------------------------------------------------------------------------


def mark_read(number: int, *, by: Actor, on: date, at: datetime) -> Notice:
    """Record that a person has read a notice; the first time counts. Raises NotFound."""
    notice = queries.notice(by, number, on)
    if notice.read_at is None:
        notice.read_at = at
        Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at)
    return notice


def mark_unread(number: int, *, by: Actor, on: date) -> Notice:
    """Keep a notice for later. Raises NotFound."""
    notice = queries.notice(by, number, on)
    notice.read_at = None
    notice.save(update_fields=["read_at"])
    return notice


def mark_all_read(*, by: Actor, on: date, at: datetime) -> int:
    """How many became read."""
    return queries.notices(by, on).filter(read_at=None).update(read_at=at)


@transaction.atomic
def prefer(
    wishes: Mapping[str, tuple[str, Sequence[str]]], *, by: Actor, on: date
) -> list[Preference]:
    """Keep a person's wishes: kind → frequency and channels. Raises Invalid."""
    del on
    return [_prefer(key, frequency, channels, by) for key, (frequency, channels) in wishes.items()]


def _prefer(key: str, frequency: str, channels: Sequence[str], by: Actor) -> Preference:
    kind = kinds().get(key)
    if kind is None or frequency not in Preference.Frequency.values:
        raise Invalid("没有这一类通知，或者没有这种频率。", "请在通知设置页上选择。")
    if kind.required and frequency != Preference.Frequency.NOW:
        raise Invalid(f"“{kind.title}”依法或者依约必须送达，不能关闭或推迟。")
    found, _ = Preference.objects.update_or_create(
        user_id=by.user_id or 0,
        kind=key,
        defaults={"frequency": frequency, "channels": sorted(set(channels))},
    )
    record(
        "修改通知设置",
        by=by,
        subject_kind="user",
        subject=str(by.user_id),
        after={"kind": key, "frequency": frequency, "channels": found.channels},
    )
    return found


# --- stopping without signing in ---------------------------------------------------------------


def stop(token: str, *, by: Actor, on: date) -> str:
    """Send no more of a kind; returns its title. Raises Invalid."""
    del on
    title = queries.stoppable(token)
    user_id, key = read_stop_token(token)
    Preference.objects.update_or_create(
        user_id=user_id,
        kind=key,
        defaults={"frequency": Preference.Frequency.NEVER, "channels": []},
    )
    record(
        "退订通知",
        by=by,
        subject_kind="user",
        subject=str(user_id),
        after={"kind": key},
        basis="签名链接",
    )
    return title
