"""Fills an empty database with the demonstration: offices, people, synthetic firms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from huiqi.demo.people import Demonstration, DemoPerson, demonstration
from huiqi.kernel.accounts.models import User
from huiqi.kernel.definitions.rulebook import area_name, areas, rulebook
from huiqi.kernel.facts.bulk import Row, insert
from huiqi.kernel.facts.queries import REGISTERED
from huiqi.kernel.facts.values import columns, period_of
from huiqi.kernel.parties.departments import departments
from huiqi.kernel.parties.models import Enterprise, Institution, Membership, Office
from huiqi.kernel.registry import resolve, services
from huiqi.rules.size import UNDETERMINED, SizeStandard
from huiqi.rules.vocabulary import Vocabulary
from huiqi.sample.columns import known_facts
from huiqi.sample.generator import Block, Generator
from huiqi.sample.identity import Identity

_START = date(2024, 1, 1)


@transaction.atomic
def seed(firms: int | None = None) -> None:
    """Make the demonstration once; does nothing where there are enterprises already.

    ``firms``: how many synthetic enterprises, as the file says by default.
    """
    if Enterprise.objects.exists():
        return
    book = rulebook()
    plan = demonstration(book)
    home = book.profile.home or areas().roots[0]
    _offices(plan, home)
    for one in plan.institutions:
        Institution.objects.create(kind=one.kind, name=f"{one.name}（示例）", area=one.area)
    generator = Generator(book, plan.seed)
    for block in generator.blocks(firms or plan.firms):
        _firms(generator, block, book.vocabulary, home)
    for person in plan.people:
        _person(person)
    for service in services():
        if service.demo:
            resolve(service.demo)()


def _offices(plan: Demonstration, home: str) -> None:
    places = [(home, plan.prefecture_offices)]
    places += [(county, plan.county_offices) for county in areas().children(home)]
    Office.objects.bulk_create(
        Office(
            department=key,
            area=area,
            name=f"{area_name(area)}{departments()[key].name}部门（示例）",
        )
        for area, keys in places
        for key in keys
    )


def _firms(generator: Generator, block: Block, vocabulary: Vocabulary, home: str) -> None:
    """Enterprises of a block, with what registers and they themselves say of them."""
    names, codes = Identity(generator).name_and_code(block)

    def told(key: str, row: int) -> Any:
        stored = block.made[key].at(row)
        return None if stored is None else vocabulary[key].decode(stored)

    standard = rulebook().size_standard(generator.as_of)
    firms = Enterprise.objects.bulk_create(
        Enterprise(
            credit_code=codes[row],
            name=names[row],
            entity_type=told("entity_type", row) or "",
            area=told("area", row) or home,
            industry=told("industry", row) or "",
            established_on=told("established_on", row),
            size=_size(standard, known_facts(block.facts, row)),
        )
        for row in range(block.rows)
    )
    insert(_words(block, firms, vocabulary, generator.as_of))


def _size(standard: SizeStandard, facts: Mapping[str, int | None]) -> str:
    size = standard.classify(facts).size
    return "" if size == UNDETERMINED else size


def _words(
    block: Block, firms: Sequence[Enterprise], vocabulary: Vocabulary, on: date
) -> Iterator[Row]:
    """What is told of the firms, each fact by the first of its sources."""
    at = timezone.now()
    for key, values in block.facts.items():
        fact = vocabulary[key]
        if fact.type == "text" or fact.model.derived or key in REGISTERED:
            continue
        period, source = period_of(fact, on), fact.model.sources[0]
        for row, firm in enumerate(firms):
            stored = values.at(row)
            if stored is not None:
                number, text = columns(fact, stored)
                yield Row(firm.pk, key, period, source, number, text, on, at, "合成数据")


def _person(person: DemoPerson) -> None:
    user = User.objects.create(
        username=person.username, name=f"{person.name}（演示）", is_demo=True, password="!"
    )
    if person.role is None:
        return
    membership = Membership(user=user, role=person.role, starts_on=_START)
    if person.firm is not None:
        membership.enterprise = Enterprise.objects.order_by("pk")[person.firm - 1]
    elif person.department is not None:
        membership.office = Office.objects.get(department=person.department, area=person.area)
    elif person.institution is not None:
        membership.institution = Institution.objects.get(name__startswith=person.institution)
    membership.save()


def show_accounts(address: str) -> None:
    """Print the demonstration's accounts and where to sign in with one click."""
    print(f"演示平台：{address}（合成数据；一键登录：{address}/login）")
    for person in demonstration(rulebook()).people:
        print(f"  {person.username:<12}{person.name}  {person.about}")
