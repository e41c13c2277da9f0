"""This project's engine: the load as a program of the shared graph, the firms as its columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.arrow import table
from benchmarks.form import (
    Amount,
    And,
    Answers,
    AtLeast,
    Eq,
    Firms,
    Fixed,
    Ge,
    HasBits,
    Load,
    Lt,
    Node,
    Not,
    Or,
    PerUnit,
    Predicate,
    ShareGe,
    Within,
)
from huiqi.rules import ir
from huiqi.rules.batch.firms import AllFirms
from huiqi.rules.batch.streaming import ParquetShards, run
from huiqi.rules.batch.totals import Totals
from huiqi.rules.program import Program, Rule

BOUNDS = {
    "money": (-(10**14), 10**14),
    "count": (0, 10**7),
    "share": (0, 1_000_000),
    "date": (-25_567, 84_005),
    "flag": (0, 1),
}


def program(load: Load) -> Program:
    """The load in the engine's graph."""
    bounds = {
        fact.key: BOUNDS.get(fact.kind, (0, 1 << 20 if fact.kind == "set" else len(fact.labels)))
        for fact in load.facts
    }
    return _Translation(load, ir.Builder(bounds)).program()


class _Translation:
    def __init__(self, load: Load, builder: ir.Builder) -> None:
        self.load, self.builder = load, builder
        self.predicates = [self.predicate(predicate) for predicate in load.predicates]

    def program(self) -> Program:
        rules = []
        for policy in self.load.policies:
            items = policy.condition.items if isinstance(policy.condition, And) else ()
            criteria = tuple(self.node(item) for item in items) or (self.node(policy.condition),)
            condition = self.builder.all_of(list(criteria))
            rules.append(Rule(policy.key, criteria, condition, self.amount(policy.amount)))
        return Program.of(rules, self.builder)

    def predicate(self, predicate: Predicate) -> ir.Bool:
        build = self.builder
        match predicate:
            case Ge(key, bound):
                return build.ge(build.fact(key), bound)
            case Lt(key, bound):
                return build.negate(build.ge(build.fact(key), bound))
            case Eq(key, value):
                return build.eq(build.fact(key), value)
            case Within(key, ranges):
                return build.in_codes(build.fact(key), ranges)
            case HasBits(key, mask, every):
                return build.has_bits(build.fact(key), mask, every)
            case ShareGe(part, whole, percent):
                parts = build.mul(build.fact(part), build.const(100))
                wholes = build.mul(build.fact(whole), build.const(percent))
                return build.ge(build.sub(parts, wholes), 0)

    def node(self, node: Node) -> ir.Bool:
        if isinstance(node, int):
            return self.predicates[node]
        if isinstance(node, Not):
            return self.builder.negate(self.node(node.item))
        items = [self.node(item) for item in node.items]
        match node:
            case And():
                return self.builder.all_of(items)
            case Or():
                return self.builder.any_of(items)
            case AtLeast(count):
                return self.builder.at_least(count, items)

    def amount(self, amount: Amount) -> ir.Number:
        build = self.builder
        match amount:
            case Fixed(fen):
                return build.const(fen)
            case PerUnit(key, unit, cap):
                return build.minimum(
                    build.mul(build.fact(key), build.const(unit)), build.const(cap)
                )
            case _:
                product = build.mul(build.fact(amount.fact), build.const(amount.per_mille))
                rounded = build.floordiv(build.add(product, build.const(500)), build.const(1000))
                return build.minimum(rounded, build.const(amount.cap))


def answers(totals: Totals) -> Answers:
    return Answers.of(
        [(r.eligible, r.undetermined, r.amount, r.unknown_amounts) for r in totals.rules]
    )


class OursPeer:
    """One chunk: the firms as the engine's columns, every condition computed anew in each run."""

    def __init__(self, load: Load, firms: Firms) -> None:
        self.engine = AllFirms(program(load))
        frame = pl.from_arrow(table(load, firms), rechunk=True)
        assert isinstance(frame, pl.DataFrame)
        self.frame = frame
        self.columns = self.engine.encode(frame)

    def run(self) -> Answers:
        return answers(self.engine.totals(self.columns))

    def run_encoding(self) -> Answers:
        """From the plain columns that the peers are given."""
        return answers(self.engine.totals(self.engine.encode(self.frame)))

    def encoded_bytes(self) -> int:
        """What the engine reads at least once."""
        total = 0
        for column in self.columns.facts.values():
            arrays = (column.known, column.digits, column.values)
            total += sum(array.nbytes for array in arrays if array is not None)
        return total


def from_parquet(load: Load, path: Path) -> Callable[[], Answers]:
    """Shard by shard, the program compiled before, as the expressions of the peers are."""
    engine = AllFirms(program(load))

    def run() -> Answers:
        shards = ParquetShards.of(path, engine.program)
        parts = [engine.totals(engine.encode(shard.frame())) for shard in shards]
        return answers(Totals.sum(parts, len(load.policies)))

    return run


def streamed(load: Load, path: Path, workers: int | None) -> Callable[[], Answers]:
    """As the engine streams any file, shard by shard; compiling for columns is counted."""
    made = program(load)
    return lambda: answers(run(made, path, workers=workers))
