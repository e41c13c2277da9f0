"""DuckDB over a native table in memory, with narrow types and NULL for the unknown."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.arrow import table
from benchmarks.form import Answers, Firms, Load
from benchmarks.peers.duckdb_sql import Text

Rows = list[tuple[int, ...]]


class DuckdbPeer:
    """Statements are prepared once: planning is not counted where DuckDB lets it be kept.

    ``connections``: so many take the statements in turns, side by side; a table of one row group is
    otherwise scanned by one thread.
    """

    def __init__(self, load: Load, firms: Firms, form: str, threads: int, connections: int) -> None:
        self.prepare(load, table(load, firms), form, threads, connections)

    def prepare(
        self, load: Load, encoded: pa.Table, form: str, threads: int, connections: int
    ) -> None:
        connection = duckdb.connect()
        connection.execute(f"SET threads = {threads}")
        connection.register("encoded", encoded)
        connection.execute("CREATE TABLE firms AS SELECT * FROM encoded")
        connection.unregister("encoded")
        text = Text(load)
        self.before = text.stage() if form == "staged" else None
        self.statements = statements(text, form)
        self.connections = [connection] + [connection.cursor() for _ in range(connections - 1)]
        # A prepared statement over a table that is made anew in each run would be planned again.
        if self.before is None:
            for at, statement in enumerate(self.statements):
                self._of(at).execute(f"PREPARE policy_{at} AS {statement}")
            self.statements = [f"EXECUTE policy_{at}" for at in range(len(self.statements))]

    def _of(self, at: int) -> duckdb.DuckDBPyConnection:
        return self.connections[at % len(self.connections)]

    def run(self) -> Answers:
        if self.before is not None:
            self.connections[0].execute(self.before)
        if len(self.connections) == 1:
            return answers([self._rows(at) for at in range(len(self.statements))])
        found: list[Rows] = [[] for _ in self.statements]

        def work(first: int) -> None:
            for at in range(first, len(found), len(self.connections)):
                found[at] = self._rows(at)

        with ThreadPoolExecutor(len(self.connections)) as pool:
            list(pool.map(work, range(len(self.connections))))
        return answers(found)

    def _rows(self, at: int) -> Rows:
        return self._of(at).execute(self.statements[at]).fetchall()


def from_parquet(load: Load, path: Path, threads: int) -> Callable[[], Answers]:
    """Loading the file into a table, planning and answering, all of it each time."""
    columns = Text(load)

    def run() -> Answers:
        connection = duckdb.connect()
        connection.execute(f"SET threads = {threads}")
        connection.execute("CREATE TABLE firms AS SELECT * FROM read_parquet(?)", [str(path)])
        return answers([connection.execute(text).fetchall() for text in columns.where()])

    return run


def statements(text: Text, form: str) -> list[str]:
    """Raises KeyError for a form there is none of."""
    made: dict[str, Callable[[], list[str]]] = {
        "per policy": text.per_policy,
        "where": text.where,
        "union": text.union,
        "staged": text.staged,
        "wide": text.wide,
        "wide staged": text.wide_staged,
    }
    return made[form]()


def answers(results: list[Rows]) -> Answers:
    flat = [int(value) for rows in results for row in rows for value in row]
    return Answers.of(list(zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True)))
