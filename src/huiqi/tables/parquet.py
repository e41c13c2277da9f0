"""Parquet files, batch by batch; only the recognised columns are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from huiqi.tables.columns import can_hold
from huiqi.tables.errors import Unreadable
from huiqi.tables.headers import MOST_COLUMNS, Header, HeaderReader, IgnoredColumn

_MOST_UNPACKED = 200_000_000_000


class ParquetTable:
    """A Parquet file with its header. Columns of a type that cannot be the fact are ignored."""

    def __init__(self, path: Path, reader: HeaderReader) -> None:
        self._path = path
        with _told(), pq.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
            self.rows: int = metadata.num_rows
            unpacked = sum(
                metadata.row_group(index).total_byte_size
                for index in range(metadata.num_row_groups)
            )
        if len(schema) > MOST_COLUMNS:
            raise Unreadable(f"表格的列太多（{len(schema)} 列）", "只保留需要的列")
        if unpacked > _MOST_UNPACKED:
            raise Unreadable("Parquet 文件解压后过大", "拆成几个文件")
        self._names: list[str] = schema.names
        self.header = self._typed(reader.require([self._names], "表格"), schema)

    def batches(self, rows: int) -> Iterator[pl.DataFrame]:
        """Frames whose columns are named by position, ``c0``, ``c1`` …"""
        wanted = {self._names[column.index]: column.index for column in self.header.columns}
        with _told(), pq.ParquetFile(self._path) as file:
            for batch in file.iter_batches(batch_size=rows, columns=list(wanted)):
                batch.validate(full=True)  # a broken page may decode to texts out of bounds
                yield _frame(batch).select(
                    pl.col(name).alias(f"c{index}") for name, index in wanted.items()
                )

    @staticmethod
    def _typed(header: Header, schema: pa.Schema) -> Header:
        """Set aside the columns whose type cannot be the fact."""
        empty = _frame(_readable(schema).empty_table())
        columns, ignored = [], list(header.ignored)
        for column in header.columns:
            name = schema.names[column.index]
            if name in empty.columns and can_hold(empty[name].dtype, column.fact):
                columns.append(column)
            else:
                kind = schema.field(column.index).type
                reason = f"这一列的类型 {kind} 不能作为“{column.fact.name}”"
                ignored.append(IgnoredColumn(column.index, column.header, reason, column.fact))
        return replace(header, columns=tuple(columns), ignored=tuple(ignored))


@contextmanager
def _told() -> Iterator[None]:
    """What a broken file makes the parser raise, in words for people."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Unreadable("Parquet 文件已损坏", "重新生成这个文件") from error


def _readable(schema: pa.Schema) -> pa.Schema:
    """The fields Polars can take in; maps, structs and the like hold no fact."""
    return pa.schema(
        [field for field in schema if not pa.types.is_nested(field.type) or _listed(field)]
    )


def _listed(field: pa.Field) -> bool:
    return bool(pa.types.is_list(field.type) or pa.types.is_large_list(field.type))


def _frame(data: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    # Without metadata: nothing here needs it, and what is not UTF-8 in it would break Polars.
    found = pl.from_arrow(type(data).from_arrays(data.columns, names=data.schema.names))
    assert isinstance(found, pl.DataFrame)
    return found
