"""``python -m benchmarks.streamed FILE SEED POLICIES WORKERS REPEATS``: runs over a Parquet file in
this process; prints times, peak memory in bytes and the answers as JSON.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from pathlib import Path
from time import perf_counter

import psutil

from benchmarks import workload
from benchmarks.ours import streamed

INTERVAL = 0.02


def main() -> None:
    path = Path(sys.argv[1])
    seed, policies, workers, repeats = (int(text) for text in sys.argv[2:])
    run = streamed(workload.make(seed, policies), path, workers)
    with Peak(together=workers > 1) as peak:
        times = []
        for _ in range(repeats):
            start = perf_counter()
            found = run()
            times.append(perf_counter() - start)
    print(json.dumps({"times": times, "peak_bytes": peak.bytes, "rows": found.rows()}))


class Peak:
    """The largest resident memory of this process, or of it and its children together.

    The system keeps the first itself; the second is looked at again and again.
    """

    def __init__(self, *, together: bool) -> None:
        self.together = together
        self.bytes = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Peak:
        if self.together:
            self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        if self.together:
            self.thread.join()
        else:
            self.bytes = _own_peak()

    def _watch(self) -> None:
        while not self.done.wait(INTERVAL):
            this = psutil.Process()
            total = 0
            for process in (this, *this.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.bytes = max(self.bytes, total)


def _own_peak() -> int:
    """`getrusage` would count the process that started this one as well."""
    status = Path("/proc/self/status")
    found = re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{status} does not tell the peak memory")
    return int(found[1]) * 1024


if __name__ == "__main__":
    main()
