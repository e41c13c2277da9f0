"""Facts of an enterprise: what counts, what an actor may read of it, where sources disagree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.facts.choosing import chosen, contradicted
from huiqi.kernel.facts.models import SOURCES, Observation, Snapshot
from huiqi.kernel.facts.values import stored, stored_code
from huiqi.kernel.parties.departments import departments
from huiqi.kernel.parties.models import Enterprise
from huiqi.rules.dates import to_days
from huiqi.rules.determination import Firm, Origin

REGISTERED = {
    "area": "area",
    "industry": "industry",
    "entity_type": "entity_type",
    "established_on": "established_on",
}
"""Facts that the register keeps in columns of its own: key → column of the enterprise."""


def observations(enterprise_id: int, on: date) -> QuerySet[Observation]:
    """What has been said up to a day and not been replaced."""
    return Observation.objects.filter(
        enterprise_id=enterprise_id, superseded_at=None, observed_on__lte=on
    )


def current(enterprise_id: int, on: date) -> dict[str, Observation]:
    """The observations that count, by fact. For the platform itself; people use ``visible``."""
    return chosen(observations(enterprise_id, on))


def readable(
    actor: Actor, enterprise: Enterprise, words: Iterable[Observation]
) -> list[Observation]:
    """Those an actor may read: a firm's people all, an office what its department may."""
    if actor.enterprise_id == enterprise.pk or actor.kind in ("auditor", "system"):
        return list(words)
    department = departments().get(actor.department)
    if actor.kind != "office" or department is None:
        return []
    return [word for word in words if department.may_read(word.source)]


def visible(actor: Actor, enterprise: Enterprise, on: date) -> dict[str, Observation]:
    """The observations that count among those an actor may read, by fact."""
    words = observations(enterprise.pk, on).select_related("attester")
    return chosen(readable(actor, enterprise, words))


def conflicts(
    actor: Actor, enterprise: Enterprise, on: date
) -> dict[str, tuple[Observation, Observation]]:
    """Facts where what the firm declared is not what a register says: (declared, registered)."""
    return contradicted(readable(actor, enterprise, observations(enterprise.pk, on)))


def history(actor: Actor, enterprise: Enterprise, key: str) -> list[Observation]:
    """All that was ever said of a fact and may be read, the newest first."""
    words = Observation.objects.filter(enterprise=enterprise, fact=key).select_related("attester")
    return readable(actor, enterprise, words.order_by("-pk"))


def firm(enterprise_id: int, on: date) -> Firm:
    """The enterprise as the rules take it: stored integers by fact, with where each comes from."""
    enterprise = Enterprise.objects.get(pk=enterprise_id)
    return as_firm(enterprise, current(enterprise_id, on))


def as_firm(enterprise: Enterprise, words: dict[str, Observation]) -> Firm:
    """A firm from observations that count; what the register keeps itself goes before them."""
    vocabulary = rulebook().vocabulary
    facts: dict[str, int | None] = {}
    origins: dict[str, Origin] = {}
    for key, word in words.items():
        fact = vocabulary.facts.get(key)
        if fact is not None and not fact.model.derived:
            facts[key] = stored(fact, word)
            origins[key] = Origin(SOURCES[word.source], word.observed_on)
    for key, value in registered(enterprise).items():
        facts[key] = value
        origins[key] = Origin(SOURCES["market_regulation"])
    return Firm(facts, origins)


def registered(enterprise: Enterprise) -> dict[str, int]:
    """Stored integers of what the register itself keeps, where it knows it."""
    vocabulary = rulebook().vocabulary
    found: dict[str, int] = {}
    for key, column in REGISTERED.items():
        value = getattr(enterprise, column)
        fact = vocabulary.facts.get(key)
        if fact is None or not value:
            continue
        number = to_days(value) if fact.type == "date" else stored_code(fact, str(value))
        if number is not None:
            found[key] = number
    return found


def latest_snapshot() -> Snapshot | None:
    return Snapshot.objects.order_by("-pk").first()
