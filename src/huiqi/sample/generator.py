"""Synthetic firms in blocks: the same seed gives the same firms, however many are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter

import numpy as np

from huiqi.rules.dates import to_days
from huiqi.rules.errors import DefinitionError
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.vocabulary import FactDefinition
from huiqi.sample.anchors import Anchors
from huiqi.sample.assumptions import Assumptions, load_assumptions
from huiqi.sample.columns import AREA, INDUSTRY, Flags, Integers, Pins, Values, facts_read
from huiqi.sample.places import Places
from huiqi.sample.recipes import Compiler, Maker
from huiqi.sample.rounding import rounded

BLOCK = 10_000
_PLACE_UNKNOWN = 0.01
_NO_PINS = Pins()


@dataclass(frozen=True)
class Block:
    """Some firms: what they tell (``facts``), by key, and where they stand in the sample."""

    first: int
    """Number of the first firm, from 1."""

    rows: int
    facts: dict[str, Values]
    made: dict[str, Values]
    """Everything that was made, also what firms do not tell."""

    def take(self, rows: Integers, first: int = 1) -> Block:
        """These firms in this order, numbered anew."""
        facts, made = (
            {key: Values(v.stored[rows], v.known[rows]) for key, v in values.items()}
            for values in (self.facts, self.made)
        )
        return Block(first, len(rows), facts, made)


def joined(blocks: list[Block]) -> Block:
    """Blocks of one generator, one after the other, numbered anew."""

    def chained(parts: list[dict[str, Values]]) -> dict[str, Values]:
        return {
            key: Values(
                np.concatenate([part[key].stored for part in parts]),
                np.concatenate([part[key].known for part in parts]),
            )
            for key in parts[0]
        }

    rows = sum(block.rows for block in blocks)
    return Block(1, rows, chained([b.facts for b in blocks]), chained([b.made for b in blocks]))


class Generator:
    """Makes the firms of one jurisdiction. Raises DefinitionError for wrong sample files."""

    def __init__(self, jurisdiction: Jurisdiction, seed: int, as_of: date | None = None) -> None:
        self.jurisdiction = jurisdiction
        self.assumptions: Assumptions = load_assumptions(jurisdiction)
        self.seed = seed
        self.as_of = as_of or self.assumptions.facts.as_of
        standard = jurisdiction.size_standard(self.as_of)
        self.places = Places(jurisdiction, self.assumptions, standard)
        self.anchors = Anchors(self.places)
        self.facts = facts_read(jurisdiction)
        self.makers = self._makers()

    def blocks(self, firms: int, rows: int = BLOCK) -> Iterator[Block]:
        """So many firms, ``rows`` at a time.

        Blocks are always made whole, so that a firm does not depend on how many are asked for.
        """
        for number, start in enumerate(range(0, firms, rows)):
            block = self.block(number, start + 1, rows)
            left = firms - start
            yield block if left >= rows else block.take(np.arange(left), block.first)

    def block(self, number: int, first: int, rows: int, pins: Pins = _NO_PINS) -> Block:
        """One block of firms, some of whose facts may be fixed beforehand."""
        rng = np.random.default_rng([self.seed, number])
        pins = Pins(pins.rows, {row: self._implied(facts) for row, facts in pins.rows.items()})
        made = {
            INDUSTRY: Values.all_known(self.places.draw_industries(rng, rows)),
            AREA: Values.all_known(self.places.draw_areas(rng, rows)),
        }
        for key, values in made.items():
            pins.overlay(key, values)
        industries = made[INDUSTRY].stored
        sizes = self.places.draw_sizes(rng, industries)
        made |= self.anchors.draw(rng, industries, sizes, pins)
        untold = {key: rng.random(rows) < _PLACE_UNKNOWN for key in made}
        for maker in self.makers:
            key = maker.fact.key
            made[key], untold[key] = maker.make(rng, made, sizes)
            pins.overlay(key, made[key])
        told = {f.key: _told(made[f.key], untold[f.key], pins, f) for f in self._told_facts}
        return Block(first, rows, told, made)

    def _implied(self, fixed: Mapping[str, int | None]) -> dict[str, int]:
        """What the fixed parts of a firm say of the wholes they are parts of."""
        parents = {maker.fact.key: maker.parent for maker in self.makers if maker.parent}
        found: dict[str, int] = {}
        waiting = [(key, stored) for key, stored in fixed.items() if stored]
        while waiting:
            key, stored = waiting.pop()
            parent, share = parents.get(key, ("", 0.0))
            if not share or fixed.get(parent) is not None:
                continue
            fact, whole = self.jurisdiction.vocabulary[key], self.jurisdiction.vocabulary[parent]
            value = np.array([stored / fact.scale / share * whole.scale])
            implied = int(rounded(whole, value)[0])
            if implied > found.get(parent, 0):
                found[parent] = implied
                waiting.append((parent, implied))
        return found

    @property
    def _told_facts(self) -> list[FactDefinition]:
        return [fact for fact in self.facts if fact.type != "text"]

    def _makers(self) -> list[Maker]:
        """Makers of the facts wanted and of what they are made from, in a workable order."""
        vocabulary = self.jurisdiction.vocabulary
        compiler = Compiler(vocabulary, self.assumptions, self.places.sizes, to_days(self.as_of))
        self._refuse_unknown_keys()
        given = {INDUSTRY, AREA, *(fact.key for fact in self.anchors.facts)}
        makers: dict[str, Maker] = {}
        waiting = [fact.key for fact in self._told_facts]
        waiting += [key for kind in self.assumptions.names.kinds for key in kind.when]
        while waiting:
            key = waiting.pop()
            if key not in makers and key not in given:
                makers[key] = compiler.maker(vocabulary[key])
                waiting.extend(makers[key].needs)
        ordered = sorted(makers, key=lambda key: vocabulary[key].position)
        sorter = TopologicalSorter({key: sorted(makers[key].needs - given) for key in ordered})
        try:
            return [makers[key] for key in sorter.static_order()]
        except CycleError as error:
            circle = "、".join(error.args[1])
            problem = self.assumptions.facts_document.problem(("facts",), f"互相依赖：{circle}")
            raise DefinitionError(problem) from error

    def _refuse_unknown_keys(self) -> None:
        known, document = self.jurisdiction.vocabulary.facts, self.assumptions.facts_document
        problems = [
            document.problem(("facts", key), f"没有“{key}”这个事实")
            for key in self.assumptions.facts.facts
            if key not in known
        ]
        if problems:
            raise DefinitionError(problems)


def _told(values: Values, untold: Flags, pins: Pins, fact: FactDefinition) -> Values:
    known = values.known & ~untold
    pins.hide(fact.key, known)
    return Values(values.stored, known)
