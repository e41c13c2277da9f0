"""Measure everything and write the report."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from time import perf_counter

try:
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
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is not installed: run `make bench`, or `scripts/setup bench` first")

SEED = 20_260_601
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
SECTIONS = ("all-firms", "parquet", "one-firm", "explanation", "incremental", "scaling")


def section(name: str, *, quick: bool) -> Section:
    threads = os.cpu_count() or 1
    match name:
        case "all-firms":
            return all_firms.section(SEED, quick=quick, threads=threads)
        case "parquet":
            return from_parquet.section(SEED, quick=quick, threads=threads)
        case "one-firm":
            return one_firm.section(SEED, quick=quick)
        case "explanation":
            return explanation.section(SEED, quick=quick)
        case "incremental":
            return incremental.section(SEED, quick=quick)
        case _:
            return scaling.section(SEED, quick=quick)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes; the figures mean little")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="a section, repeatable")
    parser.add_argument("--out", type=Path, default=PAGE, help="where the page goes")
    arguments = parser.parse_args()
    sections = []
    for name in arguments.only or SECTIONS:
        start = perf_counter()
        print(f"{name} …", end=" ", flush=True)
        sections.append(section(name, quick=arguments.quick))
        print(f"{perf_counter() - start:.0f} s", flush=True)
    arguments.out.write_text(markdown(machine.description(), sections), encoding="utf-8")
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
