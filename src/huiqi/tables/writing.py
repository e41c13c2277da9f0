"""Result tables as ``.xlsx``, ``.csv`` or ``.parquet``: whole or not at all, and never alive.

    with open_writer(Path("结果.xlsx"), source=input_path) as writer:
        sheet = writer.sheet("匹配结果", [Column("企业名称"), Column("金额", "money_yuan")])
        sheet.write(frame)              # as often as needed; sheets may take turns

The file is written under another name in the same folder and renamed when complete; an exception
inside the ``with`` leaves nothing behind. No cell is a formula or a link.
"""

from __future__ import annotations

import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

import polars as pl

from huiqi.tables.errors import Unwritable, reason
from huiqi.tables.output_columns import Column, Rows, as_frame

__all__ = ["Column", "SheetWriter", "TableWriter", "open_writer", "write_table"]

Data = pl.DataFrame | Rows


class SheetWriter(Protocol):
    """One table being written."""

    def write(self, data: Data) -> None:
        """Append rows: a frame or rows with the columns in order, in stored form."""


class TableWriter(ABC):
    """A file being written. Use as a context, or call ``close`` (keeps) or ``discard``."""

    many_sheets = False
    """Whether the format has room for more than one sheet."""

    def __init__(self, path: Path, part: Path) -> None:
        self._path = path
        self._part = part
        self._open = True
        self._current: SheetWriter | None = None

    def sheet(self, name: str, columns: Sequence[Column]) -> SheetWriter:
        """Begin a sheet. Raises ValueError for a second one where there is room for one."""
        if self._current is not None and not self.many_sheets:
            raise ValueError(f"{self._path.suffix} files hold one table")
        self._current = self._sheet(name, columns)
        return self._current

    def write(self, data: Data) -> None:
        """Append rows to the sheet begun last."""
        if self._current is None:
            raise ValueError("begin a sheet first")
        self._current.write(data)

    def close(self) -> None:
        """Finish the file and put it in its place."""
        if not self._open:
            return
        self._open = False
        try:
            self._finish()
            _flush(self._part)
            self._part.replace(self._path)
        except OSError as error:
            raise Unwritable(
                f"结果没有写成：{reason(error)}", "检查磁盘空间，以及文件是否正被打开"
            ) from error
        finally:
            self._part.unlink(missing_ok=True)

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._open:
            self._open = False
            self._abandon()
            self._part.unlink(missing_ok=True)

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    @abstractmethod
    def _sheet(self, name: str, columns: Sequence[Column]) -> SheetWriter: ...

    @abstractmethod
    def _finish(self) -> None:
        """Complete the part file."""

    @abstractmethod
    def _abandon(self) -> None:
        """Let go of the part file."""


class FrameSheet(ABC):
    """A sheet that takes its rows as frames."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)

    def write(self, data: Data) -> None:
        frame = as_frame(data, self.columns)
        if frame.height:
            self.append(frame)

    @abstractmethod
    def append(self, frame: pl.DataFrame) -> None:
        """Append rows in stored form."""


def open_writer(path: Path | str, *, source: Path | None = None) -> TableWriter:
    """Begin a file; its format follows from the name.

    ``source``: the input, which is never overwritten. Raises Unwritable.
    """
    path = Path(path)
    check_place(path, _WRITERS, source)
    part = path.with_name(f".{path.stem[:100]}.{secrets.token_hex(6)}.part")
    try:
        return _WRITERS[path.suffix.lower()](path, part)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Unwritable(
            f"不能在 {path.parent} 中写文件：{reason(error)}", "换一个可以写入的文件夹"
        ) from error


def write_table(
    path: Path | str,
    sheets: Mapping[str, tuple[Sequence[Column], Data]],
    *,
    source: Path | None = None,
) -> None:
    """Write a whole file at once: sheet name → columns and rows."""
    with open_writer(path, source=source) as writer:
        for name, (columns, data) in sheets.items():
            writer.sheet(name, columns).write(data)


def check_place(path: Path, suffixes: Collection[str], source: Path | None = None) -> None:
    """Whether a file of one of these formats can be written there. Raises Unwritable."""
    if path.suffix.lower() not in suffixes:
        raise Unwritable(
            f"不能写“{path.suffix or '没有扩展名'}”的文件", f"可写成 {'、'.join(suffixes)}"
        )
    if not path.parent.is_dir():
        raise Unwritable(f"没有 {path.parent} 这个文件夹", "先建好文件夹，或者换一个位置")
    if path.is_dir():
        raise Unwritable(f"{path} 是文件夹", "给出一个文件名")
    same = source is not None and (
        path.resolve() == source.resolve() or (path.exists() and path.samefile(source))
    )
    if same:
        raise Unwritable("结果不能写在输入文件上", "给结果换一个文件名")


def _flush(path: Path) -> None:
    """Have the content on the disk before the name points to it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _workbook(path: Path, part: Path) -> TableWriter:
    from huiqi.tables.workbook_writing import WorkbookWriter

    return WorkbookWriter(path, part)


def _csv(path: Path, part: Path) -> TableWriter:
    from huiqi.tables.flat_writing import CsvWriter

    return CsvWriter(path, part)


def _parquet(path: Path, part: Path) -> TableWriter:
    from huiqi.tables.flat_writing import ParquetWriter

    return ParquetWriter(path, part)


_WRITERS = {".xlsx": _workbook, ".csv": _csv, ".parquet": _parquet}
