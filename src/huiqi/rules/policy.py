"""A policy 政策: its file checked and ready to be evaluated.

Loading finds every fault of the file at once: unknown facts, wrong units, parameters without a
value while the policy is in force, conditions nobody can meet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from huiqi.rules import typed
from huiqi.rules.checker import RESERVED, Scope
from huiqi.rules.errors import DefinitionError, ExpressionError, Problem
from huiqi.rules.policy_model import ParameterModel, PolicyModel, TableModel, TableRow
from huiqi.rules.strict_yaml import Document, Path_
from huiqi.rules.suggestions import suggest
from huiqi.rules.units import MONEY, PLAIN, UNITS, Dimension, divide, parse_quantity
from huiqi.rules.validation import validate
from huiqi.rules.vocabulary import Vocabulary

_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class Criterion:
    """One condition of a policy, with the sentence users see and the article it comes from."""

    key: str
    text: str
    article: str
    confidence: str
    condition: typed.Condition
    formula: str


@dataclass(frozen=True, eq=False)
class Policy:
    """One edition of a policy. ``hash`` is the SHA-256 of the file's text: the rule's version."""

    model: PolicyModel
    document: Document
    criteria: tuple[Criterion, ...]
    amount: typed.Numeric | None
    cap: typed.Numeric | None
    names: Mapping[str, typed.Node]
    """``define`` and ``tables`` by name, in the file's order."""

    parameters: tuple[typed.Parameter, ...]
    """The dated parameters the policy uses."""

    @property
    def key(self) -> str:
        return self.model.policy

    @property
    def title(self) -> str:
        return self.model.title

    @property
    def hash(self) -> str:
        return text_hash(self.document.text)

    def in_force(self, on: date) -> bool:
        return self.model.valid.contains(on)

    def check_days(self) -> list[date]:
        """Days on which the policy could mean something new: its start and parameter changes."""
        valid = self.model.valid
        first = valid.from_ or valid.to or date(2020, 1, 1)
        changes = {v.start for p in self.parameters for v in p.values if v.start is not None}
        return sorted({first} | {day for day in changes if valid.contains(day)})


def text_hash(text: str) -> str:
    """SHA-256 of a definition's text, line ends normalised."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def load_policy(
    document: Document, vocabulary: Vocabulary, shared: Mapping[str, typed.Parameter]
) -> Policy:
    """Check one policy file. Raises DefinitionError with every problem, ``file:line: message``."""
    model = validate(document, PolicyModel)
    return _Loader(document, model, vocabulary, shared).load()


def load_parameter(name: str, model: ParameterModel) -> typed.Parameter:
    """A dated series from its model. Raises ExpressionError."""
    dimension = _unit_dimension(model.unit)
    values = []
    for item in model.values:
        quantity = parse_quantity(item.value)
        if quantity is None:
            raise ExpressionError(f"参数“{name}”的值“{item.value}”不是带单位的数")
        if quantity.dimension != dimension:
            raise ExpressionError(f"参数“{name}”的值“{item.value}”与单位 {model.unit} 不符")
        values.append(
            typed.DatedValue(item.from_, quantity.value, item.source, item.confidence, item.value)
        )
    starts = [value.start or date.min for value in values]
    if starts != sorted(set(starts)):
        raise ExpressionError(f"参数“{name}”的各期要按 from 从早到晚，不重复")
    return typed.Parameter(name, model.unit, dimension, tuple(values))


def _unit_dimension(unit: str) -> Dimension:
    over, _, under = unit.partition("/")
    for name in (over, under):
        if name and name not in UNITS:
            raise ExpressionError(f"没有“{name}”这个单位{suggest(name, UNITS)}")
    dimension = UNITS[over].dimension if over else PLAIN
    return divide(dimension, UNITS[under].dimension) if under else dimension


class _Loader:
    """Collects problems while building the policy."""

    def __init__(
        self,
        document: Document,
        model: PolicyModel,
        vocabulary: Vocabulary,
        shared: Mapping[str, typed.Parameter],
    ) -> None:
        self.document, self.model = document, model
        self.scope = Scope(vocabulary, dict(shared))
        self.problems: list[Problem] = []

    def attempt(self, path: Path_, build: Callable[[], _T]) -> _T | None:
        """Run one step; a fault becomes a problem on the line of ``path``."""
        try:
            return build()
        except ExpressionError as error:
            self.problems.append(self.document.problem(path, error.described()))
            return None

    def load(self) -> Policy:
        self._parameters()
        self._names()
        criteria = self._criteria()
        amount, cap = self._money("amount"), self._money("cap")
        if self.problems:
            raise DefinitionError(self.problems)
        roots = [*(c.condition for c in criteria), *(n for n in (amount, cap) if n is not None)]
        parameters = self._used_parameters(roots)
        policy = Policy(
            self.model, self.document, criteria, amount, cap, self.scope.names, parameters
        )
        self._covered(policy)
        if self.problems:
            raise DefinitionError(self.problems)
        return policy

    def _parameters(self) -> None:
        for name, model in self.model.parameters.items():
            path = ("parameters", name)
            self._new_name(path, name)
            found = self.attempt(path, partial(load_parameter, name, model))
            if found is not None:
                self.scope.parameters[name] = found

    def _names(self) -> None:
        """``define`` and ``tables`` in the order in which the file writes them."""
        parts = [("define", name) for name in self.model.define]
        parts += [("tables", name) for name in self.model.tables]
        for path in sorted(parts, key=self.document.line):
            section, name = path
            self._new_name(path, name)
            if section == "define":
                node = self.attempt(path, partial(self.scope.node, self.model.define[name]))
            else:
                node = self._table(name, self.model.tables[name])
            if node is not None:
                self.scope.names[name] = node

    def _new_name(self, path: Path_, name: str) -> None:
        taken = RESERVED | self.scope.names.keys()
        if path[0] != "parameters":  # a policy's own parameter may replace a shared one
            taken |= self.scope.parameters.keys()
        if self.scope.vocabulary.find(name) or name in taken:
            self.problems.append(self.document.problem(path, f"“{name}”已是别的名字，请换一个"))

    def _table(self, name: str, table: TableModel) -> typed.Numeric | None:
        rows: list[tuple[typed.Condition, typed.Numeric]] = []
        dimension: Dimension | None = None
        for index, row in enumerate(table.rows):
            path = ("tables", name, "rows", index)
            value = self.attempt(path, partial(self._value, row, dimension))
            if value is None:
                return None
            dimension = value.dimension
            if row.if_ is None:
                return typed.Choice(tuple(rows), value)
            condition = self.attempt(path, partial(self.scope.condition, row.if_))
            if condition is not None:
                rows.append((condition, value))
        return None

    def _value(self, row: TableRow, dimension: Dimension | None) -> typed.Numeric:
        formula = row.then or row.else_ or ""
        if dimension is not None:
            return self.scope.number(formula, dimension)
        node = self.scope.node(formula)
        if not isinstance(node, typed.NUMERIC):
            raise ExpressionError("决策表的值应是数")
        return node

    def _criteria(self) -> tuple[Criterion, ...]:
        criteria = []
        for index, model in enumerate(self.model.conditions):
            path = ("conditions", index, "if")
            condition = self.attempt(path, partial(self.scope.condition, model.if_))
            if condition is not None:
                confidence = model.confidence or self.model.confidence
                criteria.append(
                    Criterion(
                        model.key, model.text, model.article, confidence, condition, model.if_
                    )
                )
        return tuple(criteria)

    def _money(self, part: str) -> typed.Numeric | None:
        formula: str | None = getattr(self.model.benefit, part)
        if formula is None:
            return None
        return self.attempt(("benefit", part), partial(self.scope.number, formula, MONEY))

    def _used_parameters(self, roots: list[typed.Node]) -> tuple[typed.Parameter, ...]:
        found: dict[str, typed.Parameter] = {}
        for node in typed.walk(*roots):
            if isinstance(node, typed.ParameterNumber):
                found.setdefault(node.parameter.name, node.parameter)
        return tuple(found.values())

    def _covered(self, policy: Policy) -> None:
        """Every parameter used has a value from the first day the policy is in force."""
        first = self.model.valid.from_
        for parameter in policy.parameters:
            start = parameter.values[0].start
            if start is not None and (first is None or start > first):
                since = f"自 {first} 起" if first else "没有起始日"
                self.problems.append(
                    self.document.problem(
                        ("parameters", parameter.name),
                        f"参数“{parameter.name}”从 {start} 才有值，而政策{since}施行",
                    )
                )
