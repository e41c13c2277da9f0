"""``huiqi sql``: what it prints runs as it stands and answers what one firm at a time does."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlglot

from huiqi.cli import main
from huiqi.commands import options as shared
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction
from huiqi.rules.program import Program, compile_policies
from huiqi.rules.sql.dialects import DIALECTS
from tests.rules.policies import ROOT, policy_text
from tests.rules.sql.engines import DuckDB, Engine, Postgres, Table, expected
from tests.rules.sql.shipped import firms_near

ON = date(2026, 11, 24)
# Money by quotient; size, areas and sets; dates.
POLICIES = ["cit_small_low_profit", "haixi_growth_award", "haixi_skilled_talent"]


@pytest.fixture(scope="module")
def place() -> Jurisdiction:
    return load_jurisdiction(ROOT, "CN-6328")


@pytest.fixture(autouse=True)
def loaded_once(place: Jurisdiction, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading takes most of the time of a command, and is tested elsewhere."""
    monkeypatch.setattr(shared, "load", lambda options: place)


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["sql", *arguments, "--on", ON.isoformat()]) == 0
    return capsys.readouterr().out


def compiled(place: Jurisdiction, key: str) -> Program:
    return compile_policies([place.policy(key, ON)], place.vocabulary, place.moment(ON))


def check_printed(engine: Engine, text: str, place: Jurisdiction, key: str) -> None:
    program = compiled(place, key)
    firms = firms_near(program, place.vocabulary, 80, seed=1)
    engine.fill(Table(place.vocabulary, program.facts, firms, engine.dialect))
    assert sorted(engine.rows(text)) == expected(program, firms)[0]


@pytest.mark.parametrize("key", POLICIES)
def test_the_text_runs_on_duckdb(
    place: Jurisdiction, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    check_printed(DuckDB(), output(capsys, key), place, key)


@pytest.mark.parametrize("key", POLICIES)
def test_the_text_runs_on_postgres(
    place: Jurisdiction,
    key: str,
    postgres: psycopg.Connection,
    capsys: pytest.CaptureFixture[str],
) -> None:
    check_printed(Postgres(postgres), output(capsys, key, "--dialect", "postgres"), place, key)


def test_the_table_and_the_statement_run_together(
    postgres: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    text = output(capsys, POLICIES[1], "--dialect", "postgres", "--create-table", "--table", "firm")
    postgres.execute(text)
    described = "SELECT col_description('firm'::regclass, 1)"
    assert postgres.execute(described).fetchall() == [("统一社会信用代码",)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_comments_document_every_column_that_is_read(
    place: Jurisdiction, dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = output(capsys, "haixi_growth_award", "--dialect", dialect)
    documented = re.findall(r"^--   (\w+) ", text, re.MULTILINE)
    assert set(documented) == {"credit_code", *compiled(place, "haixi_growth_award").facts}
    assert "营业收入（分）" in text
    assert "示例政策" in text
    statement = sqlglot.parse_one(text, read=dialect)
    assert statement.named_selects[:4] == ["credit_code", "policy", "status", "amount"]


def test_json(place: Jurisdiction, capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(output(capsys, "cit_small_low_profit", "--format", "json"))
    columns = {column["name"]: column for column in answer["columns"]}
    assert columns["taxable_income"] == {
        "name": "taxable_income",
        "type": "BIGINT",
        "comment": "应纳税所得额（分）",
    }
    assert answer["hash"] == place.policy("cit_small_low_profit", ON).hash
    assert answer["create_table"][0].startswith("CREATE TABLE enterprises")
    assert answer["statement"].startswith("WITH criteria AS")


# --- a file instead of a key -------------------------------------------------------------------


def test_a_policy_file_on_the_nearest_day_it_is_in_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "草案.yaml"
    valid = {"from": "2027-01-01", "to": None}
    file.write_text(policy_text("从业人员 >= 20人", valid=valid), encoding="utf-8")
    text = output(capsys, str(file))
    assert "按 2027-01-01 的规则" in text
    assert "e.employees >= 20" in text


def test_line_breaks_in_a_title_stay_inside_the_comment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "草案.yaml"
    title = "第一行\nDROP TABLE enterprises; */ SELECT 1"
    file.write_text(policy_text("从业人员 >= 20人", title=title), encoding="utf-8")
    text = output(capsys, str(file))
    assert len(sqlglot.parse(text, read="duckdb")) == 1


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["cit_small_low_profi"],
            "没有“cit_small_low_profi”这项政策；是不是“cit_small_low_profit”",
        ),
        (["vat_small_scale_exempt", "--on", "1999-01-01"], "在 1999-01-01 不在有效期内"),
        (["没有.yaml"], "没有 没有.yaml 这个文件"),
        (["cit_small_low_profit", "--table", "a."], "“a.”不能作表名"),
        (["cit_small_low_profit", "--dialect", "oracle"], "没有这个选择: 'oracle'"),
        ([], "缺少: POLICY"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sql", *arguments]) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out == ""


def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "草案.yaml"
    file.write_text(policy_text("从业人数字 >= 20人"), encoding="utf-8")
    assert main(["sql", str(file)]) == 2
    assert re.search(r"草案\.yaml:\d+: ", capsys.readouterr().err)


def test_numbers_wider_than_the_dialect_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    product: dict[str, Any] = {"text": "乘积", "amount": _product(6)}
    file = tmp_path / "草案.yaml"
    file.write_text(policy_text("从业人员 >= 20人", benefit=product), encoding="utf-8")
    assert main(["sql", str(file), "--dialect", "spark"]) == 2
    assert "超出 Spark 的整数范围" in capsys.readouterr().err
    assert "AS DECIMAL)" in output(capsys, str(file), "--dialect", "postgres")


def _product(count: int) -> str:
    """元 × a product of shares of very exact numbers."""
    return " * ".join(["营业收入", *["(营业收入 / 资产总额)"] * count])
