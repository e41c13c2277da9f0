"""Facts of many firms as arrays, and which facts a jurisdiction's policies read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from huiqi.rules import typed
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.size import SizeStandard
from huiqi.rules.vocabulary import FactDefinition

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CREDIT_CODE, NAME = "credit_code", "name"
INDUSTRY, AREA, ENTITY_TYPE = "industry", "area", "entity_type"
FOUNDED = "established_on"
IDENTITY = (CREDIT_CODE, NAME, ENTITY_TYPE, INDUSTRY, AREA, FOUNDED)


@dataclass
class Values:
    """One fact of many firms: stored integers, and which of them are known."""

    stored: Integers
    known: Flags

    @classmethod
    def nothing(cls, rows: int) -> Values:
        return cls(np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=bool))

    @classmethod
    def all_known(cls, stored: npt.ArrayLike) -> Values:
        array = np.asarray(stored, dtype=np.int64)
        return cls(array, np.ones(len(array), dtype=bool))

    def at(self, row: int) -> int | None:
        return int(self.stored[row]) if self.known[row] else None


@dataclass
class Pins:
    """What is fixed beforehand for some firms of a block: row → stored facts; None: unknown."""

    rows: Mapping[int, Mapping[str, int | None]] = field(default_factory=dict)
    implied: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    """Values that go with the fixed ones where nothing is fixed: a large loan, a large firm."""

    def value(self, row: int, key: str) -> int | None:
        fixed = self.rows[row].get(key)
        return self.implied.get(row, {}).get(key) if fixed is None else fixed

    def overlay(self, key: str, values: Values) -> None:
        """Put fixed values of a fact in place; what is fixed as unknown keeps its value here."""
        for row in self.rows:
            stored = self.value(row, key)
            if stored is not None:
                values.stored[row] = stored
                values.known[row] = True

    def hide(self, key: str, known: Flags) -> None:
        """Settle what a reader of the table sees: fixed values always, fixed unknowns never."""
        for row, facts in self.rows.items():
            if key in facts:
                known[row] = facts[key] is not None

    def having(self, keys: Iterable[str]) -> list[int]:
        """Rows with a fixed or implied value of one of these facts."""
        wanted = list(keys)
        return [r for r in self.rows if any(self.value(r, key) is not None for key in wanted)]


def facts_read(jurisdiction: Jurisdiction) -> list[FactDefinition]:
    """Facts that some policy or size standard reads: identity, size, then as in the vocabulary.

    Derived facts are left out: what they are derived from is in the list.
    """
    facts = jurisdiction.vocabulary.facts
    sizes = [fact.key for s in jurisdiction.size_standards for fact in size_facts(s)]
    first = dict.fromkeys(key for key in (*IDENTITY, *sizes) if key in facts)
    read: set[str] = set()
    for policy in jurisdiction.policies:
        nodes: list[typed.Node] = [criterion.condition for criterion in policy.criteria]
        nodes += [node for node in (policy.amount, policy.cap) if node is not None]
        read |= {fact.key for node in nodes for fact in typed.facts_in(node)}
    rest = [key for key in facts if key in read and key not in first]
    return [facts[key] for key in (*first, *rest) if facts[key].model.derived is None]


def size_facts(standard: SizeStandard) -> list[FactDefinition]:
    """The facts a size standard compares with its bounds, each once."""
    indicators = [i.fact for group in standard.groups for i in group.indicators]
    return list({fact.key: fact for fact in indicators}.values())


def known_facts(block: Mapping[str, Values], row: int) -> dict[str, int | None]:
    """One firm's facts as the rules take them."""
    return {key: values.at(row) for key, values in block.items()}
