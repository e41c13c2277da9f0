"""Enterprises as an actor may see them: lists, one file, numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import Substr

from huiqi.kernel.access import Actor
from huiqi.kernel.audit.models import Event
from huiqi.kernel.audit.recording import looked
from huiqi.kernel.definitions.rulebook import (
    area_name,
    areas,
    industries,
    industry_name,
    rulebook,
    shipped,
)
from huiqi.kernel.errors import NotFound
from huiqi.kernel.facts import queries as facts
from huiqi.kernel.facts.choosing import chosen, contradicted
from huiqi.kernel.facts.models import DECLARED, SOURCES, Observation
from huiqi.kernel.facts.values import stored
from huiqi.kernel.parties import queries as parties
from huiqi.kernel.parties.models import Enterprise
from huiqi.kernel.pdf.models import IssuedDocument
from huiqi.kernel.pdf.queries import STANDINGS, standing
from huiqi.rules.vocabulary import FactDefinition
from huiqi.services.enterprises import rules
from huiqi.services.enterprises.rules import SizeOfYear, sizes_by_year

COUNTY = 6
DIVISION = 2


def listed(actor: Actor) -> QuerySet[Enterprise]:
    """Enterprises of the actor's area."""
    return parties.enterprises(actor)


def counties(actor: Actor) -> list[tuple[str, str]]:
    """Counties and townships inside an actor's area: (code, name), in the order of the codes."""
    tree = areas()
    home = actor.area if actor.area in tree else (rulebook().profile.home or tree.roots[0])
    found = []
    for code in tree.subtree(home):
        depth = tree.depth(code) - tree.depth(home)
        found.append((code, "　" * depth + tree.name(code)))
    return found


def totals(rows: QuerySet[Enterprise]) -> list[tuple[str, int]]:
    """How many of the rows in each county: (name, count), one query."""
    counted = (
        rows.order_by()
        .annotate(county=Substr("area", 1, COUNTY))
        .values_list("county")
        .annotate(Count("id"))
        .order_by("county")
    )
    return [(area_name(county), count) for county, count in counted]


# --- one firm ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class FactLine:
    """A fact as the file shows it."""

    fact: FactDefinition
    word: Observation
    value: str
    contradicted_by: str
    """What a register says otherwise, in words."""

    @property
    def source(self) -> str:
        return SOURCES[self.word.source]


@dataclass(frozen=True)
class File:
    """One firm's file as an actor may see it."""

    enterprise: Enterprise
    topics: tuple[tuple[str, tuple[FactLine, ...]], ...]
    sizes: tuple[SizeOfYear, ...]
    events: tuple[Event, ...]
    looks: tuple[Event, ...]
    is_own: bool


_MANY = 30


def file(actor: Actor, credit_code: str, on: date) -> File:
    """Raises NotFound for a firm that isn't there or isn't the actor's to see."""
    enterprise = parties.enterprise(actor, credit_code)
    words = facts.readable(actor, enterprise, facts.observations(enterprise.pk, on))
    kinds = ("enterprise", CERTIFICATE)
    events = Event.objects.filter(subject_kind__in=kinds, subject=credit_code).order_by("-pk")
    is_own = actor.enterprise_id == enterprise.pk
    sees_looks = is_own or actor.kind == "auditor"
    return File(
        enterprise=enterprise,
        topics=_topics(words),
        sizes=tuple(sizes_by_year(words, facts.registered(enterprise), rulebook(), on)),
        events=tuple(events.exclude(action=LOOKED)[:_MANY]),
        looks=tuple(events.filter(action=LOOKED)[:_MANY]) if sees_looks else (),
        is_own=is_own,
    )


LOOKED = looked("enterprise")


def _topics(words: list[Observation]) -> tuple[tuple[str, tuple[FactLine, ...]], ...]:
    vocabulary = rulebook().vocabulary
    counted = chosen(words)
    doubts = contradicted(words)
    by_topic: dict[str, list[FactLine]] = {}
    for key, fact in vocabulary.facts.items():
        if key in counted:
            said = f"企业填报为{_value(fact, doubts[key][0])}" if key in doubts else ""
            line = FactLine(fact, counted[key], _value(fact, counted[key]), said)
            by_topic.setdefault(fact.topic, []).append(line)
    # What most is known of comes first.
    ordered = sorted(by_topic.items(), key=lambda item: -len(item[1]))
    return tuple((topic, tuple(lines)) for topic, lines in ordered)


def _value(fact: FactDefinition, word: Observation) -> str:
    return word.text if fact.type == "text" else fact.show(stored(fact, word))


def topics() -> list[str]:
    """Topics of the vocabulary that have facts a firm can tell."""
    told = (fact for fact in rulebook().vocabulary.facts.values() if is_told(fact))
    return list(dict.fromkeys(fact.topic for fact in told))


def is_told(fact: FactDefinition) -> bool:
    """Whether a firm can tell it: not derived, not a text, not what the register itself keeps."""
    return not fact.model.derived and fact.type != "text" and fact.key not in facts.REGISTERED


def told_facts(topic: str) -> list[FactDefinition]:
    """The facts of a topic that a firm can tell. Raises NotFound."""
    found = [f for f in rulebook().vocabulary.facts.values() if f.topic == topic and is_told(f)]
    if not found:
        raise NotFound("没有这一类信息。", "请从企业档案进入。")
    return found


def present_values(actor: Actor, enterprise: Enterprise, on: date) -> dict[str, int | None]:
    """Stored integers of what counts now, by fact."""
    vocabulary = rulebook().vocabulary
    words = facts.visible(actor, enterprise, on)
    return {key: stored(vocabulary[key], w) for key, w in words.items() if key in vocabulary.facts}


# --- numbers -----------------------------------------------------------------------------------


def statistics(actor: Actor) -> rules.Statistics:
    """Of the actor's area; for everybody else of the whole place, with small numbers left out."""
    public = actor.kind not in ("office", "auditor")
    rows = Enterprise.objects.all() if public else parties.enterprises(actor)
    counted = (
        rows.filter(status=Enterprise.Status.OPEN)
        .order_by()
        .annotate(county=Substr("area", 1, COUNTY), division=Substr("industry", 1, DIVISION))
        .values_list("county", "size", "division")
        .annotate(count=Count("id"))
    )
    counties_, sections, total = Counter[tuple[str, str]](), Counter[tuple[str, str]](), 0
    for county, size, division, count in counted:
        counties_[county, size] += count
        sections[_section(division), size] += count
        total += count
    by_county, by_section = _told(counties_, public), _told(sections, public)
    return rules.Statistics(
        total,
        [(code, area_name(code), *by_county[code]) for code in sorted(by_county)],
        [(name, *by_section[name]) for name in sorted(by_section)],
    )


def _told(
    counted: Counter[rules.Cell], public: bool
) -> dict[str, tuple[dict[str, int | None], int | None]]:
    """Row → size → count, and the row's total; None where the public is not told."""
    table = rules.with_totals(counted)
    hidden = rules.to_hide(table) if public else set()

    def shown(row: str, column: str) -> int | None:
        return None if (row, column) in hidden else table.get((row, column), 0)

    rows = {row for row, _ in counted}
    return {
        row: ({size: shown(row, size) for size in rules.SIZES}, shown(row, rules.TOTAL))
        for row in rows
    }


@cache
def _section(division: str) -> str:
    tree = industries()
    if not division or division not in tree:
        return "行业不详"
    section = [division, *tree.ancestors(division)][-1]
    return f"{section} {tree.name(section)}"


def shapes() -> dict[str, Any]:
    """The map of the counties (GeoJSON). Raises NotFound where the place has none."""
    for folder in shipped().chain:
        path = Path(folder) / "map" / "counties.geojson"
        if path.is_file():
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return found
    raise NotFound("这个地区还没有地图。")


def has_map() -> bool:
    return any((Path(folder) / "map" / "counties.geojson").is_file() for folder in shipped().chain)


# --- evidence of duties --------------------------------------------------------------------------


def evidence_of_areas(_on: date) -> str:
    rows = Enterprise.objects.filter(status=Enterprise.Status.OPEN)
    counties_ = totals(rows)
    return f"{rows.count():,}家企业有登记地，分布在{len(counties_)}个县级单位"


def evidence_of_sizes(_on: date) -> str:
    counted: Iterable[tuple[str, int]] = (
        Enterprise.objects.filter(status=Enterprise.Status.OPEN)
        .order_by()
        .values_list("size")
        .annotate(Count("id"))
    )
    sizes = dict(counted)
    return "、".join(
        f"{rules.SIZE_NAMES.get(size, size)}{sizes.get(size, 0):,}家" for size in rules.SIZES
    )


# --- one fact -----------------------------------------------------------------------------------


def fact(key: str) -> FactDefinition:
    """Raises NotFound."""
    found = rulebook().vocabulary.facts.get(key)
    if found is None:
        raise NotFound("没有这一项信息。", "请从企业档案进入。")
    return found


def lines(fact: FactDefinition, words: Iterable[Observation]) -> list[FactLine]:
    return [FactLine(fact, word, _value(fact, word), "") for word in words]


# --- certificates --------------------------------------------------------------------------------

CERTIFICATE = "size_certificate"


def certificate(enterprise: Enterprise, on: date) -> dict[str, Any] | None:
    """What the firm's size certificate would say on a day; None where its size is not known."""
    words = list(facts.observations(enterprise.pk, on))
    sizes = sizes_by_year(words, facts.registered(enterprise), rulebook(), on)
    one = rules.certified(sizes)
    if one is None:
        return None
    identity = [
        ("企业名称", enterprise.name),
        ("统一社会信用代码", enterprise.credit_code),
        ("登记地", area_name(enterprise.area)),
        ("行业", f"{industry_name(enterprise.industry)}（{enterprise.industry}）"),
    ]
    data = rules.certificate(identity, one, [SOURCES[word.source] for word in one.words], on)
    return {**data, "cautions": _cautions(one)}


def _cautions(one: SizeOfYear) -> list[str]:
    found = []
    if any(word.source == DECLARED for word in one.words):
        found.append("其中企业自行填报的数据，没有经过部门核对，由企业负责。")
    if settings.HUIQI_DEMO:
        found.append("演示：企业和数据都是合成的，这份文书没有任何效力。")
    return found


def rests_on(keys: Iterable[str], on: date) -> bool:
    """Whether any of the facts decides a firm's size."""
    return not set(rulebook().size_standard(on).facts_read).isdisjoint(keys)


def open_certificates(enterprise_id: int) -> list[IssuedDocument]:
    codes = Enterprise.objects.filter(pk=enterprise_id).values("credit_code")
    issued_ones = IssuedDocument.objects.filter(kind=CERTIFICATE, key__in=codes)
    return list(issued_ones.filter(withdrawn_on=None))


def certificates(
    actor: Actor, credit_code: str, on: date
) -> tuple[Enterprise, list[tuple[IssuedDocument, str]]]:
    """A firm's certificates, the newest first, with how each stands. Raises NotFound."""
    enterprise = parties.enterprise(actor, credit_code)
    found = IssuedDocument.objects.filter(kind=CERTIFICATE, key=enterprise.credit_code)
    newest = list(found.order_by("-pk")[:_MANY])
    return enterprise, [(one, STANDINGS[standing(one, on)]) for one in newest]


def may_open_certificates(actor: Actor, enterprise: Enterprise) -> bool:
    return actor.enterprise_id == enterprise.pk or actor.kind == "auditor"


def certificate_file(actor: Actor, credit_code: str, code: str) -> IssuedDocument:
    """For the firm's people and auditors: it tells figures of sources a department may not read.

    Offices verify the code instead. Raises NotFound.
    """
    enterprise = parties.enterprise(actor, credit_code)
    may = may_open_certificates(actor, enterprise)
    found = (
        may
        and IssuedDocument.objects.filter(
            kind=CERTIFICATE, key=enterprise.credit_code, code=code
        ).first()
    )
    if not found:
        raise NotFound("没有这份证明。", "请从企业档案的“规模”进入。")
    return found
