"""``huiqi sql POLICY --dialect …``: a policy as one SELECT, for firms that live in a database."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlglot.errors import SqlglotError

from huiqi.commands import options as shared
from huiqi.commands.outcome import DONE, Failed
from huiqi.commands.policy_file import read_policy
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy
from huiqi.rules.program import Program, compile_policies
from huiqi.rules.simulation import day_in_force
from huiqi.rules.sql.dialects import DIALECTS, Dialect, NotExpressible
from huiqi.rules.sql.statements import policy_statement
from huiqi.rules.sql.table import ENTERPRISES, Column, columns, create_table

NAME = "sql"
HELP = "把一项政策写成一条 SQL 查询，在数据库里算出每家企业的结果；注释里说明要哪些列"

_FILES = (".yaml", ".yml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "policy",
        metavar="POLICY",
        help="政策的 key，如 cit_small_low_profit，或一个政策文件（.yaml）",
    )
    parser.add_argument(
        "--dialect", choices=tuple(DIALECTS), default="duckdb", help="哪种数据库（默认 duckdb）"
    )
    parser.add_argument(
        "--table", metavar="NAME", default=ENTERPRISES, help=f"企业表叫什么（默认 {ENTERPRISES}）"
    )
    parser.add_argument("--create-table", action="store_true", help="查询之前先写建表语句")
    shared.add_jurisdiction(parser)
    shared.add_date(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    jurisdiction = shared.load(options)
    policy, on = _policy(options.policy, jurisdiction, shared.day(options, jurisdiction))
    program = compile_policies([policy], jurisdiction.vocabulary, jurisdiction.moment(on))
    dialect = DIALECTS[options.dialect]
    translation = Translation(policy, on, program, jurisdiction, dialect, options.table)
    try:
        if options.format == "json":
            print(json.dumps(translation.as_json(), ensure_ascii=False, indent=2))
        else:
            print("\n".join(translation.lines(create=options.create_table)))
    except SqlglotError as error:
        raise Failed(
            f"--table：“{options.table}”不能作表名，应写作 enterprises 或 模式.表"
        ) from error
    except NotExpressible as error:
        raise Failed(f"{policy.title}：{error}") from error
    return DONE


def _policy(word: str, jurisdiction: Jurisdiction, on: date) -> tuple[Policy, date]:
    """The policy and the day whose rules are meant: a file need not be in force on ``on``."""
    if word.endswith(_FILES):
        policy = read_policy(Path(word), jurisdiction)
        return policy, day_in_force(policy, on)
    try:
        return jurisdiction.policy(word, on), on
    except LookupError as error:
        raise Failed(str(error.args[0])) from error


@dataclass(frozen=True, eq=False)
class Translation:
    """One policy in one dialect, with what its table has to look like."""

    policy: Policy
    on: date
    program: Program
    jurisdiction: Jurisdiction
    dialect: Dialect
    table: str

    def statement(self) -> str:
        vocabulary = self.jurisdiction.vocabulary
        query = policy_statement(self.policy, self.program, vocabulary, self.dialect, self.table)
        return self.dialect.text(query)

    def columns(self) -> list[Column]:
        return columns(self.program.facts, self.jurisdiction.vocabulary, self.dialect)

    def create_table(self) -> list[str]:
        vocabulary = self.jurisdiction.vocabulary
        made = create_table(self.program.facts, vocabulary, self.dialect, self.table)
        return [self.dialect.text(statement) for statement in made]

    def as_json(self) -> dict[str, Any]:
        """``{policy, on, hash, dialect, table, columns: [{name, type, comment}], …}``"""
        return {
            "policy": self.policy.key,
            "on": self.on.isoformat(),
            "hash": self.policy.hash,
            "dialect": self.dialect.name,
            "table": self.table,
            "columns": [
                {"name": c.name, "type": self.dialect.text(c.type), "comment": c.comment}
                for c in self.columns()
            ],
            "create_table": self.create_table(),
            "statement": self.statement(),
        }

    def lines(self, *, create: bool) -> list[str]:
        """The statement to run, below comments that say what it reads and what it answers."""
        statements = [*(self.create_table() if create else []), self.statement()]
        return [*map(_comment, self._header()), *(f"{text};" for text in statements)]

    def _header(self) -> list[str]:
        model = self.policy.model
        lines = [
            f"{model.title}（{self.policy.key}）：{model.document} {model.article}",
            f"{self.dialect.title}，按 {self.on} 的规则；规则版本 {self.policy.hash}",
        ]
        if model.status == "illustrative":
            lines.append(self.jurisdiction.texts["illustrative"])
        lines += ["", f"读 {self.table}：一家企业一行；不知道的写 NULL，结果就是待定而不是否"]
        lines += self._described_columns()
        lines += ["", *_ANSWER]
        return lines

    def _described_columns(self) -> list[str]:
        shown = [(c.name, self.dialect.text(c.type), c.comment) for c in self.columns()]
        names, types = (max(len(row[part]) for row in shown) for part in (0, 1))
        return [f"  {name:{names}}  {kind:{types}}  {text}" for name, kind, text in shown]


_ANSWER = (
    "得 status：eligible 符合，ineligible 不符合，undetermined 待定；",
    "   amount：金额，整数，单位分；不符合、待定或金额算不出时为 NULL；",
    "   其余各列是各项条件：true 满足，false 未满足，NULL 待定",
)


def _comment(text: str) -> str:
    """One line of comment, also of a text with line breaks: the rest would be run as SQL."""
    return f"-- {' '.join(text.splitlines())}".rstrip()
