"""One changed firm, one changed policy, with all answers kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from statistics import median

import numpy as np
import polars as pl

from benchmarks import firms as population
from benchmarks import workload
from benchmarks.arrow import table
from benchmarks.form import Firms, Ge, Load, Lt, Node, Not, Predicate
from benchmarks.measure import Contender, first_results, in_turns, timed
from benchmarks.ours import answers, program
from benchmarks.report import Section, Table, Target, milliseconds
from benchmarks.sections.equal import DifferentAnswersError
from huiqi.rules.batch import AllFirms, Population
from huiqi.rules.program import Program, Rule

FIRM = "one changed firm, all policies"
MOVED = "one changed policy: a threshold moved"
OTHER = "one changed policy: another one in its place, with its own thresholds"
FULL = "a full run over plain columns"
ENCODED = "a full run over encoded columns"
NOTE = """\
A population keeps its columns, the planes of its policies and the totals. A changed firm gets new
values for five facts. A changed policy has one threshold moved to a value that no policy compared
with before, or is another policy altogether. Afterwards the totals are compared with those of a
full run over the changed firms and policies. Without a population a changed policy costs a full
run over plain columns, since the encoding depends on the thresholds; encoded columns are what all
engines above were given."""


def section(seed: int, *, quick: bool) -> Section:
    rows, policies, changes = (5_000, 10, 10) if quick else (500_000, 200, 60)
    bench = _Bench(seed, rows, policies)
    kinds = {FIRM: bench.change_firm, MOVED: bench.move_threshold, OTHER: bench.change_policy}
    times = {name: [timed(change) for _ in range(changes)] for name, change in kinds.items()}
    bench.check()
    runs = [Contender(FULL, bench.full), Contender(ENCODED, bench.encoded)]
    first_results(runs)
    timings = in_turns(runs, rounds=3 if quick else 9, budget=10.0)
    times |= {name: timing.times for name, timing in timings.items()}
    medians = {name: median(found) for name, found in times.items()}
    lines = [
        [name, milliseconds(medians[name]), milliseconds(max(found))]
        for name, found in times.items()
    ]
    targets = [Target(f"{FIRM}, of {rows:,}", 1.0, medians[FIRM] * 1000, " ms", most=True)]
    targets += [
        Target(f"{MOVED}; {run} takes so many times as long", 50.0, medians[run] / medians[MOVED])
        for run in (FULL, ENCODED)
    ]
    return Section(
        f"Incremental: {rows:,} firms × {policies} policies",
        [NOTE],
        [Table(("", "median ms", "slowest ms"), lines)],
        targets,
    )


class _Bench:
    """Changes are drawn before the clock starts."""

    def __init__(self, seed: int, rows: int, policies: int) -> None:
        load = workload.make(seed, policies)
        self.frame = _frame(load, population.firms(seed, rows))
        rules = program(load)
        self.population = Population(rules, self.frame)
        self.engine = AllFirms(rules)
        self.columns = self.engine.encode(self.frame)
        self.rules, self.builder = list(rules.rules), rules.builder
        self.firm_changes = cycle(_firm_changes(seed, self.frame))
        self.changed: dict[int, dict[str, int | None]] = {}
        self.moves = cycle(_numbered(moved_thresholds(load)))
        self.others = cycle(_numbered(workload.make(seed + 1, policies)))

    def change_firm(self) -> None:
        row, facts = next(self.firm_changes)
        self.population.update_firm(row, facts)
        self.changed.setdefault(row, {}).update(facts)

    def move_threshold(self) -> None:
        self._put(*next(self.moves))

    def change_policy(self) -> None:
        self._put(*next(self.others))

    def _put(self, index: int, rule: Rule) -> None:
        self.population.update_rule(index, rule)
        self.rules[index] = rule

    def full(self) -> None:
        self.engine.totals(self.engine.encode(self.frame))

    def encoded(self) -> None:
        self.engine.totals(self.columns)

    def check(self) -> None:
        """Raises DifferentAnswersError unless all changes are in."""
        columns = {}
        for key in self.frame.columns:
            at = [row for row, facts in self.changed.items() if key in facts]
            values = [self.changed[row][key] for row in at]
            columns[key] = self.frame[key].clone().scatter(at, values)
        engine = AllFirms(Program.of(self.rules, self.builder))
        expected = engine.totals(engine.encode(pl.DataFrame(columns)))
        if answers(self.population.totals).rows() != answers(expected).rows():
            raise DifferentAnswersError("the population's totals are not those of a full run")


def _frame(load: Load, firms: Firms) -> pl.DataFrame:
    frame = pl.from_arrow(table(load, firms), rechunk=True)
    assert isinstance(frame, pl.DataFrame)
    # A population takes stored integers only.
    return frame.with_columns(pl.col(f.key).cast(pl.Int8) for f in load.facts if f.kind == "flag")


def _firm_changes(seed: int, frame: pl.DataFrame) -> list[tuple[int, dict[str, int | None]]]:
    """Five facts of a firm take the values of another one."""
    rng = np.random.default_rng([seed, 4])
    found = []
    for _ in range(200):
        row, donor = (int(n) for n in rng.integers(frame.height, size=2))
        keys = rng.choice(frame.columns, 5, replace=False)
        found.append((row, {str(key): frame[str(key)][donor] for key in keys}))
    return found


def _numbered(load: Load) -> list[tuple[int, Rule]]:
    return list(enumerate(program(load).rules))


def moved_thresholds(load: Load) -> Load:
    """Every policy with the first of its thresholds moved by a little."""
    added: list[Predicate] = []
    policies = []
    for policy in load.policies:
        leaf = next(_thresholds(policy.condition, load), None)
        if leaf is None:
            continue
        added.append(_moved(load.predicates[leaf]))
        new = len(load.predicates) + len(added) - 1
        policies.append(replace(policy, condition=_replaced(policy.condition, leaf, new)))
    return replace(load, predicates=load.predicates + tuple(added), policies=tuple(policies))


def _moved(predicate: Predicate) -> Predicate:
    assert isinstance(predicate, Ge | Lt)
    return replace(predicate, bound=predicate.bound + abs(predicate.bound) // 7 + 1)


def _thresholds(node: Node, load: Load) -> Iterator[int]:
    if isinstance(node, int):
        if isinstance(load.predicates[node], Ge | Lt):
            yield node
        return
    for item in (node.item,) if isinstance(node, Not) else node.items:
        yield from _thresholds(item, load)


def _replaced(node: Node, old: int, new: int) -> Node:
    if isinstance(node, int):
        return new if node == old else node
    if isinstance(node, Not):
        return Not(_replaced(node.item, old, new))
    return replace(node, items=tuple(_replaced(item, old, new) for item in node.items))
