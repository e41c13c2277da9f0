"""Issued documents: found by their code, compared by their bytes, replaced, withdrawn."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.kernel.access import VISITOR
from huiqi.kernel.audit.models import Event
from huiqi.kernel.errors import Conflict, Invalid, NotFound
from huiqi.kernel.pdf.actions import Holder, issue, withdraw
from huiqi.kernel.pdf.check_codes import ALPHABET, check_code, read_code
from huiqi.kernel.pdf.queries import masked, verify

ON = date(2026, 6, 1)
HOLDER = Holder("甲乙丙丁材料有限公司", "91632801MA0000001K", "632801")


@pytest.fixture
def make(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def issued(text="小型", on=ON, **more):
        data = {"title": "划型证明", "paragraphs": [text]}
        return issue(
            "pdf/letter.typ", data, kind="size", key="K", holder=HOLDER, by=VISITOR, on=on, **more
        )

    return issued


@given(st.text(), st.integers(0, 14), st.sampled_from(ALPHABET))
def test_a_code_is_read_back_and_a_slip_is_seen(text, at, letter):
    code = check_code("kind", text, "hash")
    assert read_code(code) == code
    assert read_code(code.replace("-", " ").lower()) == code
    plain = code.replace("-", "")
    wrong = plain[:at] + letter + plain[at + 1 :]
    assert read_code(wrong) == (code if wrong == plain else None)


def test_letters_that_look_like_digits_are_read_as_digits():
    code = next(
        code for n in range(99) if "0" in (code := check_code("k", str(n), "")) and "1" in code
    )
    assert read_code(code.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize("text", ["", "AAAA", "UUUU-UUUU-UUUU-UUUU", "一二三四"])
def test_what_cannot_be_a_code(text):
    assert read_code(text) is None


def test_the_same_contents_are_issued_once(make):
    assert make().pk == make().pk
    assert Event.objects.filter(action="出具文书").count() == 1


def test_a_later_one_takes_the_place_of_the_earlier(make):
    first, second = make("小型"), make("中型")
    assert verify(first.code, ON).standing == "replaced"
    assert verify(second.code, ON).standing == "valid"


def test_it_ends(make):
    document = make(valid_until=ON)
    assert verify(document.code, ON).standing == "valid"
    assert verify(document.code, date(2026, 6, 2)).standing == "expired"


def test_a_withdrawn_one_says_why_and_can_be_issued_anew(make):
    document = make()
    with pytest.raises(Invalid):
        withdraw(document, " ", by=VISITOR, on=ON)
    withdraw(document, "数据有误", by=VISITOR, on=ON)
    assert verify(document.code, ON).standing == "withdrawn"
    assert verify(document.code, ON).reason == "数据有误"
    with pytest.raises(Conflict):
        withdraw(document, "再来", by=VISITOR, on=ON)
    again = make()
    assert again.code != document.code
    assert verify(again.code, ON).is_valid


def test_the_file_is_compared_to_the_last_byte(make):
    document = make()
    with document.file.open() as file:
        content = file.read()
    found = verify(document.code, ON)
    assert found.is_file(content)
    assert not found.is_file(content + b" ")


def test_who_it_is_for_is_masked(make):
    found = verify(make().code, ON)
    assert found.holder == "甲乙******公司"
    assert found.holder_code == "9163**********001K"


@pytest.mark.parametrize(
    ("text", "expected"), [("", ""), ("甲", "甲"), ("张三", "张*"), ("张三丰王", "张***")]
)
def test_short_names_are_masked_too(text, expected):
    assert masked(text) == expected


def test_unknown_and_mistyped_codes_are_told_apart(db):
    with pytest.raises(NotFound):
        verify(check_code("a", "b", "c"), ON)
    with pytest.raises(Invalid):
        verify("AAAA-BBBB-CCCC-DDDD", ON)
