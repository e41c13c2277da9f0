"""Recipes of ``sample/facts.yaml``, compiled: each draws one fact for some firms of a block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from huiqi.rules.errors import DefinitionError, ExpressionError, FactError
from huiqi.rules.units import DAYS, PLAIN, UNITS, Dimension, multiply, parse_quantity
from huiqi.rules.vocabulary import FactDefinition, Vocabulary
from huiqi.sample.assumptions import Assumptions, Recipe
from huiqi.sample.columns import Flags, Floats, Integers, Values
from huiqi.sample.rounding import rounded
from huiqi.sample.row_tests import Frame, RowTest, row_test

SIZE = "size"
_Draw = Callable[[np.random.Generator, Frame, Integers, Integers], Integers]
"""(random numbers, facts made so far, rows, their size classes) → stored integers."""


@dataclass(frozen=True)
class Case:
    """One recipe of a fact: for the rows that pass all tests."""

    tests: tuple[RowTest, ...]
    sizes: tuple[int, ...] | None
    unknown: float
    draw: _Draw

    def applies(self, frame: Frame, sizes: Integers) -> Flags:
        found = np.full(len(sizes), True)
        if self.sizes is not None:
            found &= np.isin(sizes, self.sizes)
        for test in self.tests:
            found &= test(frame)
        return found


@dataclass(frozen=True)
class Maker:
    """All recipes of a fact: the first that applies to a firm makes it; none: unknown."""

    fact: FactDefinition
    cases: tuple[Case, ...]
    needs: frozenset[str]
    parent: tuple[str, float] | None = None
    """The one fact a number is a part of, and the usual part, in base units."""

    def make(self, rng: np.random.Generator, frame: Frame, sizes: Integers) -> tuple[Values, Flags]:
        """The fact of every firm, and which firms did not tell it."""
        values, untold = Values.nothing(len(sizes)), np.full(len(sizes), False)
        left = np.full(len(sizes), True)
        for case in self.cases:
            chosen = np.flatnonzero(left & case.applies(frame, sizes))
            values.stored[chosen] = case.draw(rng, frame, chosen, sizes[chosen])
            values.known[chosen] = True
            untold[chosen] = rng.random(len(chosen)) < case.unknown
            left[chosen] = False
        return values, untold


class Compiler:
    """Turns recipes into makers; a fault becomes a problem on the recipe's line."""

    def __init__(
        self, vocabulary: Vocabulary, assumptions: Assumptions, sizes: tuple[str, ...], as_of: int
    ) -> None:
        self.vocabulary = vocabulary
        self.assumptions = assumptions
        self.sizes = sizes
        self.as_of = as_of

    def maker(self, fact: FactDefinition) -> Maker:
        """The maker of a fact; one without recipes gets a plain one. Raises DefinitionError."""
        recipes = self.assumptions.facts.facts.get(fact.key)
        try:
            cases = tuple(self._case(fact, r) for r in recipes or [plain_recipe(fact)])
        except (ExpressionError, FactError) as error:
            said = error.message if isinstance(error, ExpressionError) else str(error)
            document = self.assumptions.facts_document
            raise DefinitionError(document.problem(("facts", fact.key), said)) from error
        needs = frozenset().union(*(r.needs for r in recipes or [])) - {SIZE}
        return Maker(fact, cases, needs, self._parent(recipes or []))

    def _parent(self, recipes: list[Recipe]) -> tuple[str, float] | None:
        for recipe in recipes:
            key = recipe.of
            if isinstance(key, str) and recipe.times is None and self._fact(key).type == "number":
                quantity = parse_quantity(recipe.median or "1")
                return None if quantity is None else (key, float(quantity.value))
        return None

    def _case(self, fact: FactDefinition, recipe: Recipe) -> Case:
        tests = tuple(
            row_test(self._fact(key), words, self.as_of)
            for key, words in recipe.where.items()
            if key != SIZE
        )
        sizes = recipe.where.get(SIZE)
        unknown = recipe.unknown or self.assumptions.facts.unknown
        return Case(
            tests,
            None if sizes is None else tuple(self._size(size) for size in sizes),
            _share(unknown),
            self._draw(fact, recipe),
        )

    def _fact(self, key: str) -> FactDefinition:
        if key not in self.vocabulary.facts:
            raise ExpressionError(f"没有“{key}”这个事实")
        return self.vocabulary[key]

    def _size(self, word: str) -> int:
        if word not in self.sizes:
            raise ExpressionError(f"规模没有“{word}”，可选：{'、'.join(self.sizes)}")
        return self.sizes.index(word)

    def _by_size(self, shares: list[str]) -> Floats:
        """A share for each size class."""
        found = np.array([_share(share) for share in shares])
        if len(found) == 1:
            return np.repeat(found, len(self.sizes))
        if len(found) != len(self.sizes):
            raise ExpressionError(
                f"应写 1 个比例，或 {len(self.sizes)} 个（{'、'.join(self.sizes)}）"
            )
        return found

    # --- kinds of facts ----------------------------------------------------------------------

    def _draw(self, fact: FactDefinition, recipe: Recipe) -> _Draw:
        if recipe.values is not None:
            return _one_of(fact, recipe.values)
        if fact.type == "set":
            return self._members(fact, recipe)
        if fact.type == "flag":
            chance = self._by_size(recipe.chance or ["0%"])
            return lambda rng, _, rows, sizes: (rng.random(len(rows)) < chance[sizes]).astype(int)
        if fact.type == "date":
            return self._date(fact, recipe)
        if fact.type == "number":
            return self._number(fact, recipe) if recipe.median else _zero
        raise ExpressionError(f"{fact.name}要写 values")

    def _members(self, fact: FactDefinition, recipe: Recipe) -> _Draw:
        chances = {
            fact.encode([member]): self._by_size(shares)
            for member, shares in (recipe.members or {}).items()
        }

        def draw(rng: np.random.Generator, _: Frame, rows: Integers, sizes: Integers) -> Integers:
            mask = np.zeros(len(rows), dtype=np.int64)
            for bit, chance in chances.items():
                mask |= np.where(rng.random(len(rows)) < chance[sizes], bit, 0)
            return mask

        return draw

    def _date(self, fact: FactDefinition, recipe: Recipe) -> _Draw:
        factor, as_of, after = _Factor(recipe, DAYS), self.as_of, recipe.after

        def draw(rng: np.random.Generator, frame: Frame, rows: Integers, _: Integers) -> Integers:
            days = as_of - np.rint(factor.draw_inside(rng, len(rows))).astype(np.int64)
            if after is not None:
                known, stored = frame[after].known[rows], frame[after].stored[rows]
                days = np.where(known, np.maximum(days, np.minimum(stored + 1, as_of)), days)
            return np.clip(days, *fact.bounds)

        return draw

    def _number(self, fact: FactDefinition, recipe: Recipe) -> _Draw:
        terms = {self._fact(key): weight for key, weight in recipe.terms.items()}
        times = self._fact(recipe.times) if recipe.times else None
        factor = _Factor(recipe, multiply(fact.unit.dimension, self._dimension(terms, times), -1))
        chance = self._by_size(recipe.chance or ["100%"])

        def draw(
            rng: np.random.Generator, frame: Frame, rows: Integers, sizes: Integers
        ) -> Integers:
            base = self._base(frame, rows, terms)
            if times is not None:
                base = base * (frame[times.key].stored[rows] / times.scale)
            stored = rounded(fact, base * factor.draw(rng, len(rows)) * fact.scale)
            if factor.high is not None:
                # Rounding up must not carry a part over the whole.
                cap = np.floor(base * factor.high * fact.scale + 1e-6).astype(np.int64)
                stored = np.where(base >= 0, np.minimum(stored, np.maximum(cap, 0)), stored)
            stored[rng.random(len(rows)) >= chance[sizes]] = 0
            return np.clip(stored, *fact.bounds)

        return draw

    def _dimension(
        self, terms: dict[FactDefinition, float], times: FactDefinition | None
    ) -> Dimension:
        dimensions = {DAYS if f.type == "date" else f.unit.dimension for f in terms}
        if len(dimensions) > 1:
            raise ExpressionError("of 里的各项单位不同，不能相加")
        found = dimensions.pop() if dimensions else PLAIN
        return multiply(found, times.unit.dimension) if times else found

    def _base(self, frame: Frame, rows: Integers, terms: dict[FactDefinition, float]) -> Floats:
        """The sum a number is a part of, in base units; 1 when it stands alone."""
        if not terms:
            return np.ones(len(rows))
        total = np.zeros(len(rows))
        for fact, weight in terms.items():
            known, stored = frame[fact.key].known[rows], frame[fact.key].stored[rows]
            value = self.as_of - stored if fact.type == "date" else stored / fact.scale
            total += weight * np.where(known, value, 0)
        return total


class _Factor:
    """A log-normal factor between limits, in base units of its dimension."""

    def __init__(self, recipe: Recipe, dimension: Dimension) -> None:
        self.spread = recipe.spread
        self.median = self._quantity(recipe.median or "1", dimension)
        self.low = None if recipe.least is None else self._quantity(recipe.least, dimension)
        self.high = None if recipe.most is None else self._quantity(recipe.most, dimension)

    @staticmethod
    def _quantity(text: str, dimension: Dimension) -> float:
        quantity = parse_quantity(text)
        if quantity is None or quantity.dimension != dimension:
            raise ExpressionError(f"“{text}”的单位不对")
        return float(quantity.value)

    def draw(self, rng: np.random.Generator, rows: int) -> Floats:
        found = self.median * np.exp(self.spread * rng.normal(size=rows))
        if self.low is not None or self.high is not None:
            found = np.clip(found, self.low, self.high)
        return found

    def draw_inside(self, rng: np.random.Generator, rows: int) -> Floats:
        """As `draw`, but what falls outside the limits is spread between, not piled on them."""
        found = self.median * np.exp(self.spread * rng.normal(size=rows))
        low = 0.0 if self.low is None else self.low
        high = 2 * self.median if self.high is None else self.high
        return np.where((found < low) | (found > high), rng.uniform(low, high, rows), found)


def plain_recipe(fact: FactDefinition) -> Recipe:
    """A fact nobody wrote a recipe for: a little of everything, mostly nothing."""
    if fact.type == "number":
        unit = "" if fact.unit.name in ("", "倍") else fact.unit.name
        median = {"元": "20万元", "%": "10%"}.get(unit, f"5{unit}")
        return Recipe(chance=["30%"], median=median, spread=0.8)
    if fact.type == "date":
        return Recipe(median="600天", spread=0.8, least="5天", most="5000天")
    if fact.type == "set":
        return Recipe(members={value: ["8%"] for value in fact.values})
    if fact.type == "code":
        return Recipe(values=dict.fromkeys(fact.values, 1.0))
    return Recipe(chance=["10%"])


def _zero(_: np.random.Generator, __: Frame, rows: Integers, ___: Integers) -> Integers:
    return np.zeros(len(rows), dtype=np.int64)


def _one_of(fact: FactDefinition, weights: dict[str, float]) -> _Draw:
    """One of the values listed, by weight."""
    stored = np.array([_stored(fact, value) for value in weights], dtype=np.int64)
    shares = np.array(list(weights.values()))
    shares = shares / shares.sum()
    return lambda rng, _, rows, __: rng.choice(stored, len(rows), p=shares)


def _stored(fact: FactDefinition, value: str) -> int:
    if fact.type != "number":
        return fact.encode(value)
    quantity = parse_quantity(value)
    if quantity is None or quantity.dimension != fact.unit.dimension:
        raise ExpressionError(f"{fact.name}没有“{value}”这样的值")
    return round(quantity.value * fact.scale)


def _share(text: str) -> float:
    quantity = parse_quantity(text)
    if quantity is None or quantity.dimension != UNITS["%"].dimension:
        raise ExpressionError(f"“{text}”不是比例，应写作 5%")
    if not 0 <= quantity.value <= Fraction(1):
        raise ExpressionError(f"比例“{text}”应在 0% 至 100% 之间")
    return float(quantity.value)
