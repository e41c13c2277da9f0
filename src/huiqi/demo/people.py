"""``demo/people.yaml`` of a jurisdiction: who and what the demonstration consists of."""

from __future__ import annotations

from pydantic import Field

from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy_model import Strict
from huiqi.rules.strict_yaml import load
from huiqi.rules.validation import validate


class DemoInstitution(Strict):
    kind: str
    name: str
    area: str


class DemoPerson(Strict):
    username: str
    name: str
    role: str | None = None
    firm: int | None = Field(default=None, ge=1)
    """Which of the synthetic firms, from 1."""

    department: str | None = None
    area: str | None = None
    institution: str | None = None
    about: str


class Demonstration(Strict):
    note: str
    firms: int
    seed: int
    prefecture_offices: list[str]
    county_offices: list[str]
    institutions: list[DemoInstitution]
    people: list[DemoPerson]


def demonstration(jurisdiction: Jurisdiction) -> Demonstration:
    """Raises DefinitionError, or LookupError where a jurisdiction has no demonstration."""
    for folder in jurisdiction.chain:
        path = folder / "demo" / "people.yaml"
        if path.is_file():
            return validate(load(path, path.name), Demonstration)
    raise LookupError(f"{jurisdiction.profile.name} 没有演示数据（demo/people.yaml）")
