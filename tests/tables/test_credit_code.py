"""The unified social credit code, one at a time and a column at a time."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.tables.credit_code import (
    ALPHABET,
    SeenCodes,
    check_digit,
    fault,
    is_valid,
    normal,
    valid_mask,
)

firsts = st.text(ALPHABET, min_size=17, max_size=17)


# The example of the standard's own annex, and codes printed on public documents.
@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000802100433B", "9144030071526726XG"])
def test_known_codes_are_right(code):
    assert is_valid(code)


@given(firsts)
def test_one_last_character_is_right(first):
    right = [last for last in ALPHABET if is_valid(first + last)]
    assert right == [check_digit(first)]


@given(firsts, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(first, place, other):
    code = first + check_digit(first)
    changed = code[:place] + other + code[place + 1 :]
    assert is_valid(changed) == (changed == code)


@pytest.mark.parametrize("prefix", ["A1", "N2", "Y1", "93"])
def test_codes_may_begin_with_a_letter(prefix):
    first = prefix + "632801MA7500001"
    assert is_valid(first + check_digit(first))


def test_case_width_blanks_and_hyphens_do_not_matter():
    written = " ９１３５０１００ｍ０００１００ｙ４３ "
    assert normal(written) == "91350100M000100Y43"
    assert normal("9135-0100-M000-100Y-43") == "91350100M000100Y43"
    assert normal("'91350100M000100Y43") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("91350100M000100Y40", "code_check_digit", "应为 3"),
        ("91350100M000100Y4", "code_length", "17位"),
        ("632801000012345", "code_length", "工商注册号"),
        ("9.16328E+17", "code_as_number", "Excel"),
        ("91350100MOOO100Y43", "code_characters", "O"),
        ("#REF!", "formula_error", "公式"),
        ("税务登记证号在下面一行写着的公司", "code_length", "18位"),
    ],
)
def test_what_is_wrong_is_said(code, kind, words):
    note = fault(code)
    assert note is not None
    assert (note.kind, note.severity) == (kind, "error")
    assert words in note.message


def test_a_letter_taken_for_a_digit_is_guessed():
    assert "91350100M000100Y43" in fault("9135O100M000100Y43").advice


@given(
    st.lists(st.one_of(firsts.map(lambda f: f + check_digit(f)), st.text(max_size=20), st.none()))
)
def test_a_column_is_judged_as_each_cell(cells):
    mask = valid_mask(pl.Series(cells, dtype=pl.String)).to_list()
    assert mask == [cell is not None and is_valid(cell) for cell in cells]


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=4))
def test_repeats_name_the_first_row(chunks):
    seen, first_of, row = SeenCodes(), {}, 0
    for chunk in chunks:
        codes = [f"{number:017d}0" for number in chunk]
        rows = list(range(row, row + len(codes)))
        row += len(codes)
        found = seen.first_rows(pl.Series(codes, dtype=pl.String), pl.Series(rows, dtype=pl.Int64))
        firsts_seen = [first_of.setdefault(code, at) for code, at in zip(codes, rows, strict=True)]
        expected = [
            -1 if first == at else first for first, at in zip(firsts_seen, rows, strict=True)
        ]
        assert found.tolist() == expected
