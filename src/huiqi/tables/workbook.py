"""Sheets of an Excel workbook, parsed by a separate process under limits (see ``workbook_child``).

The process gets so much memory, processor time and output; when it breaks, only it breaks. Its
answers are JSON, checked for size here. It is gone before the rows are read.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any

import huiqi
from huiqi.tables.errors import Unreadable
from huiqi.tables.formats import MEGABYTE, Format

_SAVE_AGAIN = "请用 Excel 或 WPS 打开后另存为新的 .xlsx 再导入"
_SPLIT = "拆成几个较小的文件，或者另存为 .csv 再导入"
_REFUSALS = {
    "password": ("文件加了密码，无法读取", "在 Excel 或 WPS 中去掉打开密码后再导入"),
    "damaged": ("文件已损坏，不是完整的工作簿", _SAVE_AGAIN),
    "memory": ("工作表太大，超出内存限制", _SPLIT),
    "output": ("工作表的内容太多，放不下", _SPLIT),
    "columns": ("工作表的列太多", "删去右边多余的列（包括看起来是空白的）再导入"),
}
# Nothing else from the environment reaches the process; the folder of this package does.
_BOOT = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from huiqi.tables.workbook_child import main; main()"
)
_LONGEST_LINE = 256 * MEGABYTE


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """What the parsing process may use."""

    memory: int = 3_000 * MEGABYTE
    seconds: int = 180
    output: int = 4_000 * MEGABYTE


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The cells of one sheet as text, in a temporary file."""

    name: str
    path: Path
    rows: int
    columns: int
    first: list[list[str]]
    """The first rows, for finding the header."""

    merged: list[tuple[int, int, int]]
    """Merged cells of more than one row: first row and column, last row, from 0."""

    def blocks(self) -> Iterator[list[list[str]]]:
        """Blocks of rows, each as a list of columns."""
        with self.path.open(encoding="utf-8") as file:
            while line := file.readline(_LONGEST_LINE):
                if not line.endswith("\n"):
                    raise Unreadable("工作表里有过长的内容", _SAVE_AGAIN)
                yield json.loads(line)


class Workbook:
    """A workbook being read. Use as a context; the rows live in a folder of their own."""

    def __init__(
        self, path: Path, form: Format, folder: Path, limits: ProcessLimits | None = None
    ) -> None:
        self._folder = folder
        self._limits = limits or ProcessLimits()
        self._late = False
        self._process = self._start()
        try:
            answer = self._ask({"open": os.fspath(path.resolve()), "format": form})
        except BaseException:
            self._stop()
            raise
        self.sheets: list[tuple[str, bool]] = [
            (name, visible) for name, visible in answer["sheets"]
        ]
        """Names in order, and whether the sheet is a visible table."""

        self.from_1904 = bool(answer["from_1904"])

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def sheet(self, index: int) -> SheetRows:
        """Parse one sheet. Raises Unreadable when it is broken or beyond the limits."""
        handle, into = tempfile.mkstemp(suffix=".jsonl", dir=self._folder)
        os.close(handle)
        answer = self._ask({"sheet": index, "into": into})
        name, path = self.sheets[index][0], Path(into)
        merged = [(top, left, bottom) for top, left, bottom in answer["merged"]]
        return SheetRows(name, path, answer["rows"], answer["columns"], answer["first"], merged)

    def first_rows(self, index: int) -> list[list[str]]:
        """The first rows of a sheet; none when it is broken."""
        try:
            rows: list[list[str]] = self._ask({"first": index})["first"]
        except Unreadable:
            return []
        return rows

    def _start(self) -> subprocess.Popen[str]:
        limits = self._limits
        home = Path(huiqi.__file__).resolve().parents[1]
        arguments = map(str, (home, limits.memory, limits.seconds, limits.output))
        return subprocess.Popen(  # noqa: S603 - this interpreter, this package, nothing from outside
            [sys.executable, "-I", "-c", _BOOT, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env={"PYTHONUTF8": "1"},
        )

    def _stop(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request, one answer. Waiting has an end even when no processor time is used."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        timer = Timer(self._limits.seconds, self._too_late)
        timer.start()
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline(_LONGEST_LINE)
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if not line.endswith("\n"):
            raise self._broken()
        answer: dict[str, Any] = json.loads(line)
        if "refused" in answer:
            raise Unreadable(*_REFUSALS.get(answer["refused"], _REFUSALS["damaged"]))
        return answer

    def _too_late(self) -> None:
        self._late = True
        self._process.kill()

    def _broken(self) -> Unreadable:
        """Why the process ended without an answer."""
        code = self._process.wait()
        if self._late or code == -signal.SIGXCPU:
            return Unreadable(f"工作簿太复杂，{self._limits.seconds} 秒内没有读完", _SPLIT)
        if code in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV):
            return Unreadable(*_REFUSALS["memory"])
        return Unreadable(*_REFUSALS["damaged"])
