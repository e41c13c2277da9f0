"""Saying something of an enterprise: by its own people, or by an office from its register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from huiqi.kernel import events
from huiqi.kernel.access import Actor, require
from huiqi.kernel.audit.recording import record
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import Invalid, NotAllowed
from huiqi.kernel.facts.models import DECLARED, SOURCES, Observation
from huiqi.kernel.facts.sizes import reclassify
from huiqi.kernel.facts.values import columns, period_of
from huiqi.kernel.parties.departments import departments
from huiqi.kernel.parties.models import Enterprise
from huiqi.rules.vocabulary import FactDefinition

Values = Mapping[str, int | None]
"""Fact → stored integer as ``FactDefinition.encode`` gives it; None takes an earlier word back."""


def declare(
    enterprise: Enterprise,
    values: Values,
    *,
    by: Actor,
    on: date,
    period: str = "",
    evidence: Sequence[int] = (),
) -> list[Observation]:
    """What a firm's own people say of it. Raises NotAllowed, Invalid.

    ``period``: for facts with periods; empty: the latest that is over.
    """
    require(by, "facts.declare")
    if by.enterprise_id != enterprise.pk:
        raise NotAllowed("只能填报自己企业的信息。")
    return _observe(
        enterprise, values, source=DECLARED, by=by, on=on, period=period, evidence=evidence
    )


def observe(
    enterprise: Enterprise,
    values: Values,
    *,
    source: str,
    by: Actor,
    on: date,
    period: str = "",
    basis: str = "",
) -> list[Observation]:
    """What an office brings from its register. Raises NotAllowed, Invalid."""
    require_source(by, source)
    return _observe(enterprise, values, source=source, by=by, on=on, period=period, basis=basis)


def require_source(actor: Actor, source: str) -> None:
    """Raises NotAllowed unless the actor's department brings facts of this source."""
    if actor.kind == "system":
        return
    require(actor, "facts.import")
    department = departments().get(actor.department)
    if department is None or source not in department.writes:
        raise NotAllowed(
            f"您所在的部门不能录入来源为“{SOURCES.get(source, source)}”的信息。",
            "请选择本部门负责的来源。",
        )


@transaction.atomic
def _observe(
    enterprise: Enterprise,
    values: Values,
    *,
    source: str,
    by: Actor,
    on: date,
    period: str,
    basis: str = "",
    evidence: Sequence[int] = (),
) -> list[Observation]:
    at = timezone.now()
    made = [
        _observation(enterprise, fact, stored, source, period or period_of(fact, on), on, at)
        for fact, stored in _known(values)
    ]
    news = _differing(enterprise, made)
    for one in news:
        one.attester_id, one.on_behalf = by.user_id, by.on_behalf
        one.basis, one.evidence = basis, list(evidence)
    write(news, at)
    if news:
        reclassify([enterprise.pk], on)
        keys = [one.fact for one in news]
        after = {one.fact: [one.period, one.number, one.text] for one in news}
        record(
            "facts.declared" if source == DECLARED else "facts.observed",
            by=by,
            subject_kind="enterprise",
            subject=enterprise.credit_code,
            area=enterprise.area,
            after={"source": source, "facts": after},
            basis=basis,
        )
        events.publish("facts.changed", enterprise_id=enterprise.pk, keys=keys)
    return news


def _known(values: Values) -> list[tuple[FactDefinition, int | None]]:
    vocabulary = rulebook().vocabulary
    unknown = [key for key in values if key not in vocabulary.facts]
    if unknown:
        raise Invalid(f"没有这些事实：{'、'.join(unknown)}。", "请从事实词表中选。")
    derived = [vocabulary[key].name for key in values if vocabulary[key].model.derived]
    if derived:
        raise Invalid(f"{'、'.join(derived)}由系统推算，不能直接填。")
    return [(vocabulary[key], stored) for key, stored in values.items()]


def _observation(
    enterprise: Enterprise,
    fact: FactDefinition,
    stored: int | None,
    source: str,
    period: str,
    on: date,
    at: datetime,
) -> Observation:
    number, text = columns(fact, stored)
    return Observation(
        enterprise=enterprise,
        fact=fact.key,
        period=period,
        source=source,
        number=number,
        text=text,
        observed_on=on,
        recorded_at=at,
    )


def _differing(enterprise: Enterprise, made: list[Observation]) -> list[Observation]:
    """Those that say something else than the same source said of the same period."""
    said = {
        (one.fact, one.period, one.source): (one.number, one.text)
        for one in Observation.objects.filter(
            enterprise=enterprise, superseded_at=None, fact__in=[one.fact for one in made]
        )
    }
    nothing = (None, "")
    return [
        one
        for one in made
        if (one.number, one.text) != said.get((one.fact, one.period, one.source), nothing)
    ]


def write(news: Sequence[Observation], at: datetime) -> None:
    """Put new observations in the place of those they replace; inside the caller's transaction."""
    for start in range(0, len(news), _AT_A_TIME):
        batch = news[start : start + _AT_A_TIME]
        replaced = {(one.enterprise_id, one.fact, one.period, one.source) for one in batch}
        old = Observation.objects.filter(
            superseded_at=None,
            enterprise_id__in={key[0] for key in replaced},
            fact__in={key[1] for key in replaced},
        ).values_list("pk", "enterprise_id", "fact", "period", "source")
        ended = [pk for pk, *key in old if tuple(key) in replaced]
        Observation.objects.filter(pk__in=ended).update(superseded_at=at)
        Observation.objects.bulk_create(batch)


_AT_A_TIME = 500
"""Observations written together: SQLite takes only so many values in one statement."""
