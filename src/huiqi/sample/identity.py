"""Names and credit codes of synthetic firms: in form right, and nobody's.

The credit code 统一社会信用代码 (GB 32100-2015) has a valid organisation code and check digit, but
the registration area 000000, which is no place. The name says 示例 and carries the firm's number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from huiqi.rules.errors import DefinitionError, FactError, Problem
from huiqi.rules.vocabulary import FactDefinition
from huiqi.sample.columns import AREA, INDUSTRY, Flags, Floats, Integers
from huiqi.sample.generator import Block, Generator
from huiqi.tables.credit_code import ALPHABET, check_digits

Characters = npt.NDArray[np.uint8]

_BASE = len(ALPHABET)
_ORGANISATION = 8
_SPACE = _BASE**_ORGANISATION
_STRIDE = 527_114_000_033  # prime to 31: neighbours' codes look nothing alike, and none repeats
_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])  # GB 11714
_DIGITS = 4
_SHORTEST_STEM = 2
_ENDINGS = "市县区州盟旗"


@dataclass(frozen=True)
class _Kind:
    """One kind of body of ``names.yaml``: how to know it, how its names end and its codes begin."""

    tests: tuple[tuple[str, int], ...]
    endings: list[str]
    prefixes: list[str]

    def applies(self, block: Block) -> Flags:
        found = np.full(block.rows, True)
        for key, stored in self.tests:
            values = block.facts.get(key) or block.made[key]
            found &= values.known & (values.stored == stored)
        return found


class Identity:
    """Gives firms their names and codes."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self._kinds = self._read_kinds()
        self._places = ["", *map(self._place, generator.places.areas)]

    def name_and_code(self, block: Block) -> tuple[pl.Series, pl.Series]:
        """The names and the credit codes of a block's firms."""
        rng = np.random.default_rng([self.generator.seed, 1, block.first])
        # Row by row, so that a firm's draws do not depend on how many follow.
        drawn = rng.random((block.rows, 3))
        endings, prefixes = self._by_kind(block, drawn[:, 0], drawn[:, 1])
        names = self.generator.assumptions.names
        words = pl.Series(_picked(names.words, drawn[:, 2]))
        number = pl.Series(np.arange(block.first, block.first + block.rows))
        parts = [
            pl.Series("place", self._places).gather(block.made[AREA].stored),
            words.alias("word"),
            pl.Series("industry", self.generator.places.words).gather(block.made[INDUSTRY].stored),
            endings.alias("ending"),
            number.cast(pl.String).str.zfill(_DIGITS).alias("number"),
        ]
        prefix = pl.lit(names.prefix)
        shown = pl.format(
            "{}{}{}{}{}（{}{}）",
            *(prefix, "place", "word", "industry", "ending"),
            *(prefix, "number"),
        )
        return pl.DataFrame(parts).select(shown.alias("name"))["name"], self._codes(block, prefixes)

    def _by_kind(self, block: Block, one: Floats, other: Floats) -> tuple[pl.Series, list[str]]:
        """Ending of the name and beginning of the code, by the first kind that applies."""
        endings = np.full(block.rows, "", dtype=object)
        prefixes = np.full(block.rows, "", dtype=object)
        left = np.full(block.rows, True)
        for kind in self._kinds:
            # The last kind takes whom nobody else took.
            chosen = np.flatnonzero(left & (kind.applies(block) | (kind is self._kinds[-1])))
            left[chosen] = False
            endings[chosen] = _picked(kind.endings, one[chosen])
            prefixes[chosen] = _picked(kind.prefixes, other[chosen])
        return pl.Series(endings.tolist(), dtype=pl.String), prefixes.tolist()

    def _codes(self, block: Block, prefixes: list[str]) -> pl.Series:
        area = self.generator.assumptions.names.registration_area
        head = np.frombuffer("".join(prefixes).encode(), dtype=np.uint8).reshape(-1, 2)
        place = np.tile(np.frombuffer(area.encode(), dtype=np.uint8), (block.rows, 1))
        numbers = np.arange(block.first, block.first + block.rows, dtype=np.int64)
        # Within 64 bits for seventeen million firms.
        organisation = organisation_codes((numbers * _STRIDE + self.generator.seed) % _SPACE)
        first = np.concatenate([head, place, organisation], axis=1)
        codes = np.concatenate([first, check_digits(first)[:, None]], axis=1)
        return pl.Series(codes.view("S18").ravel().astype(str).tolist())

    def _read_kinds(self) -> list[_Kind]:
        vocabulary = self.generator.jurisdiction.vocabulary
        kinds = []
        for kind in self.generator.assumptions.names.kinds:
            tests = tuple(
                (key, _encoded(vocabulary.facts.get(key), key, value))
                for key, value in kind.when.items()
            )
            kinds.append(_Kind(tests, kind.endings, kind.code_prefixes))
        return kinds

    def _place(self, code: str) -> str:
        """The county a firm is in, as people call it."""
        tree = self.generator.places.areas
        chain = [code, *tree.ancestors(code)]
        county = next((c for c in chain if tree.level(c) == "county"), code)
        node = tree.node(county)
        if len(node.name) > _SHORTEST_STEM and node.name[-1] in _ENDINGS:
            return node.name[:-1]
        return min((s for s in node.short if not s.isdecimal()), key=len, default=node.name)


def _picked(words: list[str], drawn: Floats) -> list[str]:
    """One of the words for each number from 0 to 1."""
    return [words[place] for place in (drawn * len(words)).astype(int)]


def _encoded(fact: FactDefinition | None, key: str, value: str) -> int:
    try:
        if fact is None:
            raise FactError(f"没有“{key}”这个事实")
        return fact.encode(value)
    except FactError as error:
        raise DefinitionError(Problem("sample/names.yaml", 1, str(error))) from error


def organisation_codes(numbers: Integers) -> Characters:
    """Nine characters a number: eight of the alphabet and the check character of GB 11714."""
    places = _BASE ** np.arange(_ORGANISATION - 1, -1, -1, dtype=np.int64)
    letters = _LETTERS[numbers[:, None] // places % _BASE]
    values = np.where(letters >= ord("A"), letters - ord("A") + 10, letters - ord("0"))
    check = 11 - values.astype(np.int64) @ _ORGANISATION_WEIGHTS % 11
    shown = np.frombuffer(b"0123456789X0", dtype=np.uint8)
    return np.concatenate([letters, shown[np.where(check == 11, 0, check)][:, None]], axis=1)
