"""Programs as flat lists, to send to another process.

Pickle alone would follow the graph in depth and keep the builder's table of addresses, which mean
nothing elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from huiqi.rules import ir
from huiqi.rules.program import Program, Rule


@dataclass(frozen=True, slots=True)
class _Ref:
    number: int


@dataclass(frozen=True)
class ShippedProgram:
    """A program without references: a node is its kind and its parts, the nodes by number."""

    bounds: dict[str, ir.Bounds]
    nodes: list[tuple[type[Any], tuple[Any, ...]]]
    """Parts before wholes."""

    rules: list[tuple[Any, ...]]


def packed(program: Program) -> ShippedProgram:
    """Reads a program; ``unpacked`` makes it again with the same sharing."""
    nodes = list(ir.walk(*(part for rule in program.rules for part in _roots(rule))))
    numbers = {id(node): number for number, node in enumerate(nodes)}

    def part(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(part(item) for item in value)
        return _Ref(numbers[id(value)]) if id(value) in numbers else value

    facts = {node.key: program.builder.bounds(node) for node in nodes if isinstance(node, ir.Fact)}
    return ShippedProgram(
        facts,
        [(type(node), tuple(part(getattr(node, f.name)) for f in fields(node))) for node in nodes],
        [tuple(part(getattr(rule, f.name)) for f in fields(rule)) for rule in program.rules],
    )


def unpacked(shipped: ShippedProgram) -> Program:
    """The program again. Its builder knows the bounds of facts, but none of these nodes."""
    nodes: list[Any] = []

    def part(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(part(item) for item in value)
        return nodes[value.number] if isinstance(value, _Ref) else value

    for kind, parts in shipped.nodes:
        nodes.append(kind(*part(parts)))
    rules = [Rule(*part(parts)) for parts in shipped.rules]
    return Program.of(rules, ir.Builder(shipped.bounds))


def _roots(rule: Rule) -> list[ir.Node]:
    return [*rule.criteria, rule.condition, *([] if rule.amount is None else [rule.amount])]
