"""What synthetic firms are assumed to be like: ``sample/facts.yaml``, ``names.yaml``, ``mix.yaml``.

The nearest folder of the jurisdiction that has a file gives it, as with all definitions. A place
without ``mix.yaml`` gets firms of all industries and areas, evenly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field

from huiqi.rules.errors import DefinitionError, Problem
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy_model import Formula, Strict
from huiqi.rules.strict_yaml import Document, load
from huiqi.rules.validation import validate
from huiqi.rules.vocabulary import Confidence

_M = TypeVar("_M", bound=Strict)

FACTS, NAMES, MIX = "sample/facts.yaml", "sample/names.yaml", "sample/mix.yaml"


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Words = Annotated[list[Formula], BeforeValidator(_listed)]
"""One word or a list of words."""

Shares = Annotated[list[Formula], BeforeValidator(_listed)]
"""One share for all firms, or one a size class with 不适用 last."""

Weights = dict[str, Annotated[float, Field(ge=0)]]


class Recipe(Strict):
    """How one fact is made. ``sample/README.md`` explains the keys."""

    where: dict[str, Words] = Field(default_factory=dict)
    unknown: Formula | None = None
    chance: Shares | None = None
    of: str | dict[str, float] | None = None
    times: str | None = None
    median: Formula | None = None
    spread: float = Field(default=0, ge=0)
    least: Formula | None = None
    most: Formula | None = None
    values: Weights | None = None
    members: dict[str, Shares] | None = None
    after: str | None = None
    shown_in: Literal["元"] | None = None

    @property
    def terms(self) -> dict[str, float]:
        """The facts a number is made from, with their factors."""
        return {self.of: 1.0} if isinstance(self.of, str) else dict(self.of or {})

    @property
    def needs(self) -> set[str]:
        """Keys of the facts to be made before this one."""
        other = {key for key in (self.times, self.after) if key is not None}
        return {*self.where, *self.terms, *other}


Recipes = Annotated[list[Recipe], BeforeValidator(_listed)]


class UncoveredModel(Strict):
    """People of firms whose industry has no size classes."""

    employees: Formula
    spread: float


class AnchorsModel(Strict):
    """People, revenue and assets: how they go together where the size standard does not say."""

    spread: float
    typical: dict[str, Formula]
    smallest: dict[str, Formula]
    micro_span: float = Field(gt=1)
    large_span: float = Field(gt=1)
    uncovered: UncoveredModel


class FactsFile(Strict):
    """``sample/facts.yaml``"""

    as_of: date
    note: str
    source: str
    confidence: Confidence
    unknown: Formula
    anchors: AnchorsModel
    facts: dict[str, Recipes]


class KindModel(Strict):
    """Endings of names and beginnings of codes for one kind of body."""

    when: dict[str, str]
    endings: list[str] = Field(min_length=1)
    code_prefixes: list[Annotated[str, Field(pattern="^[0-9A-Z]{2}$")]] = Field(min_length=1)


class NamesFile(Strict):
    """``sample/names.yaml``"""

    note: str
    prefix: str = Field(min_length=1)
    words: list[str] = Field(min_length=1)
    registration_area: str = Field(pattern="^[0-9]{6}$")
    kinds: list[KindModel] = Field(min_length=1)


class AreaWeight(Strict):
    area: str
    weight: float = Field(ge=0)


class IndustryWeight(Strict):
    code: str
    weight: float = Field(ge=0)
    word: str | None = None
    sizes: Weights | None = None


class MixFile(Strict):
    """``sample/mix.yaml``"""

    note: str
    source: str
    confidence: Confidence
    sizes: Weights
    areas: list[AreaWeight] = Field(min_length=1)
    industries: list[IndustryWeight] = Field(min_length=1)


@dataclass(frozen=True)
class Assumptions:
    """The files with the documents they came from, for messages that name a line."""

    facts: FactsFile
    facts_document: Document
    names: NamesFile
    mix: MixFile | None
    mix_document: Document | None


def load_assumptions(jurisdiction: Jurisdiction) -> Assumptions:
    """The assumptions for a jurisdiction. Raises DefinitionError."""
    facts, facts_document = _require(jurisdiction, FACTS, FactsFile)
    names, _ = _require(jurisdiction, NAMES, NamesFile)
    mix = _find(jurisdiction, MIX, MixFile)
    return Assumptions(facts, facts_document, names, *(mix or (None, None)))


def _find(jurisdiction: Jurisdiction, name: str, model: type[_M]) -> tuple[_M, Document] | None:
    for folder in jurisdiction.chain:
        path = folder / name
        if path.is_file():
            document = load(path, f"{folder.parent.name}/{folder.name}/{name}")
            return validate(document, model), document
    return None


def _require(jurisdiction: Jurisdiction, name: str, model: type[_M]) -> tuple[_M, Document]:
    found = _find(jurisdiction, name, model)
    if found is None:
        folder = jurisdiction.chain[-1]
        message = "没有这个文件，无法生成合成企业"
        raise DefinitionError(Problem(f"{folder.parent.name}/{folder.name}/{name}", 1, message))
    return found
