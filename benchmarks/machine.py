"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil

PACKAGES = (
    "numpy",
    "polars",
    "pyarrow",
    "duckdb",
    "OpenFisca-Core",
    "zen-engine",
    "common-expression-language",
    "datalogic-py",
)


def description() -> list[tuple[str, str]]:
    """Processor, cores, memory, system, Python and the versions of the engines."""
    memory = psutil.virtual_memory().total / 2**30
    found = [
        ("processor", _processor()),
        ("cores", str(os.cpu_count())),
        ("memory", f"{memory:.0f} GiB"),
        ("system", _system()),
        ("Python", platform.python_version()),
    ]
    return found + [(package, version(package)) for package in PACKAGES]


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        found = re.search(r"^model name\s*: (.+)$", information.read_text(), re.MULTILINE)
        if found:
            return found[1]
    return platform.processor() or platform.machine()


def _system() -> str:
    if sys.platform == "linux":
        try:
            return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {platform.release()}"
        except OSError:
            pass
    return platform.platform()


def bandwidth() -> float:
    """Bytes a second that one thread streams from memory: the best of a few sums and copies."""
    source = np.ones(1 << 25, np.int64)  # 256 MiB, more than any cache
    target = np.empty_like(source)
    best = 0.0
    for _ in range(5):
        start = perf_counter()
        source.sum()
        best = max(best, source.nbytes / (perf_counter() - start))
        start = perf_counter()
        np.copyto(target, source)
        best = max(best, 2 * source.nbytes / (perf_counter() - start))
    return best
