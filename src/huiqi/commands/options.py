"""Options that commands share: jurisdiction, date, form of output."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from huiqi.paths import jurisdictions
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction

DEFAULT_JURISDICTION = "CN-6328"


_JURISDICTION = f"法域：jurisdictions/ 下的文件夹名（默认 {DEFAULT_JURISDICTION}）"


def add_jurisdiction(
    parser: argparse.ArgumentParser,
    default: str | None = DEFAULT_JURISDICTION,
    words: str = _JURISDICTION,
) -> None:
    parser.add_argument("--jurisdiction", metavar="代码", default=default, help=words)


def add_date(parser: argparse.ArgumentParser, words: str = "按哪一天的规则算（默认今天）") -> None:
    parser.add_argument("--on", metavar="YYYY-MM-DD", type=_day, default=None, help=words)


def add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=("table", "json"),
        default="table",
        help="屏幕上显示为表格 table（默认）或 json",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，应写作 2026-01-31") from error


def load(options: argparse.Namespace, extra_policies: Iterable[Path] = ()) -> Jurisdiction:
    """The jurisdiction asked for."""
    return load_jurisdiction(jurisdictions(), options.jurisdiction, extra_policies)


def day(options: argparse.Namespace, jurisdiction: Jurisdiction) -> date:
    """The day asked for, else today where the jurisdiction is."""
    if options.on is not None:
        chosen: date = options.on
        return chosen
    return datetime.now(ZoneInfo(jurisdiction.profile.timezone)).date()
