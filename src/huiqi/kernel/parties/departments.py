"""Departments 部门 from ``codes/departments.yaml``: names, whose facts each reads and brings."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field

from huiqi.kernel.definitions.rulebook import shipped
from huiqi.rules.policy_model import Strict
from huiqi.rules.strict_yaml import load
from huiqi.rules.validation import validate
from huiqi.rules.vocabulary import Confidence, Source


class Department(Strict):
    key: str
    name: str
    aliases: list[str] = Field(default_factory=list)
    sees: list[Source] | Literal["all"]
    writes: list[Source]

    def may_read(self, source: str) -> bool:
        """Whether its offices may read a fact from this source; what firms declare, all may."""
        return self.sees == "all" or source == "declared" or source in self.sees


class DepartmentsFile(Strict):
    source: str
    confidence: Confidence
    departments: list[Department] = Field(min_length=1)


@cache
def departments() -> dict[str, Department]:
    """By key, in the order of the file. Raises DefinitionError."""
    for folder in shipped().chain:
        path = folder / "codes" / "departments.yaml"
        if path.is_file():
            found = validate(load(path, path.name), DepartmentsFile).departments
            return {department.key: department for department in found}
    return {}


@cache
def canonical(name: str) -> str:
    """The key of a department that a policy may call by another name."""
    for department in departments().values():
        if name in department.aliases:
            return department.key
    return name
