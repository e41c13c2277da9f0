"""All firms, cold: encoded columns in memory, every predicate computed anew in each run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks import firms as population
from benchmarks import workload
from benchmarks.columns import Ranking
from benchmarks.form import Answers, Firms, Load
from benchmarks.machine import bandwidth
from benchmarks.measure import Contender, Timing, first_results, in_turns
from benchmarks.ours import OursPeer
from benchmarks.peers.duckdb_peer import DuckdbPeer
from benchmarks.peers.numpy_peer import NumpyPeer
from benchmarks.peers.openfisca_peer import OpenfiscaPeer
from benchmarks.peers.polars_peer import PolarsPeer
from benchmarks.report import Section, Table, Target, figure, milliseconds
from benchmarks.sections.equal import check

OURS = "Huiqi"
ENCODING = "Huiqi, its encoding counted"
USUAL_POLARS = "Polars, one select"
INEXACT = frozenset({"OpenFisca-core, 32 bits"})
NOTE = """\
Encoded columns are in memory; nothing computed in one run is kept for the next. Plain columns are
the narrowest integers that hold the facts. Ranked ones hold, for every fact that is compared with
constants, the number of the interval between these constants, mostly in one byte; peers that can
use them were given both. Huiqi's own encoding is the binary digits of these ranks, a bit plane
each; the second row counts making it from the plain columns in every run. Huiqi, NumPy and
OpenFisca use one thread, Polars and DuckDB both cores."""


@dataclass(frozen=True)
class Size:
    firms: int
    policies: int
    wanted: dict[str, float]
    """Least ratio to the fastest of the forms whose names begin so."""

    floor: float | None = None
    """At most so many times the time it takes to read the columns once."""

    def __str__(self) -> str:
        return f"{self.firms:,} × {self.policies}"


SIZES = (
    Size(100_000, 200, {"Polars": 12, USUAL_POLARS: 12, "DuckDB": 15, "NumPy": 6, "OpenFisca": 8}),
    Size(
        500_000,
        50,
        {"Polars": 4, USUAL_POLARS: 4, "DuckDB": 6, "NumPy": 6, "OpenFisca": 25},
        floor=12,
    ),
)
QUICK = (Size(3_000, 20, SIZES[0].wanted), Size(6_000, 10, SIZES[1].wanted, floor=12))


def section(seed: int, *, quick: bool, threads: int) -> Section:
    tables, targets = [], []
    for size in QUICK if quick else SIZES:
        table, found = _size(size, seed, rounds=3 if quick else 9, threads=threads)
        tables.append(table)
        targets += found
    return Section("All firms, cold", [NOTE], tables, targets)


def _size(size: Size, seed: int, *, rounds: int, threads: int) -> tuple[Table, list[Target]]:
    load = workload.make(seed, size.policies)
    firms = population.firms(seed, size.firms)
    ours = OursPeer(load, firms)
    made = contenders(load, firms, ours, threads)
    wrong = check(first_results(made), inexact=INEXACT)
    timings = in_turns(made, rounds=rounds, budget=6.0)
    targets = ratios(size.wanted, timings, f"all firms, cold, {size}", exclude=INEXACT)
    caption = f"**{size}**"
    if size.floor is not None:
        floor = floor_seconds(ours, size)
        reached = timings[OURS].median / floor
        what = f"all firms, cold, {size}: times the memory-bandwidth floor"
        targets.append(Target(what, size.floor, reached, most=True))
        caption += f" (memory-bandwidth floor {milliseconds(floor)} ms)"
    pairs = size.firms * size.policies
    return Table(HEADER, rows(timings, wrong, pairs), caption), targets


HEADER = ("engine and form", "median ms", "best ms", "million pairs/s", "ratio", "wrong policies")


def rows(timings: dict[str, Timing], wrong: dict[str, int], pairs: int) -> list[list[str]]:
    first = timings[OURS].median
    return [
        [
            name,
            milliseconds(timing.median),
            milliseconds(timing.best),
            figure(pairs / timing.median / 1e6),
            figure(timing.median / first),
            str(wrong[name]),
        ]
        for name, timing in timings.items()
    ]


def ratios(
    wanted: dict[str, float],
    timings: dict[str, Timing],
    what: str,
    *,
    exclude: frozenset[str] = frozenset(),
) -> list[Target]:
    """Targets, each against the fastest of a peer's forms that give right answers."""
    targets = []
    for peer, least in wanted.items():
        forms = {
            name: timing.median
            for name, timing in timings.items()
            if name.startswith(peer) and name not in exclude
        }
        fastest = min(forms, key=lambda name: forms[name])
        reached = forms[fastest] / timings[OURS].median
        targets.append(Target(f"{what}: {fastest}", least, reached))
    return targets


def contenders(load: Load, firms: Firms, ours: OursPeer, threads: int) -> list[Contender[Answers]]:
    """Huiqi first, then every peer in the forms that were best in trials, and the usual ones."""
    ranking = Ranking.of(load)
    ranked, ranks = ranking.load(load), ranking.columns(firms)
    forms = {"plain": (load, firms), "ranked": (ranked, ranks)}
    made = [Contender(OURS, ours.run), Contender(ENCODING, ours.run_encoding)]
    for name, (form, columns) in forms.items():
        made.append(Contender(f"NumPy, by hand, {name}", NumpyPeer(form, columns, 1 << 15).run))
    for name, (form, columns) in forms.items():
        run = PolarsPeer(form, columns, "staged").run
        made.append(Contender(f"Polars, staged by hand, {name}", run))
    run = PolarsPeer(ranked, ranks, "one select").run
    made.append(Contender("Polars, one select, ranked", run))
    for name, (form, columns) in forms.items():
        run = DuckdbPeer(form, columns, "where", threads, threads).run
        made.append(Contender(f"DuckDB, a WHERE a policy, {name}", run))
    run = DuckdbPeer(load, firms, "staged", threads, threads).run
    made.append(Contender("DuckDB, a WHERE a policy over shared predicates", run))
    run = DuckdbPeer(ranked, ranks, "wide staged", threads, 1).run
    made.append(Contender("DuckDB, one wide SELECT, ranked", run))
    run = OpenfiscaPeer(ranked, ranks, wide=True).run
    made.append(Contender("OpenFisca-core, widened to 64 bits, ranked", run))
    run = OpenfiscaPeer(ranked, ranks, wide=False).run
    made.append(Contender("OpenFisca-core, 32 bits", run))
    return made


def floor_seconds(ours: OursPeer, size: Size) -> float:
    """Reading the encoded columns once and writing the two planes of every policy."""
    result = size.policies * 2 * ((size.firms + 63) // 64) * np.dtype(np.uint64).itemsize
    return (ours.encoded_bytes() + result) / bandwidth()
