"""The policies as the public may see them: all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

import icalendar as icalendar_format

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.rulebook import area_name, industries, rulebook
from huiqi.kernel.errors import NotFound
from huiqi.kernel.parties.departments import canonical
from huiqi.kernel.pdf.check_codes import qr
from huiqi.kernel.pdf.rendering import render
from huiqi.kernel.search.index import Item
from huiqi.rules import ir, typed
from huiqi.rules.cautions import cautions, marks
from huiqi.rules.determination import Explainer, Firm
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy
from huiqi.rules.vocabulary import FactDefinition
from huiqi.services.policies import rules
from huiqi.services.policies.rules import KINDS, LEVELS, STATES, Window

_RELATED = 5


@dataclass(frozen=True, eq=False)
class Entry:
    """One edition of a policy on a day, with what lists and pages say of it."""

    policy: Policy
    on: date
    book: Jurisdiction

    @property
    def key(self) -> str:
        return self.policy.key

    @property
    def title(self) -> str:
        return self.policy.title

    @property
    def summary(self) -> str:
        return self.policy.model.summary

    @property
    def state(self) -> str:
        return rules.state(self.policy.model.valid, self.on)

    @property
    def state_text(self) -> str:
        return STATES[self.state]

    @property
    def is_current(self) -> bool:
        """In force, though its end may be near."""
        return self.state in ("in_force", "expiring")

    @property
    def level(self) -> str:
        return LEVELS[self.policy.model.level]

    @property
    def kind(self) -> str:
        return KINDS[self.policy.model.kind]

    @property
    def is_illustrative(self) -> bool:
        return self.policy.model.status == "illustrative"

    @property
    def starts(self) -> date | None:
        return self.policy.model.valid.from_

    @property
    def ends(self) -> date | None:
        return self.policy.model.valid.to

    @property
    def edition(self) -> str:
        return self.policy.model.edition or (f"{self.starts:%Y%m%d}" if self.starts else "first")

    @property
    def validity_text(self) -> str:
        return rules.validity_text(self.policy.model.valid)

    @property
    def benefit_notes(self) -> list[str]:
        return rules.benefit_notes(self.policy.model.benefit)

    @cached_property
    def departments(self) -> list[str]:
        return list(dict.fromkeys(canonical(name) for name in self.policy.model.departments))

    @property
    def region(self) -> str:
        code = self.policy.model.region
        return "全国" if not code.strip("0") else area_name(code)

    @cached_property
    def marks(self) -> list[str]:
        return marks(self.policy, self.book.moment(self.on), self.book.texts)

    @cached_property
    def cautions(self) -> list[str]:
        return cautions(self.policy, self.book.moment(self.on), self.book.texts)

    @cached_property
    def text(self) -> str:
        """Everything one might search for, in one normalised text."""
        model = self.policy.model
        parts = [
            model.title,
            model.summary,
            model.benefit.text,
            model.document,
            model.issuer,
            *model.departments,
            *model.audience,
            *model.needs,
            *(criterion.text for criterion in self.policy.criteria),
            KINDS[model.kind],
            LEVELS[model.level],
        ]
        return rules.normal(" ".join(parts))

    @cached_property
    def facts(self) -> list[FactDefinition]:
        """The facts its conditions and amount read."""
        nodes: list[typed.Node] = [criterion.condition for criterion in self.policy.criteria]
        nodes += [node for node in (self.policy.amount, self.policy.cap) if node is not None]
        found = {fact.key: fact for node in nodes for fact in typed.facts_in(node)}
        return list(found.values())

    def windows(self, years: Sequence[int]) -> list[Window]:
        return rules.windows(self.policy.model.apply.window or "", years)


def library(on: date) -> tuple[Entry, ...]:
    """One edition of every policy: the one in force on a day, else the nearest to come or gone."""
    return _library(rulebook(), on)


@lru_cache(maxsize=8)
def _library(book: Jurisdiction, on: date) -> tuple[Entry, ...]:
    by_key: dict[str, list[Policy]] = {}
    for policy in book.policies:
        by_key.setdefault(policy.key, []).append(policy)
    chosen = (_nearest(editions, on) for editions in by_key.values())
    return tuple(sorted((Entry(one, on, book) for one in chosen), key=lambda one: one.title))


def _nearest(editions: Sequence[Policy], on: date) -> Policy:
    in_force = [one for one in editions if one.in_force(on)]
    past = [one for one in editions if (one.model.valid.to or date.max) < on]
    return (in_force or past[-1:] or list(editions))[0]


def entry(key: str, on: date, edition: str | None = None) -> Entry:
    """A policy on a day, or one edition of it. Raises NotFound."""
    book = rulebook()
    editions = [one for one in book.policies if one.key == key]
    if not editions:
        raise NotFound("没有这项政策。", "请从政策库中查找。")
    if edition is None:
        return Entry(_nearest(editions, on), on, book)
    for one in (Entry(policy, on, book) for policy in editions):
        if one.edition == edition:
            return one
    raise NotFound("没有这一版。", "请从政策页的“历次版本”进入。")


def editions(key: str, on: date) -> list[Entry]:
    """All editions of a policy, the newest first. Raises NotFound."""
    entry(key, on)
    book = rulebook()
    found = [Entry(one, on, book) for one in book.policies if one.key == key]
    return sorted(found, key=lambda one: one.starts or date.min, reverse=True)


def related(one: Entry, among: Iterable[Entry]) -> list[Entry]:
    """Policies that share most with one: facts asked for, kind, departments."""
    mine = {fact.key for fact in one.facts}

    def likeness(other: Entry) -> int:
        shared = len(mine & {fact.key for fact in other.facts})
        return (
            shared + 2 * (other.kind == one.kind) + len({*one.departments} & {*other.departments})
        )

    others = [other for other in among if other.key != one.key and other.state != "expired"]
    return sorted(others, key=likeness, reverse=True)[:_RELATED]


@lru_cache(maxsize=4)
def sections_of(book: Jurisdiction, on: date) -> dict[str, frozenset[str]]:
    """Policy → sections of industry (GB/T 4754) that its conditions don't rule out."""
    return {one.key: _sections(one, book, on) for one in _library(book, on)}


def _sections(one: Entry, book: Jurisdiction, on: date) -> frozenset[str]:
    tree, fact = industries(), book.vocabulary["industry"]
    # On a day when it isn't in force its parameters may have no value.
    day = on if one.policy.in_force(on) else one.starts or one.ends or on
    explainer = Explainer(book, day, (one.policy,))
    firms = {section: Firm({fact.key: tree.index(section)}) for section in tree.roots}
    return frozenset(
        section for section, firm in firms.items() if explainer.explain(firm)[0].state != ir.FALSE
    )


def findable(on: date) -> Iterator[Item]:
    """All policies, for the site's search."""
    for one in library(on):
        yield Item(one.key, one.title, one.text, summary=one.summary)


# --- on paper ------------------------------------------------------------------------------------

_HANDBOOK = "policies/handbook.typ"


def handbook(entries: Sequence[Entry], on: date, address: Callable[[Entry], str]) -> bytes:
    """Policies as a PDF to print, by kind, with a table of contents."""
    by_kind = {kind: [one for one in entries if one.kind == kind] for kind in KINDS.values()}
    groups = tuple((kind, tuple(found)) for kind, found in by_kind.items() if found)
    addresses = tuple((one.key, address(one)) for one in entries)
    return _handbook(groups, on, addresses)


# An entry is the same only while the rulebook is: a new version of a policy is a new handbook.
@lru_cache(maxsize=4)
def _handbook(
    groups: tuple[tuple[str, tuple[Entry, ...]], ...],
    on: date,
    addresses: tuple[tuple[str, str], ...],
) -> bytes:
    at = dict(addresses)
    data = {
        "title": "惠企政策手册",
        "day": f"{on:%Y-%m-%d}",
        "count": len(addresses),
        "contents": True,
        "groups": [
            {"name": kind, "policies": [_on_paper(one, at[one.key]) for one in found]}
            for kind, found in groups
        ],
    }
    return render(_HANDBOOK, data, on=on)


def leaflet(one: Entry, on: date, address: str) -> bytes:
    """One policy as a PDF, with a QR code that leads to its page."""
    policy = {**_on_paper(one, address), "qr": qr(address)}
    data = {
        "title": "惠企政策单页",
        "footer": f"按 {on:%Y-%m-%d} 的规则",
        "contents": False,
        "groups": [{"name": one.kind, "policies": [policy]}],
    }
    return render(_HANDBOOK, data, on=on)


def _on_paper(one: Entry, address: str) -> dict[str, Any]:
    boxes = rules.boxes(one.policy, one.region, one.departments)
    return {
        "title": one.title,
        "tags": [one.kind, one.level, one.state_text, *one.marks],
        "cautions": [f"{text}。" for text in one.cautions],
        "summary": one.summary,
        "boxes": [{"name": name, "texts": texts} for name, texts in boxes.items() if texts],
        "address": address,
    }


# --- evidence of duties --------------------------------------------------------------------------


def evidence(on: date) -> str:
    in_force = [one for one in library(on) if one.is_current]
    levels = Counter(one.level for one in in_force)
    parts = "、".join(f"{level}{count}项" for level, count in levels.most_common())
    illustrative = sum(one.is_illustrative for one in in_force)
    return f"政策库有{len(in_force)}项有效政策（{parts}；其中{illustrative}项为示例）"


def evidence_of_kinds(on: date) -> str:
    kinds = Counter(one.kind for one in library(on) if one.is_current)
    return "按类别：" + "、".join(f"{kind}{count}项" for kind, count in kinds.most_common())


# --- the home page -------------------------------------------------------------------------------

_ENDING = 5


@dataclass(frozen=True)
class AtHome:
    """Ways into the library: (what one chooses, how many policies), those that end."""

    kinds: list[tuple[str, int]]
    audiences: list[tuple[str, int]]
    ending: list[Entry]


def at_home(actor: Actor, on: date) -> AtHome:
    del actor  # the library is the same for everybody
    found = library(on)
    ending = sorted(
        (one for one in found if one.state == "expiring"), key=lambda one: (one.ends, one.title)
    )
    return AtHome(
        kinds=Counter(one.kind for one in found).most_common(),
        audiences=Counter(
            name for one in found for name in one.policy.model.audience
        ).most_common(),
        ending=ending[:_ENDING],
    )


# --- calendar and feeds --------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Happening:
    """Something in the calendar: a window of application, or the last day of a policy."""

    start: date
    end: date
    title: str
    what: str
    entry: Entry = field(compare=False)


def current(on: date) -> list[Entry]:
    """Policies in force on a day."""
    return [one for one in library(on) if one.is_current]


def happenings(entries: Iterable[Entry], on: date) -> list[Happening]:
    """Windows of this year and the next that are not over, and ends of policies, in order."""
    found = []
    for one in entries:
        windows = one.windows([on.year, on.year + 1])
        found += [Happening(w.start, w.end, one.title, "申报", one) for w in windows if w.end >= on]
        if one.ends and one.ends >= on:
            found.append(Happening(one.ends, one.ends, one.title, "到期", one))
    return sorted(found)


def months(entries: Iterable[Entry], on: date) -> list[tuple[date, list[Happening]]]:
    """Happenings by the month in which they begin (those that run already: this month)."""
    found: dict[date, list[Happening]] = {}
    for happening in happenings(entries, on):
        first = max(happening.start, on).replace(day=1)
        found.setdefault(first, []).append(happening)
    return sorted(found.items())


def without_days(entries: Iterable[Entry], on: date) -> list[Entry]:
    """Those whose window of application is said in words only."""
    return [one for one in entries if one.policy.model.apply.window and not one.windows([on.year])]


def icalendar(
    entries: Iterable[Entry], on: date, at: datetime, address: Callable[[Entry], str]
) -> bytes:
    """The happenings as iCalendar (RFC 5545): whole days, the end exclusive."""
    calendar = icalendar_format.Calendar()
    calendar.add("prodid", "-//huiqi//policies//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "惠企政策日历")
    for happening in happenings(entries, on):
        event = icalendar_format.Event()
        key = f"{happening.entry.key}-{happening.what}-{happening.start:%Y%m%d}"
        event.add("uid", f"{sha256(key.encode()).hexdigest()[:32]}@huiqi")
        event.add("dtstamp", at)
        event.add("dtstart", happening.start)
        event.add("dtend", happening.end + timedelta(days=1))
        event.add("summary", f"{happening.what}：{happening.title}")
        event.add("description", happening.entry.policy.model.benefit.text)
        event.add("url", address(happening.entry))
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def newest(on: date, count: int = 50) -> list[Entry]:
    """Policies with a known beginning that has come, the newest first."""
    begun = [one for one in library(on) if one.starts and one.starts <= on]
    return sorted(begun, key=lambda one: (one.starts or on, one.key), reverse=True)[:count]
