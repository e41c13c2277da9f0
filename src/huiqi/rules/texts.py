"""The sentences the engine says to people: which there are, and what is filled in.

They stand in ``texts/*.yaml`` of a jurisdiction; a nearer one may reword single ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import Formatter

from huiqi.rules.errors import DefinitionError, Problem
from huiqi.rules.policy_model import Strict
from huiqi.rules.strict_yaml import Document
from huiqi.rules.suggestions import suggest
from huiqi.rules.validation import validate

TEXTS = {
    "eligible": "",
    "ineligible": "",
    "undetermined": "",
    "criterion_true": "",
    "criterion_false": "",
    "criterion_unknown": "",
    "no_single_step": "",
    "derivation": "",
    "step_amount": "",
    "step_cap": "",
    "step_rounded": "",
    "cap_reached": "",
    "cap_not_reached": "",
    "facts_used": "",
    "illustrative": "",
    "mark_illustrative": "",
    "mark_unverified": "",
    "mark_provisional": "",
    "confidence_high": "",
    "confidence_medium": "",
    "confidence_low": "",
    "provisional": "year",
    "once": "",
    "auto": "",
    "short_of": "fact amount",
    "over_by": "fact amount",
    "wait_days": "days date",
    "date_earlier": "fact date",
    "date_later": "fact date",
    "change_flag": "fact value",
    "change_code": "fact value",
    "obtain": "fact value",
    "give_up": "fact value",
    "one_step": "step",
    "missing": "facts",
    "zero_denominator": "facts",
    "next_question": "question",
    "amount": "amount benefit",
    "unknown_amount": "facts",
    "undefined_amount": "",
    "no_amount": "benefit",
    "basis": "document article source",
    "stacking": "group",
    "cliff": "text",
}
"""Keys, and the ``{words}`` that may stand in each."""


class TextsFile(Strict):
    """Sentences the engine says to people, by key, with ``{placeholders}``."""

    texts: dict[str, str]


def load_texts(documents: Iterable[Document]) -> dict[str, str]:
    """The texts of a jurisdiction, files of nearer folders last.

    Raises DefinitionError for a key or a placeholder there is not, and for a key without text.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    last = None
    for last in documents:
        found = validate(last, TextsFile).texts
        problems += _wrong(last, found)
        texts |= found
    lacking = [key for key in TEXTS if key not in texts]
    if last is not None and lacking:
        problems.append(last.problem(("texts",), f"缺少这些文字：{'、'.join(lacking)}"))
    if problems:
        raise DefinitionError(problems)
    return texts


def _wrong(document: Document, texts: dict[str, str]) -> Iterator[Problem]:
    for key, text in texts.items():
        path = ("texts", key)
        if key not in TEXTS:
            yield document.problem(path, f"没有“{key}”这句文字{suggest(key, TEXTS)}")
            continue
        try:
            words = {word for _, word, _, _ in Formatter().parse(text) if word is not None}
        except ValueError:
            yield document.problem(path, f"“{text}”里的花括号不成对")
            continue
        known = TEXTS[key].split()
        for word in sorted(words.difference(known)):
            allowed = "、".join(f"{{{name}}}" for name in known) or "没有可填的词"
            yield document.problem(path, f"不能填“{{{word}}}”；可用：{allowed}")
