"""OpenFisca-core: a variable for each fact, predicate, condition and amount.

OpenFisca has two values, so each predicate and condition is two variables, certain and possible;
computed variables are cached in the simulation, which shares the predicates among the policies.
Its numbers are 32 bits wide: money does not fit its integers, and its floats round. How many
totals that makes wrong is counted. `wide` sets the type of its variables to 64 bits after they are
made, which it has no option for but carries through; then its answers are right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit, period
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.columns import holds_at_zero
from benchmarks.form import (
    Amount,
    And,
    Answers,
    Array,
    AtLeast,
    Eq,
    Firms,
    Fixed,
    Ge,
    HasBits,
    Load,
    Lt,
    Mask,
    Node,
    Not,
    PerUnit,
    Predicate,
    ShareGe,
    Within,
    facts_of,
    leaves,
    used_facts,
)

PERIOD = period("2026-06")
Read = Callable[[str], Any]
Formula = Callable[[Read], Any]


@dataclass(frozen=True)
class _Make:
    """Makes variables of a system."""

    system: TaxBenefitSystem
    entity: Any
    wide: bool

    def variable(self, name: str, value_type: type, formula: Formula | None = None) -> None:
        body: dict[str, Any] = {
            "value_type": value_type,
            "entity": self.entity,
            "definition_period": DateUnit.MONTH,
            "label": name,
        }
        if formula is not None:
            body["formula"] = lambda firm, month: formula(lambda key: firm(key, month))
        self.system.add_variable(type(name, (Variable,), body))

    def money(self, name: str, formula: Formula | None = None) -> None:
        self.variable(name, int if self.wide else float, formula)
        if self.wide:
            self.system.get_variable(name).dtype = np.dtype(np.int64)


class OpenfiscaPeer:
    """One thread; a new simulation in every run, so nothing is kept."""

    def __init__(self, load: Load, firms: Firms, *, wide: bool) -> None:
        self._make(load, wide=wide)
        self.inputs = self.encode(firms)
        self.rows = firms.rows

    @classmethod
    def without_firms(cls, load: Load, *, wide: bool) -> OpenfiscaPeer:
        """The system only, for ``encode`` and ``answers``."""
        made = cls.__new__(cls)
        made._make(load, wide=wide)
        return made

    def _make(self, load: Load, *, wide: bool) -> None:
        self.load, self.wide = load, wide
        entity = build_entity("firm", "firms", "An enterprise", is_person=True)
        self.system = TaxBenefitSystem([entity])
        make = _Make(self.system, entity, wide)
        self.facts = used_facts(load)
        for fact in load.facts:
            if fact.kind == "money":
                make.money(fact.key)
            else:
                make.variable(fact.key, bool if fact.kind == "flag" else int)
            make.variable(f"{fact.key}_known", bool)
        self._predicates(make)
        for policy in load.policies:
            for side in ("certain", "possible"):
                make.variable(f"{policy.key}_{side}", bool, _condition(policy.condition, side))
            if not isinstance(policy.amount, Fixed):
                formula = _amount(policy.amount, f"{policy.key}_certain", wide=wide)
                make.money(f"{policy.key}_amount", formula)

    def _predicates(self, make: _Make) -> None:
        for leaf in sorted({n for p in self.load.policies for n in leaves(p.condition)}):
            predicate = self.load.predicates[leaf]
            masked = holds_at_zero(predicate, {f.key: f.dtype for f in self.load.facts})
            make.variable(f"p{leaf}_certain", bool, _certain(predicate, masked=masked))
            make.variable(f"p{leaf}_possible", bool, _possible(predicate, leaf))

    def encode(self, firms: Firms) -> dict[str, Array]:
        """The inputs in the types of the variables, so that a run does not convert them."""
        inputs: dict[str, Array] = {}
        for key in self.facts:
            column = firms.columns[key]
            inputs[key] = column.values.astype(self.system.get_variable(key).dtype)
            inputs[f"{key}_known"] = column.valid
        return inputs

    def run(self) -> Answers:
        return self.answers(self.inputs, self.rows)

    def answers(self, inputs: dict[str, Array], rows: int) -> Answers:
        simulation = SimulationBuilder().build_default_simulation(self.system, rows)
        for key, values in inputs.items():
            simulation.set_input(key, PERIOD, values)

        def read(name: str) -> Any:
            return simulation.calculate(name, PERIOD)

        return Answers.of([self._policy(p.key, p.amount, read) for p in self.load.policies])

    def _policy(self, key: str, rule: Amount, read: Read) -> tuple[int, int, int, int]:
        certain = read(f"{key}_certain")
        eligible = int(np.count_nonzero(certain))
        undetermined = int(np.count_nonzero(read(f"{key}_possible"))) - eligible
        if isinstance(rule, Fixed):
            return eligible, undetermined, rule.fen * eligible, 0
        known = int(np.count_nonzero(certain & read(f"{rule.fact}_known")))
        fen = int(read(f"{key}_amount").sum(dtype=np.int64 if self.wide else np.float64))
        return eligible, undetermined, fen, eligible - known


def _known(predicate: Predicate, read: Read) -> Mask:
    first, *more = (read(f"{key}_known") for key in facts_of(predicate))
    return first & more[0] if more else first  # type: ignore[no-any-return]  # OpenFisca has no types


def _certain(predicate: Predicate, *, masked: bool) -> Formula:
    """Unknown values are stored as 0, so what is false at 0 needs no masking."""
    if masked:
        return lambda read: _holds(predicate, read) & _known(predicate, read)
    return lambda read: _holds(predicate, read)


def _possible(predicate: Predicate, leaf: int) -> Formula:
    return lambda read: read(f"p{leaf}_certain") | ~_known(predicate, read)


def _holds(predicate: Predicate, read: Read) -> Mask:
    match predicate:
        case Ge(fact, bound):
            found = read(fact) >= bound
        case Lt(fact, bound):
            found = read(fact) < bound
        case Eq(fact, value):
            found = read(fact) == value
        case Within(fact, ranges):
            values = read(fact)
            parts = [
                values == low if low == high else (values >= low) & (values <= high)
                for low, high in ranges
            ]
            found = reduce(or_, parts)
        case HasBits(fact, mask, every):
            values = read(fact)
            found = (values & mask) == mask if every else (values & mask) != 0
        case ShareGe(part, whole, percent):
            found = read(part) * 100 >= read(whole) * percent
    return np.asarray(found)


def _condition(node: Node, side: str) -> Formula:
    return lambda read: _node(node, side, read)


def _node(node: Node, side: str, read: Read) -> Mask:
    if isinstance(node, int):
        return read(f"p{node}_{side}")  # type: ignore[no-any-return]  # OpenFisca has no types
    if isinstance(node, Not):
        return ~_node(node.item, "certain" if side == "possible" else "possible", read)
    parts = [_node(item, side, read) for item in node.items]
    if isinstance(node, AtLeast):
        total = parts[0].astype(np.uint8)
        for part in parts[1:]:
            total += part.view(np.uint8)
        return np.asarray(total >= node.count)
    return reduce(and_ if isinstance(node, And) else or_, parts)


def _amount(rule: Amount, condition: str, *, wide: bool) -> Formula:
    assert not isinstance(rule, Fixed)

    def formula(read: Read) -> Array:
        known = read(condition) & read(f"{rule.fact}_known")
        value = read(rule.fact)
        if isinstance(rule, PerUnit):
            fen = value.astype(np.int64) * rule.unit
        elif wide:
            fen = (value * rule.per_mille + 500) // 1000
        else:
            fen = np.floor((value * rule.per_mille + 500) / 1000)
        return np.asarray(known * np.minimum(fen, rule.cap))

    return formula
