"""Keeping standings up to date: after a firm's facts, a policy, or the day has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

import polars as pl
from django.db import transaction
from django.db.models import Q

from huiqi.kernel import events
from huiqi.kernel.access import Actor, require
from huiqi.kernel.audit.recording import record
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import Invalid, NotAllowed
from huiqi.kernel.facts import queries as facts
from huiqi.kernel.parties.models import Enterprise
from huiqi.kernel.standings.evaluation import Outcome, of_firm, parts
from huiqi.kernel.standings.models import Standing, Status, TakeUp
from huiqi.rules.policy import Policy
from huiqi.rules.record import content_hash, freeze

CHANGED = "standings.changed"
"""Event with the ids of the new standings, in portions."""

Pair = tuple[int, str]
"""Enterprise and policy."""

_AT_A_TIME = 500


class _Now(NamedTuple):
    """A standing that may be superseded."""

    pk: int
    status: str
    amount: int | None
    rule_hash: str


def refresh_firm(enterprise_id: int, *, on: date, at: datetime) -> list[Standing]:
    """Evaluate one firm under all policies and keep what has changed."""
    firm = facts.firm(enterprise_id, on)
    found = {(enterprise_id, key): outcome for key, outcome in of_firm(firm, on).items()}
    frozen = content_hash(freeze(firm.facts, rulebook().vocabulary))
    news = _keep(found, _current(Q(enterprise=enterprise_id)), on, at, frozen)
    _tell(news)
    return news


def refresh_policy(
    frame: pl.DataFrame, policy: Policy, *, on: date, at: datetime
) -> list[Standing]:
    """Evaluate all firms of a frame under one policy and keep what has changed."""
    found = [one for news, _ in _refresh(frame, [policy], on, at) for one in news]
    _tell(found)
    return found


def refresh_all(frame: pl.DataFrame, *, on: date, at: datetime) -> int:
    """Evaluate all firms under all policies in force; end what no policy in force says.

    Returns the number of standings that changed. Told are those that were known before: the first
    look at all firms is no news to anyone.
    """
    policies, changed = rulebook().in_force(on), 0
    for news, looked_before in _refresh(frame, policies, on, at):
        _tell(one for one in news if looked_before)
        changed += len(news)
    ended = ~Q(policy__in=[policy.key for policy in policies])
    closed = ~Q(enterprise__status=Enterprise.Status.OPEN)
    return changed + end(ended | closed, at=at)


def end(which: Q, *, at: datetime) -> int:
    """End standings without others in their place; returns how many."""
    open_ = Standing.objects.filter(which, superseded_at=None).values("pk")
    return Standing.objects.filter(pk__in=open_).update(superseded_at=at)


def _refresh(
    frame: pl.DataFrame, policies: Sequence[Policy], on: date, at: datetime
) -> Iterator[tuple[list[Standing], bool]]:
    """What is new, some firms under one policy at a time, and whether any stood before."""
    for part in parts(frame, policies, on):
        for index, policy in enumerate(policies):
            firms = Q(enterprise__gte=part.enterprises[0], enterprise__lte=part.enterprises[-1])
            before = _current(Q(policy=policy.key) & firms)
            outcomes = part.outcomes(index, {firm for firm, _ in before})
            found = {(firm, policy.key): outcome for firm, outcome in outcomes.items()}
            yield _keep(found, before, on, at), bool(before)


@transaction.atomic
def _keep(
    found: Mapping[Pair, Outcome],
    before: Mapping[Pair, _Now],
    on: date,
    at: datetime,
    frozen: str = "",
) -> list[Standing]:
    """Put what is new in the place of what was; what was not found again is ended."""
    news = [
        _standing(pair, outcome, on, at, frozen)
        for pair, outcome in found.items()
        if _differs(outcome, before.get(pair))
    ]
    replaced = {(one.enterprise_id, one.policy) for one in news} | (before.keys() - found.keys())
    for some in _portions(before[pair].pk for pair in replaced if pair in before):
        Standing.objects.filter(pk__in=some).update(superseded_at=at)
    Standing.objects.bulk_create(news, batch_size=_AT_A_TIME)
    return news


def _current(about: Q) -> dict[Pair, _Now]:
    rows = Standing.objects.filter(about, superseded_at=None).values_list(
        "enterprise_id", "policy", "pk", "status", "amount", "rule_hash"
    )
    return {(row[0], row[1]): _Now(row[2], row[3], row[4], row[5]) for row in rows.iterator()}


def _differs(outcome: Outcome, before: _Now | None) -> bool:
    if before is None:
        return outcome.status != Status.INELIGIBLE
    if outcome.status != before.status or outcome.amount != before.amount:
        return True
    # A new version that refuses as the old one did is no news.
    granted = outcome.status in (Status.ELIGIBLE, Status.ONE_STEP)
    return granted and outcome.rule_hash != before.rule_hash


def _standing(pair: Pair, outcome: Outcome, on: date, at: datetime, frozen: str) -> Standing:
    firm, policy = pair
    return Standing(
        enterprise_id=firm,
        policy=policy,
        on=on,
        recorded_at=at,
        facts_hash=frozen,
        **outcome._asdict(),
    )


def _tell(news: Iterable[Standing]) -> None:
    for some in _portions(one.pk for one in news):
        events.publish(CHANGED, standings=some)


def _portions(items: Iterable[int]) -> Iterator[list[int]]:
    waiting = iter(items)
    while some := list(islice(waiting, _AT_A_TIME)):
        yield some


# --- what firms do about it --------------------------------------------------------------------


@transaction.atomic
def mark(enterprise: Enterprise, policy: str, state: str, *, by: Actor, on: date) -> TakeUp | None:
    """A firm says it has applied, received, or does not want; an empty state takes that back.

    Raises NotAllowed, Invalid.
    """
    require(by, "standings.mark")
    if by.enterprise_id != enterprise.pk:
        raise NotAllowed("只能标记自己企业的政策。")
    if state not in ("", *TakeUp.State.values) or not _exists(policy):
        raise Invalid("没有这项政策，或者没有这种标记。", "请从页面上选择。")
    marks = TakeUp.objects.filter(enterprise=enterprise, policy=policy)
    before = marks.values_list("state", flat=True).first() or ""
    made = None
    if state:
        values = {"state": state, "marked_on": on, "marked_by_id": by.user_id}
        made, _ = TakeUp.objects.update_or_create(
            enterprise=enterprise, policy=policy, defaults=values
        )
    else:
        marks.delete()
    record(
        "standings.marked",
        by=by,
        subject_kind="enterprise",
        subject=enterprise.credit_code,
        area=enterprise.area,
        before={policy: before},
        after={policy: state},
    )
    return made


def _exists(policy: str) -> bool:
    return any(one.key == policy for one in rulebook().policies)
