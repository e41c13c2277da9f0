"""People, revenue and assets: drawn so that the size standard gives the class that was drawn.

A firm of a class has every indicator of its group between the class's lower bound and the one
above, on a logarithmic scale; one hidden number places it in all of them, so that they go
together. What the group does not ask for follows from what it does, by typical proportions.
"""

from __future__ import annotations

import numpy as np

from huiqi.rules.errors import DefinitionError
from huiqi.rules.size import Indicator
from huiqi.rules.units import parse_quantity
from huiqi.rules.vocabulary import FactDefinition
from huiqi.sample.assumptions import Assumptions
from huiqi.sample.columns import Floats, Integers, Pins, Values, size_facts
from huiqi.sample.places import Places
from huiqi.sample.rounding import rounded, step

_TOGETHER = 0.65  # how much of the place within the class the indicators share


def base_value(
    text: str, fact: FactDefinition, assumptions: Assumptions, *path: str | int
) -> float:
    """A quantity of the files in base units of the fact. Raises DefinitionError on its line."""
    quantity = parse_quantity(text)
    if quantity is None or quantity.dimension != fact.unit.dimension:
        message = f"{fact.name}应带单位 {fact.unit.name or '（无）'}，却是“{text}”"
        raise DefinitionError(assumptions.facts_document.problem(path, message))
    return float(quantity.value)


class Anchors:
    """Draws the facts the size standard reads."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.facts: list[FactDefinition] = size_facts(places.standard)
        model = places.assumptions.facts.anchors
        self._typical = self._base_values("typical", model.typical)
        self._smallest = self._base_values("smallest", model.smallest)

    def _base_values(self, name: str, given: dict[str, str]) -> dict[str, float]:
        """A quantity for each fact, by key, in base units; 1 where none is given."""
        assumptions, found = self.places.assumptions, {}
        for fact in self.facts:
            text = given.get(fact.key, f"1{fact.unit.name}")
            found[fact.key] = base_value(text, fact, assumptions, "anchors", name, fact.key)
        return found

    def draw(
        self, rng: np.random.Generator, industries: Integers, sizes: Integers, pins: Pins
    ) -> dict[str, Values]:
        rows = len(industries)
        together = rng.random(rows)
        made = {fact.key: np.full(rows, np.nan) for fact in self.facts}
        groups = self.places.groups[industries]
        for number, group in enumerate(self.places.standard.groups):
            chosen = np.flatnonzero(groups == number)
            for indicator in group.indicators:
                place = _TOGETHER * together[chosen] + (1 - _TOGETHER) * rng.random(len(chosen))
                made[indicator.fact.key][chosen] = self._within(indicator, sizes[chosen], place)
        self._uncovered(rng, made, groups < 0)
        self._complete(rng, made)
        values = {f.key: Values.all_known(self._stored(f, made[f.key])) for f in self.facts}
        return self._follow_pins(rng, values, pins)

    def _within(self, indicator: Indicator, sizes: Integers, place: Floats) -> Floats:
        """Between the bounds of the class, both in whole steps, so that rounding stays inside."""
        fact, model = indicator.fact, self.places.assumptions.facts.anchors
        floors = np.array([float(bound) for bound in indicator.floors.values()])
        low = np.append(floors, max(floors[-1] / model.micro_span, self._smallest[fact.key]))
        high = np.concatenate(([floors[0] * model.large_span], floors))
        low_of, high_of = low[sizes], high[sizes]
        value: Floats = low_of * (high_of / low_of) ** place
        highest = np.maximum(low_of, high_of - _steps(fact, high_of))
        inside: Floats = np.minimum(np.maximum(value, low_of), highest)
        return inside

    def _uncovered(
        self, rng: np.random.Generator, made: dict[str, Floats], uncovered: np.ndarray
    ) -> None:
        model = self.places.assumptions.facts.anchors.uncovered
        fact = next((f for f in self.facts if f.key == "employees"), self.facts[0])
        median = base_value(
            model.employees, fact, self.places.assumptions, "anchors", "uncovered", "employees"
        )
        drawn = median * np.exp(model.spread * rng.normal(size=len(uncovered)))
        made[fact.key][uncovered] = np.maximum(drawn, self._smallest[fact.key])[uncovered]

    def _complete(self, rng: np.random.Generator, made: dict[str, Floats]) -> None:
        """What is missing follows from what is there."""
        relative = np.array([np.log(made[f.key] / self._typical[f.key]) for f in self.facts])
        missing = np.isnan(relative)
        level = np.nanmean(relative, axis=0)
        spread = self.places.assumptions.facts.anchors.spread
        for index, fact in enumerate(self.facts):
            noise = spread * rng.normal(size=len(level))
            typical = self._typical[fact.key] * np.exp(level + noise)
            typical = np.maximum(typical, self._smallest[fact.key])
            made[fact.key] = np.where(missing[index], typical, made[fact.key])

    def _follow_pins(
        self, rng: np.random.Generator, values: dict[str, Values], pins: Pins
    ) -> dict[str, Values]:
        """A fixed revenue of a firm draws its people and assets along."""
        rows = np.array(pins.having(values), dtype=np.int64)
        made = {fact.key: np.full(len(rows), np.nan) for fact in self.facts}
        for place, row in enumerate(rows):
            for fact in self.facts:
                stored = pins.value(int(row), fact.key)
                if stored is not None:
                    made[fact.key][place] = max(stored / fact.scale, self._smallest[fact.key])
        if len(rows):
            self._complete(rng, made)
        for fact in self.facts:
            values[fact.key].stored[rows] = self._stored(fact, made[fact.key])
            pins.overlay(fact.key, values[fact.key])
        return values

    def _stored(self, fact: FactDefinition, value: Floats) -> Integers:
        return rounded(fact, value * fact.scale)


def _steps(fact: FactDefinition, value: Floats) -> Floats:
    return step(fact, value * fact.scale) / fact.scale
