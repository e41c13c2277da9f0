"""One firm: a program as one generated Python function.

The function takes the facts in slot order (stored integers or None) and returns two lists, the
state of every rule (0 ineligible, 1 undetermined, 3 eligible) and its amount in fen (None
where there is none, or it is unknown, or the firm is not eligible).

``generated`` writes the function. Of many rules, those that a single fact rules out are screened
out first (``screened``), and only the others are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from huiqi.rules import ir
from huiqi.rules.generated import Slots, Source
from huiqi.rules.program import Program, Rule
from huiqi.rules.screened import ScreenedAnswers

Answer = tuple[list[int], list[int | None]]

MANY = 16
"""Rules from which on screening pays."""


@dataclass(frozen=True, eq=False)
class SingleFirm:
    """A program compiled for one firm at a time."""

    program: Program
    evaluate: Callable[[Slots], Answer] = field(init=False)
    criteria: Callable[[Slots], list[int]] = field(init=False)
    """States of every rule's criteria, rule by rule, flat."""

    def __post_init__(self) -> None:
        source, rules = Source(self.program.facts), self.program.rules
        evaluate = source.function("evaluate", partial(_answers, source, rules))
        criteria = source.function("criteria", partial(_criteria, source, rules))
        object.__setattr__(self, "evaluate", evaluate)
        object.__setattr__(self, "criteria", criteria)

    def slots(self, facts: Mapping[str, int | None]) -> Slots:
        """A firm's facts in the order the functions take them."""
        return [facts.get(key) for key in self.program.facts]


def compile_state(node: ir.Bool, facts: Sequence[str]) -> Callable[[Slots], int]:
    """A condition of the graph as a function of slots in the order of ``facts``."""
    source = Source(facts)
    return source.function("state", partial(source.node, node))


def compile_number(node: ir.Number, facts: Sequence[str]) -> Callable[[Slots], int | None]:
    """A number of the graph as a function of slots in the order of ``facts``."""
    source = Source(facts)
    return source.function("number", partial(source.node, node))


def _answers(source: Source, rules: Sequence[Rule]) -> str:
    if len(rules) >= MANY:
        return ScreenedAnswers(source).write(rules)
    states = [source.node(rule.condition) for rule in rules]
    amounts = [_amount(source, rule, s) for rule, s in zip(rules, states, strict=True)]
    return f"([{', '.join(states)}], [{', '.join(amounts)}])"


def _criteria(source: Source, rules: Sequence[Rule]) -> str:
    states = [source.node(criterion) for rule in rules for criterion in rule.criteria]
    return f"[{', '.join(states)}]"


def _amount(source: Source, rule: Rule, state: str) -> str:
    if rule.amount is None:
        return "None"
    if isinstance(rule.amount, ir.Const):
        return f"{rule.amount.value} if {state} == 3 else None"
    # Amounts are computed for the eligible only, in a block of their own.
    amount, target = rule.amount, f"a{len(source.lines)}"
    source.lines.append(f"{target} = None")
    source.block(
        f"if {state} == 3:", lambda: source.lines.append(f"{target} = {source.node(amount)}")
    )
    return target
