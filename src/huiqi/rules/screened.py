"""Many rules for one firm: first what single facts rule out, then the others one by one.

See ``screen`` for the tables; this writes their use into the generated function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from huiqi.rules import ir
from huiqi.rules.generated import Source, bits_test, is_stored
from huiqi.rules.program import Rule
from huiqi.rules.screen import Screen

CHEAP = (ir.Const, ir.Fact, ir.Truth, ir.And, ir.Or, ir.Not, ir.AtLeast)

NESTED = 50
"""So many blocks lie inside one another at most: Python takes a hundred."""

WORD = 30
"""Rules whose bits are looked at together: what CPython holds in one digit of an integer."""


class ScreenedAnswers:
    """Writes the answers of many rules into a source."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def write(self, rules: Sequence[Rule]) -> str:
        screen = Screen.of([rule.condition for rule in rules])
        self.source.lines.append("failed = unsure = 0")
        self._tables(screen)
        self._members(screen)
        for node in _computed_often(screen.rests):
            self.source.node(node)
        self.source.lines.append(f"S, A = [0] * {len(rules)}, [None] * {len(rules)}")
        for index, (rule, rest) in enumerate(zip(rules, screen.rests, strict=True)):
            bit = 1 << index % WORD
            if bit == 1:
                mask = (1 << WORD) - 1
                self.source.lines.append(
                    f"left, open = ~failed >> {index} & {mask}, unsure >> {index}"
                )
            self.source.block(f"if left & {bit}:", partial(self._rule, rule, rest, index))
        return "(S, A)"

    def _tables(self, screen: Screen) -> None:
        for number, (key, table) in enumerate(screen.tables.items()):
            names = f"cuts{number}", f"rows{number}"
            self.source.namespace |= dict(zip(names, (table.cuts, table.rows), strict=True))
            fact, unknown = self.source.slots[key], (0, screen.unknown[key])
            cuts, rows = names
            self.source.lines += [
                f"a, b = {rows}[rank({cuts}, {fact})] if {fact} is not None else {unknown}",
                "failed |= a",
                "unsure |= b",
            ]

    def _members(self, screen: Screen) -> None:
        for key, conditions in screen.members.items():
            fact = self.source.slots[key]
            self.source.lines += [
                f"if {fact} is None:",
                f"  unsure |= {screen.unknown[key]}",
                "else:",
            ]
            for atom, (holding, _), (failing, _) in conditions:
                self.source.lines.append(
                    f"  failed |= {holding} if {bits_test(atom, fact)} else {failing}"
                )

    def _rule(self, rule: Rule, rest: Sequence[ir.Bool], index: int) -> None:
        self.source.lines.append(f"s = 1 if open & {1 << index % WORD} else 3")
        self._rest(rule, rest, index)

    def _rest(self, rule: Rule, rest: Sequence[ir.Bool], index: int) -> None:
        """Conditions one after the other, for as long as none fails."""
        if rest:
            flat = max(1, len(rest) - NESTED)
            for condition in rest[:flat]:
                self.source.lines.append(f"s &= {self.source.node(condition)}")
            self.source.block("if s:", partial(self._rest, rule, rest[flat:], index))
            return
        self.source.lines.append(f"S[{index}] = s")
        if rule.amount is not None:
            amount = rule.amount
            self.source.block(
                "if s == 3:",
                lambda: self.source.lines.append(f"A[{index}] = {self.source.node(amount)}"),
            )


def _computed_often(rests: Iterable[Sequence[ir.Bool]]) -> list[ir.Node]:
    """What more than one rule calculates, the outermost first; conditions on facts are cheap."""
    found: Counter[int] = Counter()
    nodes: dict[int, ir.Node] = {}
    for rest in rests:
        for node in ir.walk(*rest):
            if not isinstance(node, CHEAP) and not is_stored(node):
                found[id(node)] += 1
                nodes[id(node)] = node
    return [nodes[key] for key, count in found.items() if count > 1]
