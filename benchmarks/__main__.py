"""``python -m benchmarks``: measure everything and write the report."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from benchmarks import machine
from benchmarks.report import Section, markdown
from benchmarks.sections import (
    all_firms,
    explanation,
    from_parquet,
    incremental,
    one_firm,
    scaling,
)

SEED = 20_260_601
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"

SECTIONS: dict[str, Callable[[bool], Section]] = {
    "all-firms": lambda quick: all_firms.section(SEED, quick=quick, threads=_threads()),
    "parquet": lambda quick: from_parquet.section(SEED, quick=quick, threads=_threads()),
    "one-firm": lambda quick: one_firm.section(SEED, quick=quick),
    "explanation": lambda quick: explanation.section(SEED, quick=quick),
    "incremental": lambda quick: incremental.section(SEED, quick=quick),
    "scaling": lambda quick: scaling.section(SEED, quick=quick),
}


def _threads() -> int:
    return os.cpu_count() or 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes; the figures mean little")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="a section, repeatable")
    parser.add_argument("--out", type=Path, default=PAGE, help="where the page goes")
    arguments = parser.parse_args()
    chosen: list[str] = arguments.only or list(SECTIONS)
    sections = []
    for name in chosen:
        start = perf_counter()
        print(f"{name} …", end=" ", flush=True)
        sections.append(SECTIONS[name](arguments.quick))
        print(f"{perf_counter() - start:.0f} s", flush=True)
    arguments.out.write_text(markdown(machine.description(), sections), encoding="utf-8")
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
