"""A set of policies lowered for one day into one shared graph: what the fast evaluators run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huiqi.rules import ir
from huiqi.rules.errors import DefinitionError, ExpressionError
from huiqi.rules.lowering import Lowering, Moment
from huiqi.rules.policy import Policy
from huiqi.rules.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule of a program: its criteria, their conjunction and the amount in fen."""

    key: str
    criteria: tuple[ir.Bool, ...]
    condition: ir.Bool
    amount: ir.Number | None


@dataclass(frozen=True, eq=False)
class Program:
    """Rules that share one graph, and the facts they read (keys, in slot order)."""

    rules: tuple[Rule, ...]
    builder: ir.Builder
    facts: tuple[str, ...]

    @classmethod
    def of(cls, rules: Iterable[Rule], builder: ir.Builder) -> Program:
        rules = tuple(rules)
        roots: list[ir.Node] = []
        for rule in rules:
            roots += [*rule.criteria, rule.condition]
            if rule.amount is not None:
                roots.append(rule.amount)
        return cls(rules, builder, tuple(ir.fact_keys(*roots)))


def compile_policies(policies: Iterable[Policy], vocabulary: Vocabulary, moment: Moment) -> Program:
    """Lower policies for the day of ``moment``. Raises DefinitionError."""
    lowering = Lowering.on(moment, vocabulary)
    return Program.of([lower_policy(p, lowering) for p in policies], lowering.builder)


def lower_policy(policy: Policy, lowering: Lowering) -> Rule:
    """One policy as a rule of the graph. Raises DefinitionError on the line of the fault."""
    criteria = []
    for index, criterion in enumerate(policy.criteria):
        try:
            criteria.append(lowering.condition(criterion.condition))
        except ExpressionError as error:
            raise _at(policy, ("conditions", index, "if"), error) from error
    amount = None
    if policy.amount is not None:
        try:
            amount = lowering.amount(policy.amount, policy.cap)
        except ExpressionError as error:
            raise _at(policy, ("benefit", "amount"), error) from error
    condition = lowering.builder.all_of(criteria)
    return Rule(policy.key, tuple(criteria), condition, amount)


def _at(policy: Policy, path: tuple[str | int, ...], error: ExpressionError) -> DefinitionError:
    return DefinitionError(policy.document.problem(path, error.described()))
