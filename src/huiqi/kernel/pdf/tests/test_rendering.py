"""PDF: data is never run, the same is the same, every character is printed or named."""

from datetime import date

import pytest
import typst

from huiqi.kernel.pdf import rendering
from huiqi.kernel.pdf.check_codes import verification
from huiqi.kernel.pdf.rendering import render

ON = date(2026, 6, 1)
LETTER = "pdf/letter.typ"


@pytest.fixture
def printed(monkeypatch):
    """What reached the template in the end."""
    seen = []
    compile_ = rendering._compile

    def spy(path, data, on):
        made = compile_(path, data, on)
        seen.append(data)
        return made

    monkeypatch.setattr(rendering, "_compile", spy)
    return seen


def test_a_letter_is_a_pdf_for_archives_and_for_readers():
    data = {"title": "证明", "facts": [["名称", "甲"]], "check": verification("AAAA-BBBB")}
    pdf = render(LETTER, data, on=ON)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in pdf
    assert b"pdfaid" in pdf


def test_the_same_makes_the_same_bytes():
    data = {"title": "证明", "paragraphs": ["一", "二"]}
    assert render(LETTER, data, on=ON) == render(LETTER, data, on=ON)
    assert render(LETTER, data, on=ON) != render(LETTER, data, on=date(2026, 6, 2))


@pytest.mark.parametrize(
    "text",
    ['#panic("run")', '"); #panic("run")', "= 标题 *粗* $x$", "\\u{0}", '#read("/x")', "'\"\\"],
)
def test_what_looks_like_markup_is_printed_and_not_run(printed, text):
    render(LETTER, {"title": text, "facts": [[text, text]], "paragraphs": [text]}, on=ON)
    assert printed[-1]["paragraphs"] == [text]


def test_common_characters_have_glyphs(printed):
    gb2312 = "".join(
        bytes([row, cell]).decode("gb2312", "ignore")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
    )
    assert len(gb2312) == 6763
    render(LETTER, {"title": "字", "paragraphs": [gb2312, "①②③ⅠⅡ℃±×÷≥≤…—《》【】〔〕"]}, on=ON)
    assert printed[-1]["missing"] == []


def test_a_character_that_no_font_has_is_named(printed):
    # Tangut and an unassigned plane: no font for Chinese has them; private use: old registers.
    data = {"title": "\U00017000公司", "paragraphs": ["甲\ue000乙\x07丙\U000e0fff", "\U00017001"]}
    render(LETTER, data, on=ON)
    assert printed[-1]["title"] == "〓公司"
    assert printed[-1]["paragraphs"] == ["甲〓乙丙〓", "〓"]
    assert printed[-1]["missing"] == ["U+17000", "U+17001", "U+E000", "U+E0FFF"]


def test_wrong_templates_are_faults():
    with pytest.raises(FileNotFoundError):
        render("pdf/none.typ", {"title": ""}, on=ON)
    with pytest.raises(typst.TypstError):
        render(LETTER, {}, on=ON)
