"""Cost and memory by number of firms, cost by number of policies, and processes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import firms as population
from benchmarks import workload
from benchmarks.form import Load
from benchmarks.measure import Contender, first_results, in_turns
from benchmarks.ours import OursPeer, from_parquet, program
from benchmarks.parquet import write
from benchmarks.report import Section, Table, Target, figure, milliseconds
from benchmarks.sections.equal import DifferentAnswersError
from huiqi.rules.batch.streaming import fit_workers

FIRMS = (10_000, 100_000, 1_000_000, 5_000_000)
QUICK_FIRMS = (2_000, 4_000)
POLICIES = (50, 100, 200, 400, 800)
QUICK_POLICIES = (5, 10)
ROOT = Path(__file__).parent.parent.parent
NOTE = """\
A run streams a Parquet file in shards from start to end: reading, encoding, answering. Each is made
in a process of its own, whose peak memory includes Python and its libraries. The policies of the
second table share a fixed set of 300 predicates."""


@dataclass(frozen=True)
class Streamed:
    """What ``benchmarks.streamed`` reports of a run."""

    firms: int
    workers: int
    times: list[float]
    peak_bytes: int
    rows: list[tuple[int, int, int, int]]

    @property
    def seconds(self) -> float:
        return median(self.times)


def section(seed: int, *, quick: bool) -> Section:
    sizes, policies = (QUICK_FIRMS, 5) if quick else (FIRMS, 200)
    with TemporaryDirectory() as folder:
        paths = {}
        for firms in sizes:
            paths[firms] = Path(folder) / f"{firms}.parquet"
            write(paths[firms], population.facts(seed), population.blocks(seed, firms))
        alone = {firms: streamed(paths[firms], firms, seed, policies, 1) for firms in sizes}
        shared = {firms: streamed(paths[firms], firms, seed, policies, 2) for firms in sizes}
        _check(alone, shared)
        load = workload.make(seed, policies)
        if from_parquet(load, paths[sizes[0]])().rows() != alone[sizes[0]].rows:
            raise DifferentAnswersError("the run in another process differs")
    by_policies = _by_policies(seed, quick=quick)
    return Section(
        "Scaling",
        [NOTE],
        [_firms_table(alone, shared, load), _policies_table(by_policies, quick=quick)],
        _targets(alone, shared, by_policies, load),
    )


def streamed(path: Path, firms: int, seed: int, policies: int, workers: int) -> Streamed:
    """A run in a process of its own."""
    repeats = 1 if firms > 500_000 else 3
    numbers = [str(number) for number in (seed, policies, workers, repeats)]
    command = [sys.executable, "-m", "benchmarks.streamed", str(path), *numbers]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    found = json.loads(done.stdout)
    rows = [(a, b, c, d) for a, b, c, d in found["rows"]]
    return Streamed(firms, workers, found["times"], found["peak_bytes"], rows)


def _check(alone: dict[int, Streamed], shared: dict[int, Streamed]) -> None:
    for firms, run in alone.items():
        if run.rows != shared[firms].rows:
            raise DifferentAnswersError(f"two processes differ from one for {firms} firms")


def _by_policies(seed: int, *, quick: bool) -> dict[int, float]:
    """Median seconds over encoded columns, by number of policies."""
    rows = 2_000 if quick else 100_000
    firms = population.firms(seed, rows)
    peers = {n: OursPeer(_shared(seed, n), firms) for n in _policy_counts(quick)}
    made = [Contender(str(n), peer.run) for n, peer in peers.items()]
    first_results(made)
    timings = in_turns(made, rounds=3 if quick else 9, budget=5.0)
    return {n: timings[str(n)].median for n in peers}


def _shared(seed: int, policies: int) -> Load:
    """As many policies over the same number of predicates."""
    return workload.make(seed, policies, pool=300)


def _policy_counts(quick: bool) -> tuple[int, ...]:
    return QUICK_POLICIES if quick else POLICIES


def _firms_table(alone: dict[int, Streamed], shared: dict[int, Streamed], load: Load) -> Table:
    header = (
        "firms",
        "one process, s",
        "µs a firm",
        "million pairs/s",
        "peak MiB",
        "two processes, s",
        "peak MiB, all together",
        "processes chosen",
    )
    rows, made = [], program(load)
    for firms, run in alone.items():
        two = shared[firms]
        rows.append(
            [
                f"{firms:,}",
                figure(run.seconds),
                figure(run.seconds / firms * 1e6),
                figure(firms * len(load.policies) / run.seconds / 1e6),
                f"{run.peak_bytes / 2**20:.0f}",
                figure(two.seconds),
                f"{two.peak_bytes / 2**20:.0f}",
                str(fit_workers(made, firms)),
            ]
        )
    return Table(header, rows, f"**By firms, {len(load.policies)} policies, from Parquet**")


def _policies_table(by_policies: dict[int, float], *, quick: bool) -> Table:
    rows = [
        [str(count), milliseconds(seconds), figure(seconds / count * 1e6)]
        for count, seconds in by_policies.items()
    ]
    firms = 2_000 if quick else 100_000
    caption = f"**By policies over the same 300 predicates, {firms:,} firms, encoded columns**"
    return Table(("policies", "median ms", "µs a policy"), rows, caption)


def _targets(
    alone: dict[int, Streamed],
    shared: dict[int, Streamed],
    by_policies: dict[int, float],
    load: Load,
) -> list[Target]:
    *_, middle, largest = alone
    fewest, most = min(by_policies), max(by_policies)
    growth = by_policies[most] / by_policies[fewest]
    per_firm = alone[largest].seconds / largest / (alone[middle].seconds / middle)
    memory = alone[largest].peak_bytes / alone[middle].peak_bytes
    return [
        Target(
            f"linear: a firm at {largest:,} against one at {middle:,}", 1.2, per_firm, most=True
        ),
        Target(f"memory at {largest:,} firms against {middle:,}", 1.25, memory, most=True),
        Target(
            f"sub-linear: {most} policies against {fewest}, time",
            most / fewest,
            growth,
            most=True,
        ),
        _chosen(alone[largest], shared[largest], load),
    ]


def _chosen(one: Streamed, two: Streamed, load: Load) -> Target:
    """Whether the engine starts processes just when that pays."""
    ratio = two.seconds / one.seconds
    if fit_workers(program(load), one.firms) > 1:
        return Target(f"several processes, as chosen, for {one.firms:,} firms", 1.0, 1 / ratio)
    return Target(f"one process, as chosen, for {one.firms:,} firms, against two", 1.0, ratio)
