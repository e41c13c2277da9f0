"""Totals over any number of firms: shard by shard in constant memory, in one process or several."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import polars as pl
import pyarrow.parquet as pq

from huiqi.rules.batch.firms import AllFirms
from huiqi.rules.batch.shipping import ShippedProgram, packed, unpacked
from huiqi.rules.batch.totals import Totals
from huiqi.rules.program import Program

SHARD = 1 << 19
"""Rows at a time: fewer and the cost of each step shows, more and planes leave the cache."""

Progress = Callable[[int, int | None], None]
"""Told the rows done so far and, where known, of how many."""


def run(
    program: Program,
    firms: Path | Iterable[pl.DataFrame],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Totals:
    """What the rules come to over all firms.

    ``firms``: a Parquet file, or frames, of stored integers: a column a fact key, null where
    unknown; a fact without a column is unknown for all. ``workers``: processes to use; None: as
    many as pay. Each imports the main module anew, so a script must guard its start with
    ``if __name__ == "__main__"``. Raises TypeError for a column that holds no integers.
    """
    source = ParquetShards.of(firms, program) if isinstance(firms, Path) else FrameShards(firms)
    workers = fit_workers(program, source.rows) if workers is None else workers
    totals = Totals.none(len(program.rules))
    parts = _here(program, source) if workers <= 1 else _elsewhere(program, source, workers)
    for part in parts:
        totals = totals + part
        if progress is not None:
            progress(totals.rows, source.rows)
    return totals


# --- where firms come from -----------------------------------------------------------------------


@dataclass(frozen=True)
class ParquetShard:
    """Some rows of a Parquet file, read where they are needed."""

    path: Path
    columns: tuple[str, ...]
    start: int
    rows: int

    def frame(self) -> pl.DataFrame:
        if not self.columns:
            return _without_facts(self.rows)
        scanned = pl.scan_parquet(self.path).select(self.columns)
        return scanned.slice(self.start, self.rows).collect()


@dataclass(frozen=True)
class FrameShard:
    """Rows in memory."""

    rows: pl.DataFrame

    def frame(self) -> pl.DataFrame:
        return self.rows


Shard = ParquetShard | FrameShard


@dataclass(frozen=True)
class ParquetShards:
    """The shards of a Parquet file."""

    path: Path
    columns: tuple[str, ...]
    rows: int

    @classmethod
    def of(cls, path: Path, program: Program) -> ParquetShards:
        metadata = pq.read_metadata(path)
        present = set(metadata.schema.to_arrow_schema().names)
        wanted = tuple(key for key in program.facts if key in present)
        return cls(path, wanted, metadata.num_rows)

    def __iter__(self) -> Iterator[Shard]:
        for start in range(0, self.rows, SHARD):
            yield ParquetShard(self.path, self.columns, start, min(SHARD, self.rows - start))


@dataclass(frozen=True)
class FrameShards:
    """The shards of frames that come one by one."""

    frames: Iterable[pl.DataFrame]
    rows: None = None

    def __iter__(self) -> Iterator[Shard]:
        for frame in self.frames:
            yield from (FrameShard(rows) for rows in frame.iter_slices(SHARD))


def _without_facts(rows: int) -> pl.DataFrame:
    """A frame must have a column to have rows; no fact has the empty name."""
    return pl.DataFrame({"": pl.repeat(0, rows, dtype=pl.Int8, eager=True)})


# --- processes -----------------------------------------------------------------------------------

WORTH_ITS_START = 3e9
"""Firms × (rules + facts) from which several processes are done before one is. Measured: a process
does 0.6e9 a second, and takes 1.4 s to start and compile."""


def fit_workers(program: Program, rows: int | None) -> int:
    """Processes that pay. Frames in memory stay here: sending them costs as much as the work."""
    work = (rows or 0) * (len(program.rules) + len(program.facts))
    return _cores() if work >= WORTH_ITS_START else 1


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _here(program: Program, shards: Iterable[Shard]) -> Iterator[Totals]:
    engine = AllFirms(program)
    for shard in shards:
        yield engine.totals(engine.encode(shard.frame()))


def _elsewhere(program: Program, shards: Iterable[Shard], workers: int) -> Iterator[Totals]:
    # Spawned, not forked: a fork would copy the locks of Polars' threads, but not the threads.
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _start, (packed(program),)
    )
    with pool:
        waiting: deque[Future[Totals]] = deque()
        for shard in shards:
            waiting.append(pool.submit(_totals, shard))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class _Worker:
    """What a worker keeps from its start on."""

    engine: ClassVar[AllFirms]


def _start(shipped: ShippedProgram) -> None:
    _Worker.engine = AllFirms(unpacked(shipped))


def _totals(shard: Shard) -> Totals:
    engine = _Worker.engine
    return engine.totals(engine.encode(shard.frame()))
