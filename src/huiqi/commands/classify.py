"""``huiqi classify INPUT --out OUT``: the size class of every firm, with evidence."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import polars as pl

from huiqi.commands import options as shared
from huiqi.commands.console import table
from huiqi.commands.firms import CODE, Firms, text_column
from huiqi.commands.firms import NAME as FIRM_NAME
from huiqi.commands.outcome import DONE
from huiqi.commands.problem_sheet import write_problems
from huiqi.rules.size import SizeStandard
from huiqi.tables import Column, open_writer

NAME = "classify"
HELP = "企业划型：大型、中型、小型、微型、不适用或待定，附依据和说明"

COLUMNS = [
    Column("统一社会信用代码", "text", 22),
    Column("企业名称", "text", 32),
    Column("行业代码", "text", 10),
    Column("划型行业", "text", 18),
    Column("规模", "text", 8),
    Column("依据", "text", 50),
    Column("说明", "long_text", 70),
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="INPUT", help="企业表：.xlsx .xls .csv .parquet")
    parser.add_argument("--out", metavar="OUT", required=True, help="结果：.xlsx .csv .parquet")
    shared.add_jurisdiction(parser)
    shared.add_date(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    jurisdiction = shared.load(options)
    on = shared.day(options, jurisdiction)
    standard = jurisdiction.size_standard(on)
    firms = Firms(options.input, jurisdiction, on, "划型")
    counts: Counter[str] = Counter()
    with open_writer(Path(options.out), source=Path(options.input)) as writer:
        sheet = writer.sheet("划型", COLUMNS)
        for frame in firms.frames():
            rows = classified(frame, standard)
            counts.update(rows["规模"].to_list())
            sheet.write(rows)
        write_problems(writer, firms.table, Path(options.out))
        firms.report("结果的“填报问题”")
    _print(counts, firms.table.problem_count, standard, options)
    return DONE


def classified(frame: pl.DataFrame, standard: SizeStandard) -> pl.DataFrame:
    """The result rows of a chunk, columns as ``COLUMNS``."""
    tree = standard.industry.code_tree
    assert tree is not None
    keys = [key for key in standard.facts_read if key in frame.columns]
    firms = frame.select(keys).iter_rows()
    rows = []
    for values in firms:
        facts = dict(zip(keys, values, strict=True))
        found = standard.classify(facts)
        industry = facts.get(standard.industry.key)
        code = "" if industry is None else tree.display(tree.code(industry))
        rows.append((code, found.group or "", found.size, found.article, found.explanation))
    names = [column.name for column in COLUMNS]
    result = pl.DataFrame(rows, schema=dict.fromkeys(names[2:], pl.String), orient="row")
    identity = [
        text_column(frame, CODE).alias(names[0]),
        text_column(frame, FIRM_NAME).alias(names[1]),
    ]
    return pl.DataFrame(identity).hstack(result)


def _print(
    counts: Counter[str], problems: int, standard: SizeStandard, options: argparse.Namespace
) -> None:
    sizes = [*standard.model.classes, "不适用", "待定"]
    if options.format == "json":
        answer = {
            "out": options.out,
            "problems": problems,
            "counts": {size: counts[size] for size in sizes},
        }
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    print(table(["规模", "企业数"], [(size, counts[size]) for size in sizes]))
    print(f"结果：{options.out}")
