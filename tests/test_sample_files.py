"""Samples as files, read back by the project's own reader; the committed example workbook."""

from __future__ import annotations

import argparse
import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest

from huiqi.commands import sample
from huiqi.commands.outcome import DONE, Failed
from huiqi.paths import jurisdictions
from huiqi.rules.determination import Explainer, Firm
from huiqi.rules.jurisdiction import load_jurisdiction
from huiqi.rules.registration import ENTITY_TYPE
from huiqi.sample.cover import Coverer, TooFew
from huiqi.sample.generator import Generator
from huiqi.sample.table import SampleTable
from huiqi.sample.writing import About, open_sample
from huiqi.sample.wrong_cells import MistakeMaker, Patch
from huiqi.tables.enterprises import read_enterprises
from huiqi.tables.errors import Unwritable

ROWS = 150
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "enterprises.xlsx"
EXAMPLE_DAY = date(2026, 11, 24)
DECLARED = "合成数据，不含任何真实企业"


@pytest.fixture(scope="module")
def place():
    return load_jurisdiction(jurisdictions(), "CN-6328")


@pytest.fixture(scope="module")
def table(place) -> SampleTable:
    return SampleTable(Generator(place, seed=11))


@pytest.fixture(scope="module")
def block(table):
    return table.generator.block(0, 1, ROWS)


def written(path: Path, table: SampleTable, block, patches: list[Patch]) -> Path:
    with open_sample(path, table, About("样本", [("种子", "11")])) as writer:
        writer.write(block, patches)
    return path


def read(path: Path, place) -> tuple[pl.DataFrame, list]:
    found = read_enterprises(path, place.vocabulary)
    frame = pl.concat(list(found.chunks()))
    assert found.ignored_columns == {}
    return frame, found.problems


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    sample.add_arguments(parser)
    return sample.run(parser.parse_args(arguments))


# --- there and back --------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet"])
def test_what_is_written_is_read_back_exactly(tmp_path, place, table, block, suffix):
    frame, problems = read(written(tmp_path / f"a{suffix}", table, block, []), place)
    assert problems == []
    assert frame.height == ROWS
    for key, values in block.facts.items():
        expected = [values.at(row) for row in range(ROWS)]
        assert frame[key].to_list() == expected, key


def test_a_sample_in_many_blocks_is_one_table(tmp_path, place, table):
    path = tmp_path / "a.parquet"
    with open_sample(path, table, About("样本", [])) as writer:
        for part in table.generator.blocks(250, rows=100):
            writer.write(part, [])
    frame, _ = read(path, place)
    assert frame["credit_code"].n_unique() == 250


def test_parquet_has_types(tmp_path, table, block):
    schema = pl.read_parquet_schema(written(tmp_path / "a.parquet", table, block, []))
    assert schema["employees"] == pl.Int64
    assert schema["revenue"] == pl.Float64
    assert schema["established_on"] == pl.Date
    assert schema["court_defaulter"] == pl.Boolean
    assert schema["qualifications"] == pl.List(pl.String)
    assert schema["industry"] == pl.String


def test_headers_are_in_chinese_with_units(tmp_path, table, block):
    with written(tmp_path / "a.csv", table, block, []).open(encoding="utf-8-sig") as file:
        headers = next(csv.reader(file))
    assert headers[:2] == ["统一社会信用代码", "企业名称"]
    assert {"营业收入(万元)", "从业人员(人)", "月销售额(元)", "贷款利率(%)"} <= set(headers)


def test_derived_facts_are_no_columns(place, table):
    keys = {column.key for column in table.columns}
    assert not any(fact.model.derived for fact in map(place.vocabulary.find, keys))
    assert {"industry", "revenue", "employees", "total_assets"} <= keys


def test_a_file_is_whole_or_not_there(tmp_path, table, block):
    with (
        pytest.raises(RuntimeError),
        open_sample(tmp_path / "a.xlsx", table, About("样本", [])) as writer,
    ):
        writer.write(block, [])
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_no_file_for_a_suffix_nobody_knows(tmp_path, table):
    with (
        pytest.raises(Unwritable, match=r"\.xlsx、\.csv、\.parquet"),
        open_sample(tmp_path / "a.ods", table, About("样本", [])),
    ):
        pass


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet"])
def test_no_file_where_there_is_no_folder(tmp_path, table, block, suffix):
    (tmp_path / f"folder{suffix}").mkdir()
    for path, words in (
        (tmp_path / "nowhere" / f"a{suffix}", "文件夹"),
        (tmp_path / f"folder{suffix}", "是文件夹"),
    ):
        with pytest.raises(Unwritable, match=words):
            written(path, table, block, [])


def test_a_workbook_that_cannot_be_finished_is_told(tmp_path, table, block, monkeypatch):
    def full(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr("xlsxwriter.workbook.ZipFile", full)
    with pytest.raises(Unwritable, match="disk full"):
        written(tmp_path / "a.xlsx", table, block, [])
    assert list(tmp_path.iterdir()) == []


# --- mistakes --------------------------------------------------------------------------------

REPORTED = {
    "check_digit": "code_check_digit",
    "text_in_number": "not_a_number",
    "negative_people": "out_of_range",
    "unknown_area": "unknown_name",
    "duplicate_code": "repeated_code",
}
READABLE = ["unit_in_cell", "full_width", "thousands", "date_as_text"]


def one_mistake(kind: str, table: SampleTable, block, first_row: int = 1) -> Patch:
    maker = MistakeMaker(table, table.generator.as_of)
    frame, rng = table.shown(block), np.random.default_rng(5)
    made = (maker.make(kind, rng, frame, row) for row in range(first_row, ROWS))
    return next(patch for patch in made if patch is not None)


def one_of_each(kinds, table: SampleTable, block) -> list[Patch]:
    """Mistakes in rows far apart, so that none meets another."""
    return [one_mistake(kind, table, block, 1 + 25 * place) for place, kind in enumerate(kinds)]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_wrong_cell_is_reported(tmp_path, place, table, block, suffix):
    patches = one_of_each(REPORTED, table, block)
    assert [patch.kind for patch in patches] == list(REPORTED)
    _, problems = read(written(tmp_path / f"a{suffix}", table, block, patches), place)
    assert [(p.kind, p.row, p.column) for p in problems] == [
        (REPORTED[patch.kind], patch.row + 2, patch.header) for patch in patches
    ]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_an_awkward_cell_is_read_all_the_same(tmp_path, place, table, block, suffix):
    patches = one_of_each(READABLE, table, block)
    assert [patch.kind for patch in patches] == READABLE
    frame, problems = read(written(tmp_path / f"a{suffix}", table, block, patches), place)
    assert problems == []
    for patch in patches:
        key = next(column.key for column in table.columns if column.header == patch.header)
        assert isinstance(patch.value, str)
        assert frame[key][patch.row] == block.facts[key].at(patch.row), patch.kind


def test_a_lost_zero_is_noticed(tmp_path, place, table, block):
    patch = one_mistake("lost_zero", table, block)
    assert isinstance(patch.value, int)
    _, problems = read(written(tmp_path / "a.xlsx", table, block, [patch]), place)
    assert next(p.kind for p in problems) in ("industry_zero", "industry_ambiguous")


def test_a_date_in_the_future_is_written(table, block):
    patch = one_mistake("future_date", table, block)
    assert isinstance(patch.value, date)
    assert patch.value > table.generator.as_of


def test_about_three_firms_in_a_hundred_have_a_wrong_cell(table):
    firms = 12_000
    frame = table.shown(table.generator.block(1, 1, firms))
    maker = MistakeMaker(table, table.generator.as_of)
    patches = maker.patches(np.random.default_rng(1), frame)
    wrong = [patch for patch in patches if patch.kind in maker.wrong]
    assert 0.02 < len(wrong) / firms < 0.04
    assert {patch.kind for patch in patches} == set(maker.kinds)


# --- the command -----------------------------------------------------------------------------


def test_the_command_writes_and_says_what_it_wrote(tmp_path, capsys):
    out = tmp_path / "firms.csv"
    assert run("--firms", "60", "--seed", "4", "--out", str(out), "--format", "json") == DONE
    said = json.loads(capsys.readouterr().out)
    assert (said["firms"], said["seed"], said["jurisdiction"]) == (60, 4, "CN-6328")
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 61


def test_the_same_command_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        run("--firms", "40", "--seed", "4", "--out", str(tmp_path / f"{name}.xlsx"))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--firms", "0"], "--firms 应在"),
        (["--firms", "5", "--seed", "-1"], "--seed 应是"),
        (["--firms", "2000000"], "Excel 一张表放不下"),
        (["--firms", "5", "--on", "昨天"], "应写作 2026-01-31"),
        (["--firms", "5", "--cover-policies"], "5 家不够"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, arguments, message):
    with pytest.raises(Failed, match=message):
        run(*arguments, "--out", str(tmp_path / "a.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_too_few_firms_to_reach_everything_say_how_many_are_needed(table):
    with pytest.raises(TooFew, match="30 家不够触及全部政策和规模，至少约需"):
        Coverer(table, EXAMPLE_DAY).cover(30)


# --- the committed workbook ------------------------------------------------------------------


@pytest.fixture(scope="module")
def example(place):
    found = read_enterprises(EXAMPLE, place.vocabulary, on=EXAMPLE_DAY)
    frame = pl.concat(list(found.chunks()))
    return frame, found


@pytest.fixture(scope="module")
def example_firms(place, example) -> list[dict[str, int | None]]:
    """Facts of the firms as the commands see them."""
    firms = []
    for row in example[0].iter_rows(named=True):
        facts = {k: v for k, v in row.items() if k in place.vocabulary.facts}
        code, _ = facts.pop("credit_code"), facts.pop("name")
        if facts[ENTITY_TYPE] is None:
            facts[ENTITY_TYPE] = place.registration_kinds.entity_type(code)
        firms.append(facts)
    return firms


def test_the_example_has_200_firms_and_some_problems(example):
    _, table = example
    assert table.kept_rows + table.refused_rows == 200
    assert table.refused_rows == 2
    kinds = {problem.kind for problem in table.problems}
    assert kinds > {*REPORTED.values(), "future_date"}
    assert table.ignored_columns == {}


def test_the_example_reaches_every_policy(place, example_firms):
    policies = place.in_force(EXAMPLE_DAY)
    explainer = Explainer(place, EXAMPLE_DAY, policies)
    found = {
        (d.policy.key, d.status) for facts in example_firms for d in explainer.explain(Firm(facts))
    }
    folders = {policy.document.file.split("/")[1] for policy in policies}
    assert folders >= {"CN", "CN-6328"}  # what is inherited too
    assert len(policies) >= 48
    statuses = ("eligible", "ineligible", "undetermined")
    wanted = {(policy.key, status) for policy in policies for status in statuses}
    assert wanted - found == set(), "run scripts/examples"


def test_the_example_reaches_every_group_and_class_of_the_size_standard(place, example_firms):
    standard = place.size_standard(EXAMPLE_DAY)
    assert len(standard.groups) == 16
    found = [standard.classify(facts) for facts in example_firms]
    assert {c.size for c in found} == {"大型", "中型", "小型", "微型", "不适用", "待定"}
    assert {group.model.name for group in standard.groups} <= {c.group for c in found}


def test_the_example_says_that_it_is_synthetic():
    book = openpyxl.load_workbook(EXAMPLE, read_only=True)
    assert book.sheetnames == ["企业", "说明"]
    assert book["企业"].cell(1, 1).value == "统一社会信用代码"
    assert DECLARED in {cell.value for row in book["说明"].iter_rows() for cell in row}
    assert book.properties.description == DECLARED
    names = [row[1] for row in book["企业"].iter_rows(min_row=2, values_only=True)]
    assert len(names) == 200
    assert all(name.startswith("示例") for name in names)
