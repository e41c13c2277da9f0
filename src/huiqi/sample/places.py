"""What a firm is before any number: its industry, its area, its size class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huiqi.rules.codes import CodeTree
from huiqi.rules.errors import DefinitionError
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.size import NOT_APPLICABLE, SizeStandard
from huiqi.sample.assumptions import Assumptions, IndustryWeight, Weights
from huiqi.sample.columns import AREA, INDUSTRY, Floats, Integers

_WORD = 6


def leaves(tree: CodeTree, code: str) -> list[int]:
    """Positions of the nodes at or below ``code`` that have nothing below them."""
    return [tree.index(below) for below in tree.subtree(code) if not tree.children(below)]


@dataclass(frozen=True)
class Choice:
    """Positions of a tree to draw from."""

    positions: Integers
    weights: Floats

    @classmethod
    def of(cls, parts: list[tuple[list[int], float]]) -> Choice:
        """Each part's weight is shared evenly by its positions."""
        positions = np.array([p for part, _ in parts for p in part], dtype=np.int64)
        weights = np.array([weight / len(part) for part, weight in parts for _ in part])
        return cls(positions, weights / weights.sum())

    def draw(self, rng: np.random.Generator, rows: int) -> Integers:
        return rng.choice(self.positions, rows, p=self.weights)


class Places:
    """Draws industries, areas and size classes, and knows their words."""

    def __init__(
        self, jurisdiction: Jurisdiction, assumptions: Assumptions, standard: SizeStandard
    ) -> None:
        self.jurisdiction = jurisdiction
        self.assumptions = assumptions
        self.standard = standard
        self.sizes: tuple[str, ...] = (*standard.model.classes, NOT_APPLICABLE)
        """Size classes from the top, then 不适用."""

        self.groups: Integers = self._groups()
        """Group of the size standard by position in the industry tree; −1: none."""

        self.words: list[str] = self._words()
        """A word for names by position in the industry tree."""

        self._industries = self._industry_choice()
        self._areas = self._area_choice()
        self._size_shares = self._sizes_by_industry()

    @property
    def industries(self) -> CodeTree:
        return self.jurisdiction.vocabulary.trees[INDUSTRY]

    @property
    def areas(self) -> CodeTree:
        return self.jurisdiction.vocabulary.trees[AREA]

    def draw_industries(self, rng: np.random.Generator, rows: int) -> Integers:
        return self._industries.draw(rng, rows)

    def draw_areas(self, rng: np.random.Generator, rows: int) -> Integers:
        return self._areas.draw(rng, rows)

    def draw_sizes(self, rng: np.random.Generator, industries: Integers) -> Integers:
        """Position in ``sizes`` by the industry's own mix; 不适用 where it has no classes."""
        limits = np.cumsum(self._size_shares[industries], axis=1)
        drawn: Integers = (rng.random(len(industries))[:, None] >= limits).sum(axis=1)
        drawn = np.minimum(drawn, limits.shape[1] - 1)
        drawn[self.groups[industries] < 0] = len(self.sizes) - 1
        return drawn

    # --- tables by position ------------------------------------------------------------------

    def _groups(self) -> Integers:
        groups = np.full(len(self.industries) + 1, -1, dtype=np.int64)
        for number, group in enumerate(self.standard.groups):
            for code in group.member.codes:
                low, high = self.industries.span(code)
                groups[low : high + 1] = number
        return groups

    def _entries(self) -> list[tuple[str, IndustryWeight]]:
        mix, document = self.assumptions.mix, self.assumptions.mix_document
        if mix is None or document is None:
            return [(c, IndustryWeight(code=c, weight=1)) for c in self.industries.roots]
        entries = []
        for index, entry in enumerate(mix.industries):
            try:
                entries.append((self.industries.parse(entry.code), entry))
            except ValueError as error:
                raise DefinitionError(
                    document.problem(("industries", index), str(error))
                ) from error
        return entries

    def _industry_choice(self) -> Choice:
        tree = self.industries
        return Choice.of([(leaves(tree, code), e.weight) for code, e in self._entries()])

    def _area_choice(self) -> Choice:
        tree, mix = self.areas, self.assumptions.mix
        document = self.assumptions.mix_document
        if mix is None or document is None:
            home = self.jurisdiction.profile.home
            codes = [home] if home else list(tree.roots)
            return Choice.of([(leaves(tree, code), 1.0) for code in codes])
        parts = []
        for index, entry in enumerate(mix.areas):
            code = tree.find(entry.area)
            if code is None:
                message = f"“{entry.area}”不在行政区划表中，或有多个同名的"
                raise DefinitionError(document.problem(("areas", index), message))
            parts.append((leaves(tree, code), entry.weight))
        return Choice.of(parts)

    def _words(self) -> list[str]:
        tree = self.industries
        words = ["", *(tree.name(code).split("、")[0][:_WORD] for code in tree)]
        for code, entry in self._entries():
            if entry.word:
                low, high = tree.span(code)
                words[low : high + 1] = [entry.word] * (high + 1 - low)
        return words

    def _sizes_by_industry(self) -> Floats:
        classes = self.standard.model.classes
        mix = self.assumptions.mix
        usual: Weights = mix.sizes if mix else dict.fromkeys(classes, 1.0)
        shares = np.tile(_shares(usual, classes), (len(self.industries) + 1, 1))
        for code, entry in self._entries():
            if entry.sizes:
                low, high = self.industries.span(code)
                shares[low : high + 1] = _shares(entry.sizes, classes)
        return shares


def _shares(weights: Weights, classes: list[str]) -> Floats:
    found = np.array([weights.get(size, 0.0) for size in classes], dtype=np.float64)
    shares: Floats = found / found.sum()
    return shares
