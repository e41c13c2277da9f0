"""All firms from a Parquet file: loading and encoding counted for every engine."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import firms as population
from benchmarks import workload
from benchmarks.form import Answers, Load
from benchmarks.measure import Contender, first_results, in_turns
from benchmarks.ours import from_parquet as ours
from benchmarks.ours import streamed
from benchmarks.parquet import read, write
from benchmarks.peers import duckdb_peer, polars_peer
from benchmarks.peers.numpy_peer import NumpyPeer
from benchmarks.peers.openfisca_peer import OpenfiscaPeer
from benchmarks.report import Section, Table, Target
from benchmarks.sections.all_firms import HEADER, OURS, QUICK, SIZES, Size, ratios, rows
from benchmarks.sections.equal import check

AHEAD = {"Polars": 1.0, "DuckDB": 1.0, "NumPy": 1.0, "OpenFisca": 1.0}
COMPILING = "Huiqi, streamed, compiling counted"
NOTE = """\
One file (zstd, row groups of 131,072) with the plain narrow columns. Each run starts with the file:
reading, encoding and answering are counted for every engine; each reads only the columns it needs.
Expressions, formulas and programs are made before the clock starts; DuckDB plans in the run, since
it can only do so for a table that is there. Reading uses both cores everywhere."""


def section(seed: int, *, quick: bool, threads: int) -> Section:
    tables, targets = [], []
    with TemporaryDirectory() as folder:
        for size in QUICK if quick else SIZES:
            path = Path(folder) / f"{size.firms}.parquet"
            write(path, population.facts(seed), population.blocks(seed, size.firms))
            table, found = _size(size, seed, path, rounds=3 if quick else 7, threads=threads)
            tables.append(table)
            targets += found
    return Section("All firms, from Parquet", [NOTE], tables, targets)


def _size(
    size: Size, seed: int, path: Path, *, rounds: int, threads: int
) -> tuple[Table, list[Target]]:
    load = workload.make(seed, size.policies)
    made = _contenders(load, path, threads)
    wrong = check(first_results(made), inexact=frozenset())
    timings = in_turns(made, rounds=rounds, budget=6.0)
    targets = ratios(AHEAD, timings, f"from Parquet, {size}")
    pairs = size.firms * size.policies
    return Table(HEADER, rows(timings, wrong, pairs), f"**{size}**"), targets


def _contenders(load: Load, path: Path, threads: int) -> list[Contender[Answers]]:
    openfisca = OpenfiscaPeer.without_firms(load, wide=True)

    def numpy() -> Answers:
        return NumpyPeer(load, read(path, load), 1 << 15).run()

    def widened() -> Answers:
        firms = read(path, load)
        return openfisca.answers(openfisca.encode(firms), firms.rows)

    return [
        Contender(OURS, ours(load, path)),
        Contender(COMPILING, streamed(load, path, 1)),
        Contender("NumPy, by hand", numpy),
        Contender("Polars, staged by hand", polars_peer.from_parquet(load, path, "in-memory")),
        Contender("Polars, staged, streaming", polars_peer.from_parquet(load, path, "streaming")),
        Contender("DuckDB, a WHERE a policy", duckdb_peer.from_parquet(load, path, threads)),
        Contender("OpenFisca-core, widened to 64 bits", widened),
    ]
