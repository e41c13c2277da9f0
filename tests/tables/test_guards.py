"""What is refused before anything is parsed, and what the parsing process survives."""

import io
import struct
import subprocess
import sys
import time
import warnings
import zipfile

import pytest
import xlwt

from huiqi.tables import Unreadable, read_enterprises
from huiqi.tables.workbook import ProcessLimits, Workbook
from huiqi.tables.zip_guard import ZipLimits, check_workbook
from tests.tables.conftest import write_xlsx

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def good(tmp_path):
    return write_xlsx(tmp_path / "good.xlsx", {"表": [["企业名称"], ["甲"]]})


def rebuilt(source, target, replace=None, add=(), method=zipfile.ZIP_DEFLATED):
    """The archive with members replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", method) as new:
        for member in old.infolist():
            content = (replace or {}).get(member.filename, old.read(member))
            new.writestr(member.filename, content)
        for name, content in add:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # zipfile warns of a second member of a name
                new.writestr(name, content)
    return target


def refusal(path, vocabulary):
    with pytest.raises(Unreadable) as caught:
        read_enterprises(path, vocabulary)
    assert caught.value.advice
    return caught.value.message


# --- archives ----------------------------------------------------------------------------------


def test_a_bomb_is_refused_at_once(good, tmp_path, vocabulary):
    head = b'<?xml version="1.0" encoding="UTF-8"?><worksheet>'
    path = rebuilt(good, tmp_path / "bomb.xlsx", {SHEET: head + b" " * 120_000_000})
    assert path.stat().st_size < 1_000_000
    started = time.perf_counter()
    assert "压缩比" in refusal(path, vocabulary)
    assert time.perf_counter() - started < 2


def test_a_bomb_that_lies_about_its_size_is_refused(good, tmp_path, vocabulary):
    path = rebuilt(good, tmp_path / "liar.xlsx", {SHEET: b"<worksheet>" + b" " * 50_000_000})
    content = path.read_bytes()
    real = struct.pack("<I", 50_000_011)
    assert content.count(real) == 2
    path.write_bytes(content.replace(real, struct.pack("<I", 1_000)))
    assert "压缩比" in refusal(path, vocabulary)
    small = rebuilt(good, tmp_path / "small.xlsx", {SHEET: b"<worksheet>" + b" " * 5_000_000})
    real = struct.pack("<I", 5_000_011)
    small.write_bytes(small.read_bytes().replace(real, struct.pack("<I", 1_000)))
    assert "不符" in refusal(small, vocabulary)


def test_totals_and_member_counts_are_limited(good, tmp_path, vocabulary):
    many = rebuilt(
        good, tmp_path / "many.xlsx", add=[(f"xl/m{n}.xml", "<a/>") for n in range(5001)]
    )
    assert "个文件" in refusal(many, vocabulary)
    with pytest.raises(Unreadable, match="解压后"):
        check_workbook(good, ZipLimits(total_bytes=1000))


def test_the_member_count_of_a_large_archive_is_read(good, vocabulary):
    content = good.read_bytes()
    end = content.rindex(b"PK\x05\x06")
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 10**6, 10**6, 10**8, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    good.write_bytes(content[:end] + record + locator + content[end:])
    assert "1000000 个文件" in refusal(good, vocabulary)


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/evil.xml", "xl\\evil.xml", "c:/evil", "a/" * 9 + "b"]
)
def test_odd_paths_are_refused(good, tmp_path, vocabulary, name):
    path = rebuilt(good, tmp_path / "odd.xlsx", add=[(name, "<a/>")])
    assert "路径" in refusal(path, vocabulary)


def test_a_name_twice_is_refused(good, tmp_path, vocabulary):
    path = rebuilt(good, tmp_path / "twice.xlsx", add=[(SHEET, "<a/>")])
    assert "同名" in refusal(path, vocabulary)


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<worksheet>&lol2;</worksheet>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>
<sst><si><t>&file;</t></si></sst>"""


@pytest.mark.parametrize(
    "member", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "_rels/.rels"]
)
@pytest.mark.parametrize("content", [LAUGHS, OUTSIDE, OUTSIDE.replace(b"DOCTYPE", b"doctype")])
def test_document_types_and_entities_are_refused(good, tmp_path, vocabulary, member, content):
    path = rebuilt(good, tmp_path / "xxe.xlsx", {member: content})
    assert "实体" in refusal(path, vocabulary)


def test_a_declaration_across_two_chunks_is_found(good, tmp_path, vocabulary):
    for shift in range(-10, 2):
        head = b"<?xml version='1.0'?><!--" + b"x" * ((1 << 20) - 28 + shift) + b"-->"
        path = rebuilt(
            good, tmp_path / "split.xlsx", {SHEET: head + LAUGHS}, method=zipfile.ZIP_STORED
        )
        assert "实体" in refusal(path, vocabulary)


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS.decode().encode("utf-16"),
        b"<?xml version='1.0' encoding='UTF-7'?><a/>",
        b"\x00\x01",
        b"+ADw-",
    ],
)
def test_xml_in_other_encodings_is_refused(good, tmp_path, vocabulary, content):
    path = rebuilt(good, tmp_path / "encoding.xlsx", {SHEET: content})
    assert "UTF-8" in refusal(path, vocabulary)


def test_an_encrypted_member_is_told_as_such(good, vocabulary):
    content = bytearray(good.read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 1)
    good.write_bytes(content)
    assert "密码" in refusal(good, vocabulary)


def test_damaged_archives_are_refused(good, tmp_path, vocabulary):
    content = good.read_bytes()
    for name, broken in {
        "half": content[: len(content) // 2],
        "head": content[:4],
        "middle": content[:300] + b"\xff" * 200 + content[500:],
    }.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(broken)
        assert refusal(path, vocabulary)


def test_other_archives_are_told_apart(good, tmp_path, vocabulary):
    document = tmp_path / "document.xlsx"
    with zipfile.ZipFile(document, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert "不是 Excel" in refusal(document, vocabulary)
    binary = rebuilt(good, tmp_path / "binary.xlsx", add=[("xl/workbook.bin", "x")])
    assert "xlsb" in refusal(binary, vocabulary)


# --- what a file says it is ----------------------------------------------------------------------


def old_workbook():
    book = xlwt.Workbook()
    book.add_sheet("表").write(0, 0, "企业名称")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def directory_entry(name):
    return name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2)


def test_an_encrypted_workbook_has_its_own_message(tmp_path, vocabulary):
    old = old_workbook()
    content = old.replace(directory_entry("Workbook"), directory_entry("EncryptedPackage"))
    assert content != old
    for name in ("locked.xlsx", "locked.xls"):
        path = tmp_path / name
        path.write_bytes(content)
        assert "密码" in refusal(path, vocabulary)
    # The words in a cell are no encryption.
    book = xlwt.Workbook()
    book.add_sheet("表").write(0, 0, "企业名称")
    book.get_sheet(0).write(1, 0, "EncryptedPackage、中文")
    book.save(str(tmp_path / "talk.xls"))
    read_enterprises(tmp_path / "talk.xls", vocabulary)


def test_an_old_workbook_with_a_password(tmp_path, vocabulary):
    content = old_workbook()
    # WRITEACCESS (5C) becomes FILEPASS (2F): what Excel writes when a password is set.
    locked = content.replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00", 1)
    assert locked != content
    path = tmp_path / "locked.xls"
    path.write_bytes(locked)
    assert "密码" in refusal(path, vocabulary)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("页.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        ("页.xls", "\ufeff  <!DOCTYPE html>".encode(), "网页"),
        ("页.xls", b"MIME-Version: 1.0\nX-Document-Type: Workbook\n", "网页"),
        ("页.xls", b"<?xml version='1.0'?><Workbook/>", "XML"),
        ("数据.csv", bytes(range(256)) * 10, "不是文本"),
        ("文档.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "不是 Excel"),
        ("半.parquet", b"PAR1" + b"x" * 100, "不完整"),
        ("坏.parquet", b"PAR1" + b"x" * 100 + b"PAR1", "损坏"),
        ("空.csv", b"", "空的"),
        ("图.png", b"\x89PNG", "不支持"),
        ("无后缀", b"a,b", "不支持"),
        ("表.xlsx", "企业名称\n甲\n".encode(), "内容却是"),
        ("表.parquet", "企业名称\n甲\n".encode(), "内容却是"),
    ],
)
def test_files_that_are_something_else(tmp_path, vocabulary, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    assert words in refusal(path, vocabulary)


def test_a_wrong_suffix_is_told(good, tmp_path, vocabulary):
    for suffix in (".xls", ".csv", ".parquet"):
        path = tmp_path / f"wrong{suffix}"
        path.write_bytes(good.read_bytes())
        assert "内容却是Excel 工作簿（.xlsx）" in refusal(path, vocabulary)
    old = tmp_path / "old.xlsx"
    old.write_bytes(old_workbook())
    assert "旧版" in refusal(old, vocabulary)


def test_a_file_that_may_not_be_read(good, vocabulary, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("huiqi.tables.formats._content", refused)
    assert refusal(good, vocabulary).endswith("：没有权限")


def test_missing_files_folders_and_large_files(tmp_path, vocabulary, good, monkeypatch):
    assert "没有" in refusal(tmp_path / "nothing.xlsx", vocabulary)
    assert "不是文件" in refusal(tmp_path, vocabulary)
    monkeypatch.setitem(__import__("huiqi.tables.formats").tables.formats.MOST_BYTES, "xlsx", 1000)
    assert "最大" in refusal(good, vocabulary)


# --- the parsing process -------------------------------------------------------------------------


def with_cell(good, target, reference, extra=""):
    cells = f'<row r="{reference[1]}"><c r="{reference[0]}{reference[1]}"><v>1</v></c></row>{extra}'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'
    return rebuilt(good, target, {SHEET: sheet})


def test_a_far_away_cell_does_not_take_all_memory(good, tmp_path, vocabulary):
    first = '<row r="1048576"><c r="ALL1048576"><v>1</v></c></row>'
    path = with_cell(good, tmp_path / "far.xlsx", ("A", 1), first)
    assert "内存" in refusal(path, vocabulary)
    path = with_cell(good, tmp_path / "wide.xlsx", ("XFD", 1))
    assert "列太多" in refusal(path, vocabulary)


def test_the_process_keeps_to_its_limits(good, tmp_path):
    with pytest.raises(Unreadable, match="0 秒"):
        Workbook(good, "xlsx", tmp_path, ProcessLimits(seconds=0))
    large = write_xlsx(
        tmp_path / "large.xlsx", {"表": [["企业名称"], *[["某公司" * 20] * 9] * 4000]}
    )
    with (
        Workbook(large, "xlsx", tmp_path, ProcessLimits(output=100_000)) as book,
        pytest.raises(Unreadable, match="内容太多"),
    ):
        book.sheet(0)


def test_a_workbook_the_parser_cannot_read(good, tmp_path, vocabulary):
    path = rebuilt(
        good, tmp_path / "odd.xlsx", {"xl/workbook.xml": "<workbook><sheets/></workbook>"}
    )
    assert refusal(path, vocabulary)
    path = rebuilt(good, tmp_path / "odd2.xlsx", {SHEET: "<worksheet><sheetData><row><c r='?'"})
    assert refusal(path, vocabulary)


def test_the_process_loads_no_more_than_it_needs():
    code = "import sys, huiqi.tables.workbook_child; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    names = set(loaded.stdout.split())
    assert "python_calamine" in names
    assert not {"polars", "pyarrow", "numpy", "pickle", "huiqi.rules", "yaml"} & names
