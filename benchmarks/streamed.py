"""``python -m benchmarks.streamed FILE SEED POLICIES WORKERS REPEATS``: runs over a Parquet file in
this process; prints times, peak memory in bytes and the answers as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import perf_counter

from benchmarks import workload
from benchmarks.ours import from_parquet

UNIT = 1 if sys.platform == "darwin" else 1024
"""Of ``ru_maxrss``, in bytes."""


def main() -> None:
    path = Path(sys.argv[1])
    seed, policies, workers, repeats = (int(text) for text in sys.argv[2:])
    run = from_parquet(workload.make(seed, policies), path, workers)
    times = []
    for _ in range(repeats):
        start = perf_counter()
        found = run()
        times.append(perf_counter() - start)
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(who).ru_maxrss for who in whose) * UNIT
    print(json.dumps({"times": times, "peak_bytes": peak, "rows": found.rows()}))


if __name__ == "__main__":
    main()
