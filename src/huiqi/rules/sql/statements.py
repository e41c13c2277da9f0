"""A policy as one SELECT over the table of enterprises.

``WITH step_1 …, criteria …, answers … SELECT``: parts needed often, then one boolean a criterion
and the amount, then whether all criteria hold, then what people read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from huiqi.rules import ir
from huiqi.rules.policy import Policy
from huiqi.rules.program import Program, Rule
from huiqi.rules.sql.dialects import Dialect, Width, all_of
from huiqi.rules.sql.expressions import ROWS, Translator
from huiqi.rules.sql.steps import repeated_parts
from huiqi.rules.sql.table import ENTERPRISES, KEY
from huiqi.rules.sql.widths import in_smallest_terms
from huiqi.rules.vocabulary import Vocabulary

RESULT = (KEY, "policy", "status", "amount")
"""The first columns of every answer; one for each criterion follows."""

_ELIGIBLE = "eligible"


@dataclass(frozen=True)
class Label:
    """Name and sentence of a criterion."""

    key: str
    text: str

    @property
    def column(self) -> str:
        """The criterion's key, unless another column of the answer is called that."""
        return f"{self.key}_criterion" if self.key in (*RESULT, _ELIGIBLE) else self.key


def labels(policy: Policy) -> list[Label]:
    return [Label(c.key, f"{c.text}（{c.article}）") for c in policy.criteria]


def policy_statement(
    policy: Policy,
    program: Program,
    vocabulary: Vocabulary,
    dialect: Dialect,
    table: str = ENTERPRISES,
) -> exp.Query:
    """The statement of a policy, the only one of the program; see ``rule_statement``."""
    (rule,) = program.rules
    return rule_statement(
        rule, labels(policy), Translator(program.builder, vocabulary, dialect), table
    )


def rule_statement(
    rule: Rule, criteria: Sequence[Label], translator: Translator, table: str = ENTERPRISES
) -> exp.Query:
    """credit_code, policy, status, amount (fen) and a boolean a criterion; one row a firm.

    Every statement needs a translator of its own. Raises NotExpressible for a rule that the
    dialect's integers cannot hold.
    """
    return _Statement(rule, criteria, translator, table).query()


class _Statement:
    def __init__(
        self, rule: Rule, criteria: Sequence[Label], translator: Translator, table: str
    ) -> None:
        self.rule, self.criteria, self.translator, self.table = rule, criteria, translator, table
        self.dialect = translator.dialect
        self.amount = rule.amount and in_smallest_terms(rule.amount, translator.builder)

    def query(self) -> exp.Query:
        """Each table is made from the one before."""
        source = self.table
        made: list[tuple[str, exp.Select]] = []
        for number, nodes in enumerate(self._repeated(), 1):
            made.append((f"step_{number}", self._step(source, nodes)))
            source = made[-1][0]
        made += [("criteria", self._criteria(source)), ("answers", self._answers("criteria"))]
        query: exp.Query = self._result("answers")
        for name, select in made:
            query = query.with_(name, as_=select, copy=False)
        return query

    def _repeated(self) -> list[list[ir.Node]]:
        roots: list[ir.Node] = list(self.rule.criteria)
        if self.amount is not None:
            roots.append(self.amount)
        return repeated_parts(roots)

    def _step(self, source: str, nodes: Sequence[ir.Node]) -> exp.Select:
        steps = self.translator.steps
        names = {id(node): f"part_{n}" for n, node in enumerate(nodes, len(steps) + 1)}
        parts = [self._named(self.translator.value(node), names[id(node)]) for node in nodes]
        steps.update(names)
        return self._rows(source).select(self._everything(), *parts)

    def _criteria(self, source: str) -> exp.Select:
        shown = [self._column(KEY)]
        for label, node in zip(self.criteria, self.rule.criteria, strict=True):
            column = self._named(self.translator.condition(node), label.column)
            column.add_comments([label.text])
            shown.append(column)
        if self.amount is not None:
            shown.append(self._named(self._fen(self.amount), "amount"))
        return self._rows(source).select(*shown)

    def _fen(self, amount: ir.Number) -> exp.Expr:
        value = self.translator.number(amount)
        if self.translator.widths[amount] == Width.BIG:
            return value
        return self.dialect.widened(value, Width.BIG)

    def _answers(self, source: str) -> exp.Select:
        holds = all_of([self._column(label.column) for label in self.criteria])
        return self._rows(source).select(self._everything(), self._named(holds, _ELIGIBLE))

    def _result(self, source: str) -> exp.Select:
        eligible = self._column(_ELIGIBLE)
        status = (
            exp.case()
            .when(eligible, exp.Literal.string("eligible"))
            .when(exp.Not(this=eligible.copy()), exp.Literal.string("ineligible"))
            .else_(exp.Literal.string("undetermined"))
        )
        amount: exp.Expr = self.dialect.widened(exp.null(), Width.BIG)
        if self.amount is not None:
            amount = exp.case().when(eligible.copy(), self._column("amount"))
        return self._rows(source).select(
            self._column(KEY),
            self._named(exp.Literal.string(self.rule.key), "policy"),
            self._named(status, "status"),
            self._named(amount, "amount"),
            *(self._column(label.column) for label in self.criteria),
        )

    def _column(self, name: str) -> exp.Expr:
        return self.translator.column(name)

    def _named(self, value: exp.Expr, name: str) -> exp.Expr:
        return exp.alias_(value, self.dialect.identifier(name), copy=False)

    def _rows(self, source: str) -> exp.Select:
        table = exp.to_table(source, dialect=self.dialect.name)
        return exp.Select().from_(exp.alias_(table, ROWS, table=True))

    def _everything(self) -> exp.Expr:
        return exp.Column(this=exp.Star(), table=exp.to_identifier(ROWS))
