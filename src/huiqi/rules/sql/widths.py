"""How wide a number gets: which integer type holds it, and what can be known of it beforehand."""

from __future__ import annotations

from math import gcd

from huiqi.rules import ir
from huiqi.rules.sql.dialects import Dialect, NotExpressible, Width
from huiqi.rules.vocabulary import Vocabulary


class Widths:
    """Integer types for the numbers of one graph in one dialect."""

    def __init__(self, builder: ir.Builder, vocabulary: Vocabulary, dialect: Dialect) -> None:
        self.builder, self.vocabulary, self.dialect = builder, vocabulary, dialect
        self._known: dict[int, Width] = {}

    def __getitem__(self, node: ir.Number) -> Width:
        """The type of the SQL expression. Raises NotExpressible past the dialect's widest."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = self._width(node)
        return found

    def _width(self, node: ir.Number) -> Width:
        needed = self._needed(node)
        match node:
            case ir.Const():
                return needed
            case ir.Fact(key):
                return Width.INT if self.vocabulary[key].type == "flag" else Width.BIG
            case ir.Choose(_, yes, no):
                return max(self[yes], self[no])
            case ir.Positive(item):
                return self[item]
            case ir.FloorDiv() if self.dialect.quotient_is_big:
                return max(needed, Width.BIG)
            case ir.Min() | ir.Max() | ir.FloorDiv():
                return max(self[node.left], self[node.right])
            case _:
                return max(self[node.left], self[node.right], needed)

    def _needed(self, node: ir.Number) -> Width:
        largest = max(map(abs, self.builder.bounds(node)))
        widest = self.dialect.widest
        if widest is not None and largest > widest:
            raise NotExpressible(
                f"算式的值可能达 {largest:.0e}，超出 {self.dialect.title} 的整数范围；"
                "PostgreSQL 的整数没有上限，可以改用"
            )
        return Width.of(largest)

    def surely_positive(self, node: ir.Number) -> bool:
        """Above zero whatever the table holds, if known at all."""
        return _settled(node) and self.builder.bounds(node)[0] > 0

    def idle(self, node: ir.Min | ir.Max) -> bool:
        """Whether the left side is the answer whatever the table holds."""
        if not _settled(node.left) or not isinstance(node.right, ir.Const):
            return False
        low, high = self.builder.bounds(node.left)
        limit = node.right.value
        return low >= limit if isinstance(node, ir.Max) else high <= limit


def _settled(node: ir.Number) -> bool:
    """Whether the bounds rest on constants only: a table may hold what its vocabulary excludes."""
    match node:
        case ir.Const():
            return True
        case ir.Fact():
            return False
        case ir.Choose(_, yes, no):
            return _settled(yes) and _settled(no)
        case ir.Positive(item):
            return _settled(item)
        case _:
            return _settled(node.left) and _settled(node.right)


def in_smallest_terms(amount: ir.Number, builder: ir.Builder) -> ir.Number:
    """(x·m + c) / d divided by what m, c and d share: the same quotient of smaller numbers."""
    match amount:
        case ir.FloorDiv(
            ir.Add(ir.Mul(item, ir.Const(factor)), ir.Const(constant)), ir.Const(divisor)
        ):
            pass
        case ir.FloorDiv(ir.Mul(item, ir.Const(factor)), ir.Const(divisor)):
            constant = 0
        case _:
            return amount
    if divisor <= 0:
        return amount
    shared = gcd(factor, constant, divisor)
    part = builder.mul(item, builder.const(factor // shared))
    shifted = builder.add(part, builder.const(constant // shared))
    return builder.floordiv(shifted, builder.const(divisor // shared))
