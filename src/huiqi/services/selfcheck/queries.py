"""Self-checks: nothing is kept; the answers live in a signed word in the address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.core import signing

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.explainers import explainer, explainer_of
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import Invalid, NotFound
from huiqi.kernel.facts import queries as facts
from huiqi.kernel.parties import queries as parties
from huiqi.kernel.parties.models import Enterprise
from huiqi.rules.errors import FactError
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy
from huiqi.rules.vocabulary import FactDefinition
from huiqi.services.selfcheck.rules import (
    Answers,
    Questions,
    Screen,
    SelfCheck,
    load_questions,
    read_plain,
)
from huiqi.web.determinations import Findings

_SALT = "huiqi.self-check"


@lru_cache(4)
def _questions(book: Jurisdiction) -> Questions:
    return load_questions(book)


def questions() -> Questions:
    """The pages of the self-check under the rules as published now."""
    return _questions(rulebook())


def token(answers: Answers) -> str:
    """The answers as a signed word for an address; no name, no number of any firm is in it."""
    return signing.dumps(answers.plain(rulebook().vocabulary), salt=_SALT, compress=True)


def answers(token: str) -> Answers:
    """What ``token`` made; nothing answered for an empty one. Raises Invalid."""
    if not token:
        return Answers()
    try:
        data: Any = signing.loads(token, salt=_SALT)
        return read_plain(data, rulebook().vocabulary)
    except (signing.BadSignature, FactError, AttributeError, KeyError, TypeError, ValueError):
        message = "这个自测链接不完整，或者已经改动过。"
        raise Invalid(message, "请让对方重新复制完整的链接，或者重新自测。") from None


def policy(key: str, on: date) -> Policy:
    """The policy a self-check is about. Raises NotFound."""
    try:
        return rulebook().policy(key, on)
    except LookupError as error:
        raise NotFound(str(error.args[0]), "请从政策库里选一项。") from None


def check(answers: Answers, on: date) -> SelfCheck:
    """The questions and the policies the answers are about. Raises NotFound."""
    if answers.policy:
        return SelfCheck(questions(), explainer_of(policy(answers.policy, on), on))
    return SelfCheck(questions(), explainer(on))


def screen(answers: Answers, key: str, on: date) -> Screen | None:
    """The page asked for, or the next one; None when nothing is left to ask. Raises NotFound."""
    if not key:
        return check(answers, on).next_screen(answers)
    found = check(answers, on).screen(key, answers)
    if found is None:
        raise NotFound("没有这一题。", "请从自测的第一页开始。")
    return found


def findings(answers: Answers, on: date, ask: Callable[[FactDefinition], str]) -> Findings:
    """What the answers come to. ``ask``: where a missing fact is asked for. Raises NotFound."""
    return Findings.of(check(answers, on).determinations(answers), ask)


def page_of(fact: FactDefinition) -> str:
    """Key of the page that asks for a fact."""
    for topic in questions().topics:
        for one in topic.screens:
            if any(fact.key == asked.key for asked in one.facts):
                return one.key
    return fact.key


class Difference(NamedTuple):
    """A fact as the file has it and as it was answered; ``stored``: the answer in stored form."""

    fact: FactDefinition
    before: str
    after: str
    stored: int


def differences(actor: Actor, answers: Answers, on: date) -> tuple[Enterprise, list[Difference]]:
    """What taking the answers over would change in the file of the actor's firm.

    What registers say stays: a firm's own word stands beside it. Raises NotFound.
    """
    found = parties.enterprises(actor).filter(pk=actor.enterprise_id or 0).first()
    if found is None:
        raise NotFound("您现在的身份不代表任何企业。", "请先登录企业账号，或者认领企业。")
    known = facts.firm(found.pk, on).facts
    vocabulary, told = rulebook().vocabulary, answers.known(questions())
    return found, [
        Difference(
            vocabulary[key],
            vocabulary[key].show(known.get(key)),
            vocabulary[key].show(value),
            value,
        )
        for key, value in told.items()
        if known.get(key) != value and key not in facts.REGISTERED
    ]


def words(screen: Screen, answers: Answers) -> list[str]:
    """What was answered on a page, in words."""
    if screen.kind == "facts":
        return [f"{fact.name}：{_word(fact, answers)}" for fact in screen.facts]
    said: dict[str, int | bool | None] = {**answers.facts, **answers.done}
    named = {fact.key: fact.name for fact in screen.facts}
    named |= {option.key: option.text for option in screen.options}
    ticked = [name for key, name in named.items() if said.get(key)]
    unsure = any(said.get(key) is None for key in named if key in said)
    return [*ticked, "其余不清楚" if unsure else "其余没有" if ticked else "都没有"]


def _word(fact: FactDefinition, answers: Answers) -> str:
    stored = answers.facts.get(fact.key)
    return "不知道" if stored is None else fact.show(stored)
