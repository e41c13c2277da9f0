"""The slow, plain meaning of the load: what every engine's answers are checked against."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.form import (
    FALSE,
    TRUE,
    UNKNOWN,
    Amount,
    And,
    Answers,
    Eq,
    Firms,
    Fixed,
    Ge,
    HasBits,
    Load,
    Lt,
    Node,
    Not,
    OneFirm,
    Or,
    PerUnit,
    Predicate,
    ShareGe,
    Within,
    facts_of,
)

Record = Mapping[str, int | None]


def holds(predicate: Predicate, values: tuple[int, ...]) -> bool:
    """Whether a predicate holds for known values."""
    match predicate, values:
        case Ge(_, bound), (value,):
            return value >= bound
        case Lt(_, bound), (value,):
            return value < bound
        case Eq(_, wanted), (value,):
            return value == wanted
        case Within(_, ranges), (value,):
            return any(low <= value <= high for low, high in ranges)
        case HasBits(_, mask, True), (value,):
            return value & mask == mask
        case HasBits(_, mask, False), (value,):
            return value & mask != 0
        case ShareGe(_, _, percent), (part, whole):
            return part * 100 >= whole * percent
    raise TypeError(predicate)


def predicate_state(predicate: Predicate, record: Record) -> int:
    values = [record[key] for key in facts_of(predicate)]
    known = tuple(value for value in values if value is not None)
    if len(known) < len(values):
        return UNKNOWN
    return TRUE if holds(predicate, known) else FALSE


def state(node: Node, leaf_states: list[int]) -> int:
    """Kleene: AND is the least, OR the greatest, NOT swaps true and false."""
    if isinstance(node, int):
        return leaf_states[node]
    if isinstance(node, Not):
        return {FALSE: TRUE, UNKNOWN: UNKNOWN, TRUE: FALSE}[state(node.item, leaf_states)]
    states = [state(item, leaf_states) for item in node.items]
    if isinstance(node, And):
        return min(states)
    if isinstance(node, Or):
        return max(states)
    # The count-th greatest: true if so many are true, unknown if so many are possible.
    return sorted(states, reverse=True)[node.count - 1]


def amount(rule: Amount, record: Record) -> int | None:
    if isinstance(rule, Fixed):
        return rule.fen
    value = record[rule.fact]
    if value is None:
        return None
    if isinstance(rule, PerUnit):
        return min(value * rule.unit, rule.cap)
    return min((value * rule.per_mille + 500) // 1000, rule.cap)


def one_firm(load: Load, record: Record) -> OneFirm:
    leaf_states = [predicate_state(predicate, record) for predicate in load.predicates]
    states = [state(policy.condition, leaf_states) for policy in load.policies]
    amounts = [
        amount(policy.amount, record) if found == TRUE else None
        for policy, found in zip(load.policies, states, strict=True)
    ]
    return states, amounts


def all_firms(load: Load, firms: Firms) -> Answers:
    totals = [[0, 0, 0, 0] for _ in load.policies]
    for row in range(firms.rows):
        states, amounts = one_firm(load, firms.record(row))
        for total, found, fen in zip(totals, states, amounts, strict=True):
            total[0] += found == TRUE
            total[1] += found == UNKNOWN
            total[2] += fen or 0
            total[3] += found == TRUE and fen is None
    return Answers.of([(a, b, c, d) for a, b, c, d in totals])
