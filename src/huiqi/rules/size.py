"""Size classes of enterprises (划型): 大型, 中型, 小型, 微型, from a standard's file.

工信部联企业〔2011〕300号 and 国统字〔2017〕213号: a firm is large, medium or small when **all**
indicators of its industry group reach the lower bounds of the class, else one class down; micro
when **any** indicator is below the bound for small. Because of that, partial facts can settle the
class: ten people in manufacturing is 微型 whatever the revenue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from pydantic import Field

from huiqi.rules import typed
from huiqi.rules.errors import DefinitionError, ExpressionError, Problem
from huiqi.rules.interpreter import Interpreter
from huiqi.rules.lowering import Moment
from huiqi.rules.policy_model import Formula, Key, Strict, Validity
from huiqi.rules.strict_yaml import Document
from huiqi.rules.units import format_value, parse_quantity
from huiqi.rules.validation import validate
from huiqi.rules.values import read_facts
from huiqi.rules.vocabulary import Confidence, FactDefinition, Vocabulary
from huiqi.rules.workdays import WorkCalendar

NOT_APPLICABLE = "不适用"
UNDETERMINED = "待定"


class IndicatorModel(Strict):
    fact: str
    text: str
    note: str | None = None


class GroupModel(Strict):
    id: str
    name: str
    industries: list[str] = Field(min_length=1)
    article: str
    confidence: Confidence
    note: str | None = None
    indicators: dict[str, dict[str, Formula]] = Field(min_length=1)


class UncoveredModel(Strict):
    name: str
    industries: list[str] = Field(min_length=1)
    reason: str
    article: str | None = None
    confidence: Confidence


class EntityModel(Strict):
    types: list[str] = Field(min_length=1)
    treatment: str = Field(pattern="^(by_reference|not_applicable)$")
    text: str
    article: str | None = None
    confidence: Confidence


class SizeExpect(Strict):
    group: str | None = None
    size: str


class SizeExample(Strict):
    name: str
    facts: dict[str, Any]
    expect: SizeExpect


class SizeModel(Strict):
    """A size standard's file."""

    standard: Key
    edition: str
    title: str
    issuer: str
    document: str
    article: str
    source: str
    confidence: Confidence
    valid: Validity
    basis_note: str | None = None
    indicators: dict[str, IndicatorModel]
    classes: list[str]
    rule: str
    groups: list[GroupModel] = Field(min_length=1)
    uncovered: list[UncoveredModel]
    entities: list[EntityModel]
    examples: list[SizeExample] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class Indicator:
    """One indicator of a group with the lower bound of each class but the lowest."""

    fact: FactDefinition
    text: str
    floors: Mapping[str, Fraction]

    def reaches(self, size: str) -> typed.Condition:
        floor = typed.Literal(self.floors[size], self.fact.unit.dimension, "")
        return typed.Compare(">=", typed.FactNumber(self.fact), floor)

    def floor_text(self, size: str) -> str:
        return format_value(self.floors[size], self.fact.unit.dimension, self.fact.unit.name)


@dataclass(frozen=True, eq=False)
class Group:
    """An industry group 划型行业 and its thresholds."""

    model: GroupModel
    member: typed.Within
    indicators: tuple[Indicator, ...]

    def reaches(self, size: str) -> typed.Condition:
        return typed.All(tuple(indicator.reaches(size) for indicator in self.indicators))


@dataclass(frozen=True)
class Evidence:
    """One indicator beside the bound that decided, for people to check."""

    indicator: str
    value: str
    bound: str
    met: bool | None


@dataclass(frozen=True)
class Classification:
    """The size of one firm with its reasons. ``size`` may be 不适用 or 待定."""

    group: str | None
    size: str
    article: str
    explanation: str
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    """Keys of the facts that would settle it."""


@dataclass(frozen=True, eq=False)
class SizeStandard:
    """One edition of the size standard, ready for use."""

    model: SizeModel
    document: Document
    groups: tuple[Group, ...]
    uncovered: tuple[tuple[UncoveredModel, typed.Within], ...]
    industry: FactDefinition
    entity_type: FactDefinition | None
    _conditions: dict[tuple[str, ...], typed.Condition] = field(default_factory=dict)

    def condition(self, classes: tuple[str, ...]) -> typed.Condition:
        """The firm is in one of these classes, as a condition on its kind, industry and indicators.

        Open where 主体类型 is: institutions and the like have no class, whatever their numbers.
        """
        if classes not in self._conditions:
            found = self.by_indicators(classes)
            if self.entity_type is not None and self.excluded_types:
                excluded = typed.OneOf(self.entity_type, self.excluded_types)
                if NOT_APPLICABLE in classes:
                    found = typed.Any((found, excluded))
                else:
                    found = typed.All((found, typed.Not(excluded)))
            self._conditions[classes] = found
        return self._conditions[classes]

    def by_indicators(self, classes: tuple[str, ...]) -> typed.Condition:
        """The same for a firm known to be of a kind that has a class."""
        parts = [self._in_group(group, classes) for group in self.groups]
        if NOT_APPLICABLE in classes:
            parts += [member for _, member in self.uncovered]
        return typed.Any(tuple(parts))

    def _in_group(self, group: Group, classes: tuple[str, ...]) -> typed.Condition:
        """One test per run of neighbouring classes: reaches the lowest, not the one above."""
        ladder = self.model.classes
        runs: list[typed.Condition] = []
        for index, size in enumerate(ladder):
            ends_run = size in classes and (size == ladder[-1] or ladder[index + 1] not in classes)
            if not ends_run:
                continue
            top = index
            while top > 0 and ladder[top - 1] in classes:
                top -= 1
            bounds: list[typed.Condition] = [group.reaches(size)] if size != ladder[-1] else []
            if top > 0:
                bounds.append(typed.Not(group.reaches(ladder[top - 1])))
            runs.append(typed.All(tuple(bounds)))
        return typed.All((group.member, typed.Any(tuple(runs))))

    @property
    def facts_read(self) -> list[str]:
        """Keys of the facts that ``classify`` looks at."""
        indicators = [i.fact.key for group in self.groups for i in group.indicators]
        kind = [self.entity_type.key] if self.entity_type else []
        return list(dict.fromkeys([self.industry.key, *indicators, *kind]))

    @property
    def excluded_types(self) -> tuple[str, ...]:
        """Kinds of 主体类型 to which the standard does not apply."""
        excluded = [e.types for e in self.model.entities if e.treatment == "not_applicable"]
        return tuple(kind for kinds in excluded for kind in kinds)

    # --- one firm ----------------------------------------------------------------------------

    def classify(self, facts: Mapping[str, int | None]) -> Classification:
        """The class of one firm (stored facts), with group, thresholds and reason."""
        ruled_out = self._by_entity(facts)
        if ruled_out is not None:
            return ruled_out
        if facts.get(self.industry.key) is None:
            reason = f"缺少{self.industry.name}，无法确定划型行业"
            return self._open(None, (self.industry.key,), reason)
        moment = Moment(date.min, WorkCalendar(()), self)
        interpreter = Interpreter(moment, facts)
        for uncovered, member in self.uncovered:
            if interpreter.condition(member):
                article = self._cited(uncovered.article)
                return Classification(uncovered.name, NOT_APPLICABLE, article, uncovered.reason)
        for group in self.groups:
            if interpreter.condition(group.member):
                return self._in(group, interpreter)
        shown = self.industry.show(facts[self.industry.key])
        reason = f"行业 {shown} 分属不同的划型行业，请给出更细的行业代码"
        return self._open(None, (self.industry.key,), reason)

    def _by_entity(self, facts: Mapping[str, int | None]) -> Classification | None:
        stored = facts.get(self.entity_type.key) if self.entity_type else None
        if self.entity_type is None or stored is None:
            return None
        kind = self.entity_type.decode(stored)
        for entity in self.model.entities:
            if entity.treatment == "not_applicable" and kind in entity.types:
                article = self._cited(entity.article)
                return Classification(None, NOT_APPLICABLE, article, entity.text)
        return None

    def _open(self, group: str | None, missing: tuple[str, ...], why: str) -> Classification:
        return Classification(group, UNDETERMINED, self._cited(None), why, (), missing)

    def _cited(self, article: str | None) -> str:
        return f"{self.model.document}{article or self.model.article}"

    def _in(self, group: Group, interpreter: Interpreter) -> Classification:
        possible = self._possible(group, interpreter)
        article = self._cited(group.model.article)
        if len(possible) == 1:
            evidence = self._evidence(group, possible[0], interpreter)
            text = self._explain(group, possible[0], evidence)
            return Classification(group.model.name, possible[0], article, text, evidence)
        missing = tuple(
            i.fact.key for i in group.indicators if interpreter.facts.get(i.fact.key) is None
        )
        names = "、".join(i.text for i in group.indicators if i.fact.key in missing)
        why = f"缺少{names}，可能是{'、'.join(possible)}"
        return Classification(group.model.name, UNDETERMINED, article, why, (), missing)

    def _possible(self, group: Group, interpreter: Interpreter) -> list[str]:
        """Classes the known facts leave open, from the top."""
        possible = []
        for size in self.model.classes[:-1]:
            reached = interpreter.condition(group.reaches(size))
            if reached is not False:
                possible.append(size)
            if reached is True:
                return possible
        return [*possible, self.model.classes[-1]]

    def _evidence(self, group: Group, size: str, interpreter: Interpreter) -> tuple[Evidence, ...]:
        """The indicators against the bounds of the class (met) and of the class above (missed)."""
        ladder = self.model.classes
        above = ladder[ladder.index(size) - 1] if size != ladder[0] else None
        result = []
        for bound in [b for b in (size, above) if b is not None and b != ladder[-1]]:
            for indicator in group.indicators:
                value = interpreter.facts.get(indicator.fact.key)
                met = interpreter.condition(indicator.reaches(bound))
                shown = indicator.fact.show(value)
                text = f"{bound}下限 {indicator.floor_text(bound)}"
                result.append(Evidence(indicator.text, shown, text, met))
        return tuple(result)

    def _explain(self, group: Group, size: str, evidence: tuple[Evidence, ...]) -> str:
        marks = {True: "达到", False: "未达到", None: "未知，不影响结果："}
        parts = [f"{e.indicator} {e.value}，{marks[e.met]}{e.bound}" for e in evidence]
        return f"{group.model.name}：{'；'.join(parts)}；判定为{size}"


def load_size_standard(document: Document, vocabulary: Vocabulary) -> SizeStandard:
    """Check a size standard's file. Raises DefinitionError with every problem."""
    model = validate(document, SizeModel)
    problems: list[Problem] = []
    industry, entity_type = vocabulary["industry"], vocabulary.find("entity_type")
    groups: list[Group] = []
    for index, group in enumerate(model.groups):
        try:
            groups.append(_group(model, group, vocabulary))
        except ExpressionError as error:
            problems.append(document.problem(("groups", index), error.described()))
    uncovered: list[tuple[UncoveredModel, typed.Within]] = []
    for index, item in enumerate(model.uncovered):
        try:
            uncovered.append((item, _within(industry, item.industries)))
        except ExpressionError as error:
            problems.append(document.problem(("uncovered", index), error.described()))
    known = entity_type.values if entity_type else ()
    for index, entity in enumerate(model.entities):
        if unknown := [kind for kind in entity.types if kind not in known]:
            message = f"主体类型没有“{unknown[0]}”，可选：{'、'.join(known)}"
            problems.append(document.problem(("entities", index), message))
    if problems:
        raise DefinitionError(problems)
    return SizeStandard(model, document, tuple(groups), tuple(uncovered), industry, entity_type)


def _group(model: SizeModel, group: GroupModel, vocabulary: Vocabulary) -> Group:
    indicators = tuple(
        _indicator(model, vocabulary, name, floors) for name, floors in group.indicators.items()
    )
    return Group(group, _within(vocabulary["industry"], group.industries), indicators)


def _within(industry: FactDefinition, codes: list[str]) -> typed.Within:
    tree = industry.code_tree
    assert tree is not None
    try:
        return typed.Within(industry, tuple(tree.parse(code) for code in codes))
    except ValueError as error:
        raise ExpressionError(str(error)) from error


def _indicator(
    model: SizeModel, vocabulary: Vocabulary, name: str, floors: Mapping[str, str]
) -> Indicator:
    if name not in model.indicators:
        raise ExpressionError(f"indicators 里没有“{name}”")
    fact = vocabulary.find(model.indicators[name].fact)
    if fact is None or fact.type != "number":
        raise ExpressionError(f"没有“{model.indicators[name].fact}”这个数值事实")
    if list(floors) != model.classes[:-1]:
        raise ExpressionError(f"“{name}”应依次写出 {'、'.join(model.classes[:-1])} 的下限")
    values: dict[str, Fraction] = {}
    for size, text in floors.items():
        quantity = parse_quantity(text)
        if quantity is None or quantity.dimension != fact.unit.dimension:
            raise ExpressionError(f"“{name}”{size}的下限“{text}”应带单位，如 300{fact.unit.name}")
        values[size] = quantity.value
    return Indicator(fact, model.indicators[name].text, values)


def run_examples(standard: SizeStandard, vocabulary: Vocabulary) -> list[Problem]:
    """Run the file's examples; a wrong one is a problem on its line."""
    problems = []
    for index, example in enumerate(standard.model.examples):
        found = standard.classify(read_facts(example.facts, vocabulary))
        expected = example.expect
        if found.size != expected.size or (expected.group and found.group != expected.group):
            message = (
                f"例“{example.name}”应为 {expected.group or ''} {expected.size}，"
                f"算得 {found.group or ''} {found.size}"
            )
            problems.append(standard.document.problem(("examples", index), message))
    return problems
