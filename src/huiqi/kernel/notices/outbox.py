"""Sending what lies in the outbox: one letter a notice, or one digest a person and channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from huiqi.kernel.notices.channels import Letter, channel
from huiqi.kernel.notices.kinds import kinds
from huiqi.kernel.notices.models import Delivery
from huiqi.kernel.notices.stopping import stop_token

BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 30, 120, 720)]
"""Waiting time after the first, second … failure; after the last one a letter has failed."""

ABANDONED = timedelta(minutes=15)
"""A letter that has been “sending” for so long was left behind by a process that died."""

MOST = 500
"""Letters in one run."""

State = Delivery.State


def send_due(on: date, at: datetime, *, digests: bool) -> int:
    """Send everything that is due, digests only if asked for; returns how many letters left.

    Two processes may do so at once: each letter is claimed before it is sent.
    """
    left = _send_each(_due(on, at).filter(digest=False)[:MOST], at)
    if digests:
        waiting = _due(on, at).filter(digest=True).order_by("notice__user_id", "channel", "pk")
        for _, group in groupby(waiting, key=lambda one: (one.notice.user_id, one.channel)):
            left += _send(_claimed(group, at), at)
    return left


def _due(on: date, at: datetime) -> QuerySet[Delivery]:
    open_ = Q(state=State.WAITING) | Q(state=State.SENDING, tried_at__lt=at - ABANDONED)
    ready = Q(retry_at=None) | Q(retry_at__lte=at)
    rows = Delivery.objects.filter(open_ & ready, due_on__lte=on)
    return rows.select_related("notice__user", "notice__enterprise").order_by("pk")


def _send_each(letters: Iterable[Delivery], at: datetime) -> int:
    return sum(_send(_claimed([letter], at), at) for letter in letters)


def _claimed(letters: Iterable[Delivery], at: datetime) -> list[Delivery]:
    """Those that nobody else has claimed in the meantime."""
    return [letter for letter in letters if _claim(letter, at)]


def _claim(letter: Delivery, at: datetime) -> bool:
    # Compare and set: whoever changes the row first sends it.
    same = Delivery.objects.filter(pk=letter.pk, state=letter.state, attempts=letter.attempts)
    changed = same.update(state=State.SENDING, tried_at=at, attempts=F("attempts") + 1)
    letter.attempts += changed
    return bool(changed)


def _send(letters: Sequence[Delivery], at: datetime) -> int:
    if not letters:
        return 0
    try:
        address = _address(letters[0])
        if not address:
            return _close(letters, State.FAILED, "没有登记这个渠道的地址")
        channel(letters[0].channel).send(_written(letters, address))
    except Exception as error:  # noqa: BLE001 - whatever a provider throws, the letter is kept
        return _failed(letters, f"{type(error).__name__}: {error}"[:300], at)
    _close(letters, State.SENT, "")
    return 1


def _close(letters: Sequence[Delivery], state: str, error: str) -> int:
    keys = [letter.pk for letter in letters]
    Delivery.objects.filter(pk__in=keys).update(state=state, error=error, retry_at=None)
    return 0


def _failed(letters: Sequence[Delivery], error: str, at: datetime) -> int:
    for letter in letters:
        if letter.attempts > len(BACK_OFF):
            letter.state, letter.retry_at = State.FAILED, None
        else:
            letter.state = State.WAITING
            letter.retry_at = at + BACK_OFF[letter.attempts - 1]
        letter.error = error
        letter.save(update_fields=["state", "retry_at", "error"])
    return 0


def _address(letter: Delivery) -> str:
    user = letter.notice.user
    return user.email if letter.channel == Delivery.Channel.EMAIL else user.phone


# --- words -------------------------------------------------------------------------------------


def _written(letters: Sequence[Delivery], address: str) -> Letter:
    first = letters[0].notice
    stop = "" if _required(letters) else _stop_address(letters[0])
    if letters[0].channel == Delivery.Channel.SMS:
        more = f"等{len(letters)}条消息" if len(letters) > 1 else ""
        text = f"【惠企】{first.title}{more}。登录平台查看：{_site('notice', first.pk)}"
        return Letter(address, first.title, text, stop)
    subject = first.title if len(letters) == 1 else f"{len(letters)} 条新消息：{first.title}等"
    parts = [_paragraph(letter) for letter in letters]
    if stop:
        parts.append(f"不想再收到这类消息：{stop}")
    return Letter(address, subject, "\n\n".join(parts), stop)


def _paragraph(letter: Delivery) -> str:
    notice = letter.notice
    lines = [notice.title, notice.text]
    if notice.enterprise:
        lines.insert(1, f"（{notice.enterprise.name}）")
    if notice.reason:
        lines.append(notice.reason)
    lines.append(f"查看：{_site('notice', notice.pk)}")
    return "\n".join(lines)


def _required(letters: Sequence[Delivery]) -> bool:
    known = kinds()
    return any(
        letter.notice.kind not in known or known[letter.notice.kind].required for letter in letters
    )


def _stop_address(letter: Delivery) -> str:
    return _site("stop-notices", stop_token(letter.notice.user_id, letter.notice.kind))


def _site(route: str, *arguments: Any) -> str:
    """The full address of a page; the routes are those of the service that shows notices."""
    return f"{settings.HUIQI_ADDRESS.rstrip('/')}{reverse(route, args=arguments)}"
