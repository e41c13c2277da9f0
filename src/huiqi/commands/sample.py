"""``huiqi sample --firms N --seed S --out FILE``: synthetic firms, no real one among them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from huiqi.commands import options as shared
from huiqi.commands.console import Progress
from huiqi.commands.outcome import DONE, Failed
from huiqi.sample.cover import Coverer, TooFew
from huiqi.sample.generator import Block, Generator
from huiqi.sample.table import SampleTable
from huiqi.sample.writing import DECLARATION, MOST_EXCEL_ROWS, About, open_sample
from huiqi.sample.wrong_cells import MistakeMaker, Patch

NAME = "sample"
HELP = "生成合成企业（不含任何真实企业），部分单元格空缺或填错，用于演示、测试和压力测试"

_MOST = 10_000_000
_TYPED = ".parquet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--firms", metavar="N", type=int, required=True, help="多少家企业")
    parser.add_argument(
        "--seed",
        metavar="S",
        type=int,
        default=1,
        help="随机种子：相同的种子得到相同的企业（默认 1）",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        required=True,
        help="写到哪里：.xlsx、.csv（含填错的单元格）或 .parquet（列有类型，没有填错的）",
    )
    parser.add_argument(
        "--cover-policies",
        action="store_true",
        help="让每项有效政策都有符合、不符合、待定的企业，每个划型行业和规模都有企业",
    )
    parser.add_argument(
        "--on", metavar="YYYY-MM-DD", help="各项数据到哪一天（默认用 sample/facts.yaml 的 as_of）"
    )
    shared.add_jurisdiction(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    out, day = Path(options.out), _day(options.on)
    _check(options.firms, options.seed, out)
    generator = Generator(shared.load(options), options.seed, day)
    table = SampleTable(generator)
    parts = _covering(table, options.firms) if options.cover_policies else _random(table, options)
    firms = wrong = 0
    with (
        Progress("生成") as progress,
        open_sample(out, table, _about(generator, options)) as writer,
    ):
        for block, patches in parts:
            firms += block.rows
            written = [] if out.suffix.lower() == _TYPED else patches
            wrong += len(written)
            writer.write(block, written)
            progress.rows(firms, options.firms)
    _print(options, firms, wrong)
    return DONE


def _check(firms: int, seed: int, out: Path) -> None:
    if not 1 <= firms <= _MOST:
        raise Failed(f"--firms 应在 1 至 {_MOST:,} 之间")
    if seed < 0:
        raise Failed("--seed 应是不小于 0 的整数")
    if out.suffix.lower() == ".xlsx" and firms >= MOST_EXCEL_ROWS:
        raise Failed(f"Excel 一张表放不下 {firms:,} 家，请写成 .csv 或 .parquet")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Failed(f"--on：“{text}”不是日期，应写作 2026-01-31") from error


def _random(table: SampleTable, options: argparse.Namespace) -> Iterator[tuple[Block, list[Patch]]]:
    mistakes = MistakeMaker(table, table.generator.as_of)
    for block in table.generator.blocks(options.firms):
        if Path(options.out).suffix.lower() == _TYPED:
            yield block, []
            continue
        rng = np.random.default_rng([options.seed, 2, block.first])
        yield block, mistakes.patches(rng, table.shown(block))


def _covering(table: SampleTable, firms: int) -> Iterator[tuple[Block, list[Patch]]]:
    try:
        found = Coverer(table, table.generator.as_of).cover(firms)
    except TooFew as error:
        raise Failed(str(error)) from error
    if found.unreached:
        goals = "；".join(" ".join(part for part in goal if part) for goal in found.unreached)
        raise Failed(f"找不到能触及下列情形的企业，请给政策补上例子：{goals}")
    yield found.block, found.patches


def _about(generator: Generator, options: argparse.Namespace) -> About:
    profile, assumptions = generator.jurisdiction.profile, generator.assumptions
    mix = assumptions.mix
    lines = [
        ("法域", f"{profile.code} {profile.name}"),
        ("数据日期", generator.as_of.isoformat()),
        ("随机种子", str(options.seed)),
        ("名称和代码", assumptions.names.note),
        ("各项数字", f"{assumptions.facts.note}来源：{assumptions.facts.source}。"),
        ("行业和地区", f"{mix.note}来源：{mix.source}。" if mix else "各行业、各地区均匀抽取。"),
        ("空缺和填错", "有的单元格空缺（未知），少数单元格故意填错，用来演示填报问题怎样提示。"),
    ]
    return About(f"{profile.short_name}合成企业", lines)


def _print(options: argparse.Namespace, firms: int, wrong: int) -> None:
    if options.format == "json":
        answer = {
            "out": options.out,
            "jurisdiction": options.jurisdiction,
            "seed": options.seed,
            "firms": firms,
            "changed_cells": wrong,
        }
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    spoilt = f"，其中 {wrong:,} 个单元格故意填错或写得不规范" if wrong else ""
    print(f"{firms:,} 家合成企业{spoilt}：{options.out}（{DECLARATION}）")
