"""The duties of the regulation, with what the services report about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from pydantic import Field

from huiqi.kernel.definitions.rulebook import shipped
from huiqi.kernel.errors import NotFound
from huiqi.kernel.registry import resolve, services
from huiqi.rules.policy_model import Strict
from huiqi.rules.strict_yaml import load
from huiqi.rules.validation import validate

Modality = Literal["must", "must_not", "encourage", "may", "define"]
MODALITIES: dict[str, str] = {
    "must": "应当",
    "must_not": "不得",
    "encourage": "鼓励",
    "may": "可以",
    "define": "适用",
}


class Duty(Strict):
    """One duty. ``id``: article, dot, number within it."""

    id: str = Field(pattern=r"^\d+(\.\d+)?$")
    modality: Modality
    bearer: str
    duty: str
    evidence: str

    @property
    def article(self) -> int:
        return int(self.id.split(".")[0])

    @property
    def place(self) -> str:
        """第2条（1）: the article, and the number of the duty within it."""
        article, _, number = self.id.partition(".")
        return f"第{article}条（{number}）" if number else f"第{article}条"

    @property
    def modality_text(self) -> str:
        return MODALITIES[self.modality]


class DutiesFile(Strict):
    regulation: str
    source: str
    confidence: str
    articles: dict[str, str]
    """Number of the article → its text."""

    duties: list[Duty]


@dataclass(frozen=True)
class Entry:
    """A duty with its services' titles and live evidence; none: not served yet."""

    duty: Duty
    services: tuple[str, ...]
    evidence: tuple[str, ...]


@cache
def register() -> DutiesFile | None:
    """``duties.yaml`` of the nearest jurisdiction that has one. Raises DefinitionError."""
    for folder in shipped().chain:
        path = folder / "duties.yaml"
        if path.is_file():
            return validate(load(path, path.name), DutiesFile)
    return None


def entries(on: date) -> list[Entry]:
    """All duties in the order of the regulation."""
    found = register()
    return [] if found is None else [_entry(duty, on) for duty in found.duties]


def _entry(duty: Duty, on: date) -> Entry:
    serving = [service for service in services() if duty.id in service.duties]
    evidence = [resolve(path)(on) for one in serving for path in one.duties[duty.id]]
    return Entry(duty, tuple(service.title for service in serving), tuple(evidence))


def entry(number: str, on: date) -> tuple[Entry, str]:
    """One duty and the text of its article. Raises NotFound."""
    found = register()
    for duty in found.duties if found else []:
        if found and duty.id == number:
            return _entry(duty, on), found.articles.get(str(duty.article), "")
    raise NotFound("没有这一项职责。", "请从“条例落实”页进入。")
