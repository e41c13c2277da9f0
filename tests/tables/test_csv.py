"""Text tables in the encodings and shapes people send."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.tables import Unreadable, read_enterprises
from huiqi.tables.csv_text import find_encoding
from tests.tables.conftest import credit_code

TEXT = '统一社会信用代码,企业名称,营业收入(万元)\n{a},甲𠮷公司,"1,234.5"\n{b},乙,３００\n'
TEXT = TEXT.format(a=credit_code(1), b=credit_code(2))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends(tmp_path, read, encoding, separator, ending):
    text = (
        TEXT if separator == "," else TEXT.replace('"1,234.5"', "1^234.5").replace(",", separator)
    )
    path = tmp_path / "表.csv"
    path.write_bytes(text.replace("1^2", "1,2").replace("\n", ending).encode(encoding))
    result = read(path)
    assert result.column("name") == ["甲𠮷公司", "乙"]
    assert result.column("revenue") == [1234_5000_00, 300_0000_00]
    assert result.column("row") == [2, 3]
    assert result.problems == []


def test_the_encoding_must_fit_the_whole_file(tmp_path, read):
    path = tmp_path / "表.csv"
    head = "企业名称\n".encode()
    path.write_bytes(head + b"abc\n" * 600_000 + "甲公司".encode("gb18030") + b"\xff\xff\n")
    with pytest.raises(Unreadable, match="编码"):
        read(path)
    path.write_bytes("企业名称\n".encode("gb18030") + b"abc\n" * 10 + "甲".encode("gb18030"))
    assert find_encoding(path) == "gb18030"
    path.write_bytes(codecs.BOM_UTF16_LE + b"a")
    with pytest.raises(Unreadable, match="编码"):
        find_encoding(path)


def test_quoted_line_ends_stay_in_their_row(tmp_path, read):
    path = tmp_path / "表.csv"
    path.write_text('企业名称,从业人员\n"甲\n公司",5\n\n乙,x\n', encoding="utf-8")
    result = read(path)
    assert result.column("row") == [2, 4]
    assert result.column("name") == ["甲\n公司", "乙"]
    assert (4, "not_a_number") in result.kinds()


def test_titles_before_the_header(tmp_path, read):
    path = tmp_path / "表.csv"
    path.write_text("某州企业表;;\n\n序号;企业名称;从业人员\n1;甲, 乙;5\n", encoding="utf-8")
    result = read(path)
    assert (result.table.header_row, result.column("name")) == (3, ["甲, 乙"])
    assert result.table.ignored_columns == {"序号": "不认识这个表头"}


def test_rows_longer_than_the_header_are_refused(tmp_path, read):
    path = tmp_path / "表.csv"
    path.write_text("企业名称,营业收入,从业人员\n甲,1,234,5\n乙,100\n丙,7,8,,\n", encoding="utf-8")
    result = read(path)
    assert result.column("name") == ["乙", "丙"]
    assert result.column("employees") == [None, 8]
    assert [k for k in result.kinds() if k[0]] == [(2, "extra_cells")]
    assert result.table.refused_rows == 1
    assert result.problems[-1].refuses_row


def test_a_quote_that_is_never_closed_swallows_nothing(tmp_path, read):
    path = tmp_path / "表.csv"
    path.write_text('企业名称,从业人员\n甲,5\n"乙,6\n丙,7\n', encoding="utf-8")
    with pytest.raises(Unreadable, match="引号"):
        read(path)


def test_a_cell_without_end_is_told_where_it_is(tmp_path, read):
    path = tmp_path / "表.csv"
    path.write_text("企业名称,从业人员\n甲," + "9" * 200_000 + "\n", encoding="utf-8")
    with pytest.raises(Unreadable, match=r"第 2 行.*过长"):
        read(path)


def test_a_text_without_a_header(tmp_path, read):
    path = tmp_path / "表.csv"
    path.write_text("a;b;c\n1;2;3\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="“a”“b”“c”"):
        read(path)
    path.write_text("企业名称" + ",x" * 1001 + "\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="列太多"):
        read(path)


def test_row_counts_for_progress(tmp_path, read):
    path = tmp_path / "表.csv"
    path.write_text("企业名称\n甲\n乙", encoding="utf-8")
    assert read(path).table.total_rows == 2


names = st.text(
    st.characters(codec="gb18030", exclude_categories=["C", "Z"]), min_size=1, max_size=12
)


@given(
    names=st.lists(names, min_size=1, max_size=20),
    encoding=st.sampled_from(["utf-8-sig", "gb18030", "utf-16"]),
)
def test_names_come_through(tmp_path_factory, vocabulary, names, encoding):
    import csv

    path = tmp_path_factory.mktemp("csv") / "表.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["统一社会信用代码", "企业名称"])
        writer.writerows([credit_code(n), name] for n, name in enumerate(names))
    table = read_enterprises(path, vocabulary)
    found = [name for chunk in table.chunks() for name in chunk["name"].to_list()]
    assert len(found) == len(names)
    assert all(a == b for a, b in zip(found, names, strict=True) if a is not None)
