"""Look at an Office workbook as the archive it is, before any parser sees it.

A workbook is a ZIP of XML files. Refused here, in constant memory: archives that unpack to far more
than they are (zip bombs), encrypted or oddly named members, and XML that declares a document
type or entities (XXE, “billion laughs”). Sizes are counted while unpacking, never taken from
the archive's own word.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from huiqi.tables.errors import Unreadable

_MEGABYTE = 1 << 20
_CHUNK = _MEGABYTE
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_END_64_LOCATOR = b"PK\x06\x07"
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1
_DEEPEST_PATH = 8
_XML_SUFFIXES = (".xml", ".rels", ".vml")
_DECLARATIONS = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OVERLAP = 16  # a declaration may lie across two chunks
_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_READABLE_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_WORKBOOK = "xl/workbook.xml"
_BINARY_WORKBOOK = "xl/workbook.bin"

_BOMB_ADVICE = "正常的表格不会这样。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再导入"
_SAVE_AGAIN = "请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """How much a workbook may be; generous for a sheet of a million rows."""

    members: int = 5_000
    directory_bytes: int = 4 * _MEGABYTE
    total_bytes: int = 3_000 * _MEGABYTE
    ratio: int = 200
    ratio_from_bytes: int = 8 * _MEGABYTE


def check_workbook(path: Path, limits: ZipLimits | None = None) -> None:
    """Raises Unreadable when the archive must not be parsed."""
    limits = limits or ZipLimits()
    with path.open("rb") as file:
        _check_directory(file, limits)
        try:
            members = zipfile.ZipFile(file).infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise _damaged() from error
        _check_names(members, limits)
        _check_content(file, members, limits)


def _damaged() -> Unreadable:
    return Unreadable("文件已损坏，不是完整的 .xlsx 工作簿", _SAVE_AGAIN)


def _bomb(reason: str) -> Unreadable:
    return Unreadable(f"文件可疑，已拒绝：{reason}", _BOMB_ADVICE)


# --- the directory -----------------------------------------------------------------------------


def _check_directory(file: IO[bytes], limits: ZipLimits) -> None:
    """Number of members and size of their list, before the list is read."""
    size = file.seek(0, 2)
    start = max(0, size - 65_557)  # the end record with the longest comment
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise _damaged()
    count, directory = struct.unpack_from("<10xHI", tail, at)
    locator = at - 20
    if locator >= 0 and tail.startswith(_END_64_LOCATOR, locator):
        count, directory = _large_directory(file, struct.unpack_from("<8xQ", tail, locator)[0])
    if count > limits.members or directory > limits.directory_bytes:
        raise _bomb(f"压缩包里有 {count} 个文件")


def _large_directory(file: IO[bytes], offset: int) -> tuple[int, int]:
    file.seek(offset)
    record = file.read(56)
    if len(record) < 56 or not record.startswith(_END_64):
        raise _damaged()
    count, directory = struct.unpack_from("<32xQQ", record)
    return count, directory


def _check_names(members: list[zipfile.ZipInfo], limits: ZipLimits) -> None:
    names = [member.filename for member in members]
    if len(members) > limits.members:
        raise _bomb(f"压缩包里有 {len(members)} 个文件")
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise Unreadable("文件加了密码，无法读取", "去掉密码后再导入")
        if _strange(member.filename):
            raise _bomb("压缩包里有不正常的文件路径")
    if len(set(names)) != len(names):
        raise _bomb("压缩包里有同名文件")
    if _BINARY_WORKBOOK in names:
        raise Unreadable("这是 .xlsb 二进制工作簿，不能读取", _SAVE_AGAIN)
    if _WORKBOOK not in names:
        raise Unreadable("文件是压缩包，但不是 Excel 工作簿（.xlsx）", _SAVE_AGAIN)
    total = sum(member.file_size for member in members)
    if total > limits.total_bytes:
        raise _bomb(f"解压后有 {total // _MEGABYTE} MB")


def _strange(name: str) -> bool:
    parts = name.rstrip("/").split("/")
    return (
        name.startswith("/")
        or "\\" in name
        or ":" in name
        or ".." in parts
        or len(parts) > _DEEPEST_PATH
    )


# --- the members -------------------------------------------------------------------------------


def _check_content(file: IO[bytes], members: list[zipfile.ZipInfo], limits: ZipLimits) -> None:
    total = 0
    for member in members:
        if not member.filename.lower().endswith(_XML_SUFFIXES):
            continue
        unpacked, tail = 0, b""
        for chunk in _unpack(file, member):
            unpacked += len(chunk)
            _check_size(member, unpacked, total + unpacked, limits)
            if not tail:
                _check_beginning(chunk)
            if _DECLARATIONS.search(tail + chunk):
                raise Unreadable(
                    "文件可疑，已拒绝：其中的 XML 带有文档类型或实体声明", _BOMB_ADVICE
                )
            tail = chunk[-_OVERLAP:]
        if unpacked != member.file_size:
            raise _bomb("压缩包里文件的实际大小与标明的不符")
        total += unpacked


def _check_size(member: zipfile.ZipInfo, unpacked: int, total: int, limits: ZipLimits) -> None:
    if total > limits.total_bytes:
        raise _bomb(f"解压后超过 {limits.total_bytes // _MEGABYTE} MB")
    allowed = max(limits.ratio_from_bytes, limits.ratio * max(1, member.compress_size))
    if unpacked > allowed:
        raise _bomb(f"压缩比超过 {limits.ratio} 倍")


def _check_beginning(chunk: bytes) -> None:
    """Only UTF-8: in another encoding the declarations looked for would be other bytes."""
    text = chunk[:200].removeprefix(b"\xef\xbb\xbf")
    match = _ENCODING.match(text)
    if not text.lstrip().startswith(b"<") or b"\x00" in text:
        raise _bomb("其中的 XML 不是 UTF-8 编码")
    if match and match[1].lower() not in _READABLE_ENCODINGS:
        raise _bomb("其中的 XML 不是 UTF-8 编码")


def _unpack(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's content in chunks, at most as many bytes as come out, whatever it claims."""
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise _damaged()
    name, extra = struct.unpack_from("<26xHH", header)
    file.seek(name + extra, 1)
    if member.compress_type == zipfile.ZIP_STORED:
        yield from _stored(file, member.compress_size)
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(file, member.compress_size)
    else:
        raise Unreadable("文件用了不支持的压缩方法", _SAVE_AGAIN)


def _stored(file: IO[bytes], left: int) -> Iterator[bytes]:
    while left > 0:
        chunk = file.read(min(_CHUNK, left))
        if not chunk:
            raise _damaged()
        left -= len(chunk)
        yield chunk


def _inflated(file: IO[bytes], left: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _stored(file, left):
            waiting = packed
            while waiting and not inflater.eof:
                chunk = inflater.decompress(waiting, _CHUNK)
                waiting = inflater.unconsumed_tail
                if chunk:
                    yield chunk
        rest = inflater.flush()
    except zlib.error as error:
        raise _damaged() from error
    if rest:
        yield rest
    if not inflater.eof:
        raise _damaged()
