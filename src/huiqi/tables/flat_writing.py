"""Results as CSV (UTF-8 with a byte-order mark, which Excel needs) and as Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from huiqi.tables.output_columns import Column, csv_cell, harmless, parquet_cell
from huiqi.tables.writing import FrameSheet, SheetWriter, TableWriter

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class CsvWriter(TableWriter):
    """One table as text."""

    def __init__(self, path: Path, part: Path) -> None:
        super().__init__(path, part)
        self._file = part.open("xb")
        self._file.write(_BYTE_ORDER_MARK)

    def _sheet(self, name: str, columns: Sequence[Column]) -> SheetWriter:  # noqa: ARG002 - no room for it
        return _CsvSheet(columns, self._file)

    def _finish(self) -> None:
        self._file.close()

    def _abandon(self) -> None:
        self._file.close()


class _CsvSheet(FrameSheet):
    def __init__(self, columns: Sequence[Column], file: IO[bytes]) -> None:
        super().__init__(columns)
        self._file = file
        titles = pl.DataFrame([[column.name] for column in columns], schema=self._names())
        self._put(titles.select(**{name: harmless(pl.col(name)) for name in titles.columns}))

    def append(self, frame: pl.DataFrame) -> None:
        self._put(
            frame.select(
                **{
                    name: csv_cell(pl.col(name), column.kind)
                    for name, column in zip(frame.columns, self.columns, strict=True)
                }
            )
        )

    def _names(self) -> list[str]:
        return [str(position) for position in range(len(self.columns))]

    def _put(self, frame: pl.DataFrame) -> None:
        text = frame.write_csv(include_header=False, line_terminator="\r\n")
        self._file.write(text.encode("utf-8"))


class ParquetWriter(TableWriter):
    """One table with exact types."""

    def __init__(self, path: Path, part: Path) -> None:
        super().__init__(path, part)
        part.open("xb").close()
        self._table: _ParquetSheet | None = None

    def _sheet(self, name: str, columns: Sequence[Column]) -> SheetWriter:  # noqa: ARG002 - as above
        self._table = _ParquetSheet(columns, self._part)
        return self._table

    def _finish(self) -> None:
        (self._table or _ParquetSheet((), self._part)).close()

    def _abandon(self) -> None:
        if self._table is not None:
            self._table.close()


class _ParquetSheet(FrameSheet):
    def __init__(self, columns: Sequence[Column], part: Path) -> None:
        super().__init__(columns)
        self._schema: pa.Schema = pa.schema(
            [pa.field(column.name, _ARROW[column.kind]) for column in columns]
        )
        self._writer = pq.ParquetWriter(part, self._schema, compression="zstd")

    def append(self, frame: pl.DataFrame) -> None:
        exact = frame.select(
            **{
                name: parquet_cell(pl.col(name), column.kind)
                for name, column in zip(frame.columns, self.columns, strict=True)
            }
        )
        arrays = [
            exact[name].to_arrow().cast(field.type)
            for name, field in zip(exact.columns, self._schema, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


_ARROW = {
    "text": pa.large_string(),
    "long_text": pa.large_string(),
    "integer": pa.int64(),
    "money_yuan": pa.decimal128(20, 2),
    "percent": pa.decimal128(20, 4),
    "date": pa.date32(),
}
