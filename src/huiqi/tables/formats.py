"""What a file is, by its content; its name must say the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from huiqi.tables.errors import Unreadable, reason

Format = Literal["xlsx", "xls", "csv", "parquet"]

SUFFIXES: dict[str, Format] = {
    ".xlsx": "xlsx",
    ".xls": "xls",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
}
MEGABYTE = 1 << 20
MOST_BYTES: dict[Format, int] = {
    "xlsx": 200 * MEGABYTE,
    "xls": 200 * MEGABYTE,
    "csv": 8_000 * MEGABYTE,
    "parquet": 32_000 * MEGABYTE,
}
_TITLES: dict[Format, str] = {
    "xlsx": "Excel 工作簿（.xlsx）",
    "xls": "旧版 Excel 工作簿（.xls）",
    "csv": "文本表格（.csv）",
    "parquet": "Parquet 文件",
}
_ACCEPTED = "可导入 .xlsx、.xls、.csv、.parquet；其他格式请先另存为 .xlsx"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENTRY_STEP = 128
_BEGINNING = 8192


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table came from, for the record."""

    name: str
    format: Format
    sheet: str
    other_sheets: tuple[str, ...]
    """Sheets of the workbook that were not read."""

    sha256: str
    modified: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file's fingerprint, and the number of line ends in it."""

    sha256: str
    modified: datetime
    size: int
    lines: int


def identify(path: Path) -> Format:
    """The format of a readable file. Raises Unreadable in every other case."""
    named = _named(path)
    try:
        found = _content(path)
    except OSError as error:
        raise Unreadable(
            f"不能读取 {path}：{reason(error)}", "检查权限，以及文件是否正被占用"
        ) from error
    if found != named:
        raise Unreadable(
            f"文件名以 {path.suffix} 结尾，内容却是{_TITLES[found]}",
            f"把扩展名改为 .{found}，或者另存为 {path.suffix} 再导入",
        )
    size = path.stat().st_size
    if size > MOST_BYTES[found]:
        most = MOST_BYTES[found] // MEGABYTE
        raise Unreadable(
            f"文件有 {size // MEGABYTE} MB，{_TITLES[found]}最大 {most} MB",
            "拆成几个文件，或者改用 .parquet",
        )
    return found


def stamp(path: Path) -> Stamp:
    """Read the file once for its SHA-256 and line count."""
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(MEGABYTE):
            digest.update(chunk)
            lines += chunk.count(b"\n")
    status = path.stat()
    modified = datetime.fromtimestamp(status.st_mtime, tz=UTC)
    return Stamp(digest.hexdigest(), modified, status.st_size, lines)


def _named(path: Path) -> Format:
    if not path.exists():
        raise Unreadable(f"没有 {path} 这个文件", "核对路径和文件名")
    if not path.is_file():
        raise Unreadable(f"{path} 不是文件", "请给出一个表格文件")
    if path.stat().st_size == 0:
        raise Unreadable("文件是空的", "核对文件是否保存完整")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise Unreadable(f"不支持“{suffix or '没有扩展名'}”的文件", _ACCEPTED)
    return SUFFIXES[suffix]


def _content(path: Path) -> Format:
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
        file.seek(-4, 2) if path.stat().st_size >= 4 else file.seek(0)
        end = file.read(4)
    if beginning.startswith(b"PAR1"):
        if end != b"PAR1":
            raise Unreadable("Parquet 文件不完整", "重新生成或重新传送这个文件")
        return "parquet"
    if beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    if beginning.startswith(_OLE):
        return _ole(path)
    return _text(beginning)


def _ole(path: Path) -> Format:
    """An old workbook, or a new one that was encrypted and wrapped."""
    if _has_entry(path, "EncryptedPackage"):
        raise Unreadable("文件加了密码，无法读取", "在 Excel 或 WPS 中去掉打开密码后再导入")
    if _has_entry(path, "Workbook") or _has_entry(path, "Book"):
        return "xls"
    raise Unreadable("文件不是 Excel 工作簿（可能是旧版 Word 等其他文档）", _ACCEPTED)


def _has_entry(path: Path, name: str) -> bool:
    """Whether the container lists a stream of this name; directory entries lie every 128 bytes."""
    entry = name.encode("utf-16-le").ljust(64, b"\0") + (2 * len(name) + 2).to_bytes(2, "little")
    with path.open("rb") as file:
        tail = b""
        at = 0
        while chunk := file.read(MEGABYTE):
            block = tail + chunk
            found = block.find(entry)
            while found >= 0:
                if (at + found) % _OLE_ENTRY_STEP == 0:
                    return True
                found = block.find(entry, found + 1)
            tail = block[-_OLE_ENTRY_STEP:]
            at += len(block) - len(tail)
    return False


def _text(beginning: bytes) -> Format:
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"mime-version")):
        raise Unreadable("这是网页格式的表格，不是真正的 Excel 文件", "用 Excel 打开后另存为 .xlsx")
    if start.startswith((b"<?xml", b"<!doctype", b"<workbook")):
        raise Unreadable("这是 XML 文件，不能作为表格导入", "用 Excel 打开后另存为 .xlsx")
    utf16 = beginning.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in beginning and not utf16:
        raise Unreadable("文件不是表格，也不是文本", _ACCEPTED)
    return "csv"
