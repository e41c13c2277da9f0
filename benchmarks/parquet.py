"""The load's firms as a Parquet file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.arrow import encoded
from benchmarks.form import Column, Fact, Firms, Load, used_facts

ROW_GROUP = 131_072


def write(path: Path, facts: Iterable[Fact], blocks: Iterable[Firms]) -> None:
    """Block by block, so that any number of firms can be written."""
    facts = tuple(facts)
    writer: pq.ParquetWriter | None = None
    waiting: list[pa.Table] = []
    for block in blocks:
        waiting.append(encoded(facts, block))
        if writer is None:
            writer = pq.ParquetWriter(path, waiting[0].schema, compression="zstd")
        if sum(table.num_rows for table in waiting) >= ROW_GROUP:
            whole = pa.concat_tables(waiting)
            writer.write_table(whole.slice(0, ROW_GROUP))
            waiting = [whole.slice(ROW_GROUP)]
    if writer is not None:
        writer.write_table(pa.concat_tables(waiting))
        writer.close()


def read(path: Path, load: Load) -> Firms:
    """The columns that the load uses, as arrays."""
    table = pq.read_table(path, columns=sorted(used_facts(load)))
    return Firms({name: _column(table[name]) for name in table.column_names}, table.num_rows)


def _column(chunked: pa.ChunkedArray) -> Column:
    array = chunked.combine_chunks()
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    filled = pc.fill_null(array, pa.scalar(0).cast(array.type))
    values = filled.to_numpy(zero_copy_only=False)
    return Column(values.view(np.int8) if values.dtype == np.bool_ else values, valid)
