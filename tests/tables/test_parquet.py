"""Parquet: typed columns, in constant memory."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from huiqi.rules.dates import to_days
from huiqi.tables import Unreadable
from tests.tables.conftest import JURISDICTIONS, credit_code


def test_typed_columns(tmp_path, read, vocabulary):
    frame = pl.DataFrame(
        {
            "credit_code": [credit_code(1), credit_code(2), "bad"],
            "企业名称": ["甲", "乙", "丙"],
            "revenue": [12.34, None, 1.0],
            "资产总额(万元)": [5, 6, 7],
            "total_profit": [Decimal("-1.25"), Decimal("3"), None],
            "established_on": [date(2020, 1, 2), None, date(2021, 1, 1)],
            "court_defaulter": [True, False, None],
            "qualifications": [["绿色工厂"], [], None],
            "industry": ["1311", "C36", "0111"],
            "area": [632801, 632802, 632803],
            "employees": pl.Series([5, 6, 7], dtype=pl.UInt16),
        }
    )
    path = tmp_path / "表.parquet"
    frame.write_parquet(path)
    result = read(path)
    facts = vocabulary.facts
    assert result.column("row") == [1, 2]
    assert result.column("revenue") == [1234, None]
    assert result.column("total_assets") == [5_0000_00, 6_0000_00]
    assert result.column("total_profit") == [-125, 300]
    assert result.column("established_on") == [to_days(date(2020, 1, 2)), None]
    assert result.column("court_defaulter") == [1, 0]
    assert result.column("qualifications") == [facts["qualifications"].encode(["绿色工厂"]), 0]
    assert result.column("industry") == [facts["industry"].encode(code) for code in ("1311", "36")]
    assert result.column("area") == [facts["area"].encode(code) for code in ("632801", "632802")]
    assert result.column("employees") == [5, 6]
    assert result.kinds() == [(3, "code_length")]
    assert result.table.total_rows == 3


def test_columns_that_cannot_be_the_fact(tmp_path, read):
    table = pa.table(
        {
            "name": ["甲"],
            "revenue": [True],
            "employees": [{"a": 1}],
            "established_on": pa.array([3], pa.time32("s")),
            "其他": [1],
        }
    )
    pq.write_table(table, tmp_path / "表.parquet")
    result = read(tmp_path / "表.parquet")
    assert set(result.rows[0]) == {"row", "name"}
    unread = [problem for problem in result.problems if problem.kind == "column_not_read"]
    assert {problem.field for problem in unread} == {"营业收入", "从业人员", "成立日期"}
    assert all(problem.severity == "error" and problem.row is None for problem in unread)
    assert "其他" in result.table.ignored_columns


def test_chunks_have_the_height_asked_for(tmp_path, vocabulary, read):
    count = 10_000
    frame = pl.DataFrame(
        {"credit_code": [credit_code(n) for n in range(count)], "employees": range(count)}
    )
    frame.write_parquet(tmp_path / "表.parquet", row_group_size=777)
    table = read(tmp_path / "表.parquet", chunk_rows=3000).table
    assert [chunk.height for chunk in table.chunks()] == [3000, 3000, 3000, 1000]
    joined = pl.concat(table.chunks())
    assert joined["row"].to_list() == list(range(1, count + 1))
    assert joined["employees"].to_list() == list(range(count))


def test_a_broken_page_is_told(tmp_path, read):
    path = tmp_path / "表.parquet"
    pl.DataFrame({"name": [f"企业{n}" for n in range(5000)]}).write_parquet(path)
    content = bytearray(path.read_bytes())
    content[100:2000] = b"\xff" * 1900
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="损坏"):
        read(path)


@pytest.mark.parametrize("broken", ["企业7", "employees"])
def test_text_that_is_none_is_told(tmp_path, read, broken):
    path = tmp_path / "表.parquet"
    table = pa.table({"name": [f"企业{n}" for n in range(9)], "employees": range(9)})
    pq.write_table(table, path, use_dictionary=False, compression="NONE")
    content = path.read_bytes()
    text = broken.encode()
    assert text in content
    path.write_bytes(content.replace(text, b"\xff" * len(text)))
    with pytest.raises(Unreadable, match="损坏"):
        read(path)


def test_metadata_does_not_matter(tmp_path, read):
    path = tmp_path / "表.parquet"
    pq.write_table(pa.table({"name": ["甲"]}), path)
    content = path.read_bytes()
    assert b"ARROW:schema" in content
    path.write_bytes(content.replace(b"ARROW:schema", b"\xffRROW:schema"))
    assert read(path).column("name") == ["甲"]


PEAK = """
import resource, sys
from tests.tables.conftest import vocabulary
from huiqi.tables import read_enterprises
table = read_enterprises(sys.argv[1], vocabulary.__wrapped__(), chunk_rows=16384)
rows = sum(chunk.height for chunk in table.chunks())
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_does_not_grow_with_the_file(tmp_path, vocabulary):
    money = [
        fact.key for fact in vocabulary.facts.values() if fact.is_money and not fact.model.derived
    ]
    peaks = []
    for count in (60_000, 480_000):
        path = tmp_path / f"{count}.parquet"
        amounts = pl.int_range(count, eager=True).cast(pl.Float64) / 100
        columns = {"name": "企业" + pl.int_range(count, eager=True).cast(pl.String)}
        pl.DataFrame(columns | dict.fromkeys(money[:16], amounts)).write_parquet(
            path, row_group_size=50_000
        )
        done = subprocess.run(
            [sys.executable, "-c", PEAK, str(path)],
            cwd=JURISDICTIONS.parent,
            capture_output=True,
            text=True,
            check=True,
        )
        rows, megabytes = map(int, done.stdout.split())
        assert rows == count
        peaks.append(megabytes)
    # The larger file holds 54 MB of numbers more, and twice that when decoded and encoded.
    assert peaks[1] - peaks[0] < 60
