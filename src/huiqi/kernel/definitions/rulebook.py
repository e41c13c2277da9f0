"""The rules in force: the definition files of the jurisdiction, loaded once a process."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from huiqi.paths import jurisdictions
from huiqi.rules.codes import CodeTree
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction


@cache
def shipped() -> Jurisdiction:
    """The jurisdiction as its files say. Raises DefinitionError."""
    return load_jurisdiction(jurisdictions(), settings.HUIQI_JURISDICTION)


def rulebook() -> Jurisdiction:
    """The jurisdiction as it applies here."""
    return shipped()


def areas() -> CodeTree:
    return shipped().vocabulary.trees["area"]


def industries() -> CodeTree:
    return shipped().vocabulary.trees["industry"]


def area_name(code: str) -> str:
    """The name of an area; a code that no table has stands for itself."""
    return areas().name(code) if code in areas() else code


def industry_name(code: str) -> str:
    return industries().name(code) if code in industries() else code
