"""Standings as a person may see them, and what changed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.facts.choosing import chosen
from huiqi.kernel.facts.models import SOURCES, Observation
from huiqi.kernel.facts.queries import readable
from huiqi.kernel.facts.values import stored
from huiqi.kernel.parties.models import Enterprise
from huiqi.kernel.parties.queries import enterprises
from huiqi.kernel.standings.models import Standing, TakeUp
from huiqi.rules.vocabulary import FactDefinition


def standings(actor: Actor) -> QuerySet[Standing]:
    """How the firms an actor may see stand now."""
    return Standing.objects.filter(superseded_at=None, enterprise__in=enterprises(actor))


def history(actor: Actor, enterprise: Enterprise) -> QuerySet[Standing]:
    """Everything that was found out about a firm the actor may see, the newest first."""
    rows = Standing.objects.filter(enterprise__in=enterprises(actor), enterprise=enterprise)
    return rows.order_by("-recorded_at", "-pk")


def marks(enterprise: Enterprise) -> dict[str, TakeUp]:
    """What a firm (one the actor may see) says it did, by policy."""
    return {one.policy: one for one in TakeUp.objects.filter(enterprise=enterprise)}


@dataclass(frozen=True)
class FactChange:
    """A fact before and after; ``source``: who says so now."""

    fact: FactDefinition
    before: str
    after: str
    source: str


@dataclass(frozen=True)
class Reason:
    """Why a standing is another than the one before: its rule, facts, or only the day.

    ``hidden``: facts changed that the asker can't see, or the register itself.
    """

    rule_changed: bool
    facts: tuple[FactChange, ...]
    hidden: bool

    @property
    def only_time(self) -> bool:
        return not (self.rule_changed or self.facts or self.hidden)


def previous(standing: Standing) -> Standing | None:
    """The one it took the place of."""
    return (
        Standing.objects.filter(
            enterprise=standing.enterprise_id,
            policy=standing.policy,
            recorded_at__lt=standing.recorded_at,
        )
        .order_by("-recorded_at", "-pk")
        .first()
    )


def reason(actor: Actor, enterprise: Enterprise, now: Standing, before: Standing) -> Reason:
    """What changed between two standings of a firm under one policy, as far as one may read it."""
    then, later = before.recorded_at, now.recorded_at
    words = _said_at(actor, enterprise, then, before.on), _said_at(actor, enterprise, later, now.on)
    keys = _read_by(now.policy, now.on)
    changes = tuple(one for key in sorted(keys) if (one := _change(key, *words)))
    rule_changed = now.rule_hash != before.rule_hash
    differ = bool(now.facts_hash and before.facts_hash and now.facts_hash != before.facts_hash)
    return Reason(rule_changed, changes, hidden=differ and not changes and not rule_changed)


def _said_at(
    actor: Actor, enterprise: Enterprise, at: datetime, on: date
) -> Mapping[str, Observation]:
    """The words that counted at a moment: none is ever lost."""
    there = Q(superseded_at=None) | Q(superseded_at__gt=at)
    words = Observation.objects.filter(
        there, enterprise=enterprise, recorded_at__lte=at, observed_on__lte=on
    )
    return chosen(readable(actor, enterprise, words))


def _read_by(policy: str, on: date) -> set[str]:
    """Facts a policy reads; nothing for one that is no longer there."""
    from huiqi.kernel.definitions.explainers import explainer_of  # heavy: only for this question

    try:
        found = rulebook().policy(policy, on)
    except LookupError:
        return set()
    return set(explainer_of(found, on).questioner.single.program.facts)


def _change(
    key: str, before: Mapping[str, Observation], now: Mapping[str, Observation]
) -> FactChange | None:
    fact, old, new = rulebook().vocabulary[key], before.get(key), now.get(key)
    was, now_is = (fact.show(stored(fact, word)) if word else "未知" for word in (old, new))
    if was == now_is:
        return None
    return FactChange(fact, was, now_is, SOURCES[new.source] if new else "")
