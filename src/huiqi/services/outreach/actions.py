"""Telling firms of policies that newly fit them: once a version and status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.notices.actions import Message, notify_all
from huiqi.kernel.standings.models import TAKEN, Push, Standing, TakeUp
from huiqi.rules.cautions import cautions
from huiqi.rules.policy import Policy
from huiqi.services.outreach import rules
from huiqi.services.outreach.service import KIND


@transaction.atomic
def push(standings: Sequence[int], *, by: Actor, on: date, at: datetime) -> int:
    """Tell the firms of these standings, those that were not told before; how many were."""
    policies = {policy.key: policy for policy in rulebook().in_force(on)}
    found = [
        one
        for one in _news(standings)
        if one.policy in policies and rules.is_news(one.status, one.effort)
    ]
    told = set(Push.objects.filter(key__in=[_key(one) for one in found]).values_list("key"))
    fresh = [one for one in found if (_key(one),) not in told]
    Push.objects.bulk_create([_push(one, at) for one in fresh])
    messages = [_message(one, policies[one.policy]) for one in fresh]
    notify_all(messages, by=by, on=on)
    return len(fresh)


def _news(standings: Sequence[int]) -> list[Standing]:
    """Those that still hold, of firms that have not applied and did not say “not needed”."""
    rows = list(
        Standing.objects.filter(pk__in=standings, superseded_at=None).select_related("enterprise")
    )
    settled = set(
        TakeUp.objects.filter(
            enterprise__in=[one.enterprise_id for one in rows],
            state__in=(*TAKEN, TakeUp.State.NOT_NEEDED),
        ).values_list("enterprise_id", "policy")
    )
    return [one for one in rows if (one.enterprise_id, one.policy) not in settled]


def _key(one: Standing) -> str:
    """Names firm, policy, version of the policy and status: what a firm is told of once."""
    return f"{one.enterprise_id}/{one.policy}/{one.rule_hash[:16]}/{one.status}"


def _push(one: Standing, at: datetime) -> Push:
    return Push(
        enterprise_id=one.enterprise_id,
        policy=one.policy,
        rule_hash=one.rule_hash,
        status=one.status,
        key=_key(one),
        pushed_at=at,
    )


def _message(one: Standing, policy: Policy) -> Message:
    book = rulebook()
    caution = "".join(cautions(policy, book.moment(one.on), book.texts))
    page = reverse("entitlements", args=[one.enterprise.credit_code])
    return Message(
        KIND,
        rules.title(policy, one.status),
        rules.text(policy, one.amount, caution),
        link=f"{page}#policy-{policy.key}",
        reason=rules.reason(policy, one.status, one.step),
        key=_key(one),
        enterprise_id=one.enterprise_id,
    )
