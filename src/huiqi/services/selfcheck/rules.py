"""What the self-check 政策自测 asks next, and what the answers come to.

The engine's measure of a question (``rules.questions``) is applied to whole pages: facts that only
help together stand together in ``questions/self_check.yaml``; all others are asked one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, model_validator

from huiqi.rules import ir
from huiqi.rules.determination import Determination, Explainer, Firm
from huiqi.rules.errors import DefinitionError, FactError
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy_model import Key, Strict
from huiqi.rules.record import freeze
from huiqi.rules.strict_yaml import load
from huiqi.rules.validation import validate
from huiqi.rules.values import read_facts
from huiqi.rules.vocabulary import FactDefinition, Vocabulary

MOST = 8
"""Pages after which the result is shown; who wants to may go on."""

_GRANT, _PROGRESS = 2, 0.5
"""What a policy the firm turns out to be eligible for, and all criteria of one made clear, count
beside a policy ruled out: people come to hear what they get."""


class OptionModel(Strict):
    key: Key
    text: str
    otherwise: dict[str, Any]


class ScreenModel(Strict):
    key: Key
    question: str | None = None
    hint: str = ""
    facts: list[str] = Field(default_factory=list)
    checklist: list[str] = Field(default_factory=list)
    options: list[OptionModel] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_kind(self) -> ScreenModel:
        if sum(map(bool, (self.facts, self.checklist, self.options))) != 1:
            raise ValueError("一页写 facts、checklist、options 中的一种")
        if self.question is None and len(self.facts) != 1:
            raise ValueError("只问一个事实的页才可以不写 question")
        return self


class TopicModel(Strict):
    key: Key
    title: str
    screens: list[ScreenModel] = Field(min_length=1)


class QuestionsFile(Strict):
    topics: list[TopicModel]


@dataclass(frozen=True)
class Option:
    """Something a firm may have done; ``otherwise``: stored facts that follow if it has not."""

    key: str
    text: str
    otherwise: Mapping[str, int]


@dataclass(frozen=True)
class Screen:
    """One page: some facts, a list to tick (each a yes/no fact), or things done."""

    key: str
    question: str
    kind: Literal["facts", "checklist", "options"]
    hint: str = ""
    facts: tuple[FactDefinition, ...] = ()
    options: tuple[Option, ...] = ()

    @property
    def keys(self) -> list[str]:
        """Facts that an answer to this page can tell."""
        implied = (key for option in self.options for key in option.otherwise)
        return [*(fact.key for fact in self.facts), *dict.fromkeys(implied)]

    def about(self, wanted: set[str], answers: Answers) -> Screen:
        """The page with what was answered on it before and what still matters."""
        facts = tuple(f for f in self.facts if f.key in wanted or f.key in answers.facts)
        options = tuple(
            option
            for option in self.options
            if wanted & option.otherwise.keys() or option.key in answers.done
        )
        return replace(self, facts=facts, options=options)


@dataclass(frozen=True)
class Topic:
    key: str
    title: str
    screens: tuple[Screen, ...]


@dataclass(frozen=True, eq=False)
class Questions:
    """All pages of one jurisdiction."""

    vocabulary: Vocabulary
    topics: tuple[Topic, ...]

    @cached_property
    def grouped(self) -> set[str]:
        """Facts that a topic asks for."""
        return {key for topic in self.topics for screen in topic.screens for key in screen.keys}

    @cached_property
    def _screens(self) -> dict[str, Screen]:
        return {screen.key: screen for topic in self.topics for screen in topic.screens}

    def screen(self, key: str) -> Screen | None:
        """A page by its key: a topic's, or the one of a single fact."""
        found = self._screens.get(key)
        if found is None and key in self.vocabulary.facts:
            fact = self.vocabulary[key]
            found = Screen(key, fact.model.question, "facts", fact.model.definition, (fact,))
        return found


def load_questions(book: Jurisdiction) -> Questions:
    """``questions/self_check.yaml`` of the nearest folder that has one. Raises DefinitionError."""
    for folder in book.chain:
        path = folder / "questions" / "self_check.yaml"
        if path.is_file():
            document = load(path, path.name)
            model = validate(document, QuestionsFile)
            try:
                return Questions(book.vocabulary, tuple(_topics(model, book.vocabulary)))
            except (FactError, LookupError) as error:
                raise DefinitionError(document.problem(("topics",), str(error))) from error
    return Questions(book.vocabulary, ())


def _topics(model: QuestionsFile, vocabulary: Vocabulary) -> Iterator[Topic]:
    for topic in model.topics:
        screens = tuple(_screen(screen, vocabulary) for screen in topic.screens)
        yield Topic(topic.key, topic.title, screens)


def _screen(model: ScreenModel, vocabulary: Vocabulary) -> Screen:
    facts = tuple(_fact(word, vocabulary) for word in (*model.facts, *model.checklist))
    options = tuple(Option(o.key, o.text, _stored(o, vocabulary)) for o in model.options)
    kind: Literal["facts", "checklist", "options"] = "facts" if model.facts else "options"
    if model.checklist:
        kind = "checklist"
    question = model.question or facts[0].model.question
    return Screen(model.key, question, kind, model.hint, facts, options)


def _stored(model: OptionModel, vocabulary: Vocabulary) -> dict[str, int]:
    facts = {_fact(word, vocabulary): value for word, value in model.otherwise.items()}
    return {fact.key: fact.encode(value) for fact, value in facts.items()}


def _fact(word: str, vocabulary: Vocabulary) -> FactDefinition:
    fact = vocabulary.find(word)
    if fact is None:
        raise LookupError(f"没有“{word}”这个事实")
    return fact


# --- answers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """What a visitor has said. Facts: stored integers, None: does not know; nobody's name.

    ``done``: options → ticked or not, None: does not know. ``asked``: pages in their order.
    ``policy``: the one policy asked about; empty: all.
    """

    facts: Mapping[str, int | None] = field(default_factory=dict)
    done: Mapping[str, bool | None] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    policy: str = ""

    def with_page(
        self, page: str, facts: Mapping[str, int | None], done: Mapping[str, bool | None]
    ) -> Answers:
        """With the answers of a page, given for the first time or again."""
        asked = self.asked if page in self.asked else (*self.asked, page)
        return replace(self, facts={**self.facts, **facts}, done={**self.done, **done}, asked=asked)

    def known(self, questions: Questions) -> dict[str, int]:
        """Facts told, and facts that follow from what was not done."""
        found: dict[str, int] = {}
        for topic in questions.topics:
            for screen in topic.screens:
                for option in screen.options:
                    if self.done.get(option.key) is False:
                        found |= option.otherwise
        return found | {key: value for key, value in self.facts.items() if value is not None}

    def plain(self, vocabulary: Vocabulary) -> dict[str, Any]:
        """As plain data that outlives the code tables; see ``read_plain``."""
        return {
            "f": freeze(self.facts, vocabulary),
            "u": sorted(key for key, value in self.facts.items() if value is None),
            "d": dict(self.done),
            "a": list(self.asked),
            "p": self.policy,
        }


def read_plain(data: Mapping[str, Any], vocabulary: Vocabulary) -> Answers:
    """Answers from plain data; facts the vocabulary no longer has are left out.

    Raises FactError, KeyError, TypeError or ValueError for what ``plain`` did not make.
    """
    told = {key: value for key, value in data["f"].items() if key in vocabulary.facts}
    facts: dict[str, int | None] = {key: None for key in data["u"] if key in vocabulary.facts}
    facts |= read_facts(told, vocabulary)
    return Answers(facts, dict(data["d"]), tuple(data["a"]), str(data["p"]))


# --- the next page -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SelfCheck:
    """The questions and the policies of one day; asks, and answers."""

    questions: Questions
    explainer: Explainer

    def determinations(self, answers: Answers) -> list[Determination]:
        return self.explainer.explain(Firm(answers.known(self.questions)))

    def next_screen(self, answers: Answers) -> Screen | None:
        """The page expected to settle most; a topic that was begun is finished first."""
        known = answers.known(self.questions)
        wanted = self._wanted(known) - answers.facts.keys()
        pages = list(self._open_topics(answers, wanted))
        begun = [page for page in pages if page.begun]
        if begun:
            return begun[0].screens[0]
        best = max(pages, key=lambda page: self._worth(page, known), default=None)
        least = self._worth(best, known) if best else 0.0
        single = self._best_single(known, wanted - self.questions.grouped, least)
        if single is not None:
            return single
        return best.screens[0] if best else None

    def screen(self, key: str, answers: Answers) -> Screen | None:
        """A page asked for by its key, as far as it matters."""
        whole = self.questions.screen(key)
        if whole is None:
            return None
        part = whole.about(self._wanted(answers.known(self.questions)), answers)
        return part if part.facts or part.options else whole

    def _wanted(self, known: Mapping[str, int]) -> set[str]:
        """Facts not known that a policy still open reads."""
        found: set[str] = set()
        for part in self.explainer.questioner.parts:
            criteria = part.criteria(part.slots(known))
            if ir.FALSE not in criteria and ir.UNKNOWN in criteria:
                found.update(key for key in part.program.facts if key not in known)
        return found

    def _open_topics(self, answers: Answers, wanted: set[str]) -> Iterator[_Page]:
        for topic in self.questions.topics:
            rest = [screen for screen in topic.screens if screen.key not in answers.asked]
            screens = [s.about(wanted, answers) for s in rest if wanted & set(s.keys)]
            if screens:
                yield _Page(tuple(screens), begun=len(rest) < len(topic.screens))

    def _worth(self, page: _Page, known: Mapping[str, int]) -> float:
        scenarios = page.scenarios(self.explainer)
        return self._gain(known, scenarios) / len(page.screens)

    def _gain(self, known: Mapping[str, int], scenarios: Sequence[Mapping[str, int]]) -> float:
        gain = self.explainer.questioner.gain(known, scenarios)
        return gain.refuses + _GRANT * gain.grants + _PROGRESS * gain.advances

    def _best_single(
        self, known: Mapping[str, int], wanted: set[str], least: float
    ) -> Screen | None:
        """The best page of one fact that is worth more than ``least``."""
        questioner, best = self.explainer.questioner, None
        readers = {key: len(questioner.readers.get(key, ())) for key in wanted}
        for key in sorted(wanted, key=lambda one: (-readers[one], self._fact(one).position)):
            if _GRANT * readers[key] <= least:
                break  # a fact settles no more rules than read it
            worth = self._gain(known, [{key: a} for a in questioner.answers(self._fact(key))])
            if worth > least:
                best, least = key, worth
        return self.questions.screen(best) if best else None

    def _fact(self, key: str) -> FactDefinition:
        return self.explainer.vocabulary[key]


@dataclass(frozen=True)
class _Page:
    """What is left of a topic."""

    screens: tuple[Screen, ...]
    begun: bool

    def scenarios(self, explainer: Explainer) -> list[dict[str, int]]:
        """Three firms: a small one, a middling one, a large one; yes is rarer than no."""
        return [self._scenario(explainer, third) for third in range(3)]

    def _scenario(self, explainer: Explainer, third: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for screen in self.screens:
            for fact in screen.facts:
                answers = explainer.questioner.answers(fact)
                found[fact.key] = answers[third * len(answers) // 3]
            for place, option in enumerate(screen.options):
                if third == 0 or place % 2 == third - 1:
                    found |= option.otherwise
        return found
