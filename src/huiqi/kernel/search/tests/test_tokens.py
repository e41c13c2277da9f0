"""What was typed is found where it stands, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.kernel.search.tokens import Phrase, normal, phrases, tokens

LETTERS = st.sampled_from("社保补贴贷款甲，。 100%a")


def holds(text: str, phrase: Phrase) -> bool:
    """As the databases do it: the tokens one after the other, the last one perhaps begun."""
    have, wanted = tokens(text), list(phrase.tokens)
    size = len(wanted)
    return any(
        have[at : at + size - 1] == wanted[:-1]
        and (
            have[at + size - 1].startswith(wanted[-1])
            if phrase.is_open
            else have[at + size - 1] == wanted[-1]
        )
        for at in range(len(have) - size + 1)
    )


@given(st.text(LETTERS), st.text(st.sampled_from("社保补贴贷款甲"), min_size=1, max_size=5))
def test_chinese_is_found_exactly_where_it_stands(text, word):
    [phrase] = phrases(word)
    assert holds(text, phrase) == (word in text)


@given(st.text(LETTERS), st.integers(0, 30), st.integers(1, 8))
def test_any_part_that_begins_with_a_whole_word_is_found(text, start, length):
    part, before = text[start : start + length], text[:start][-1:]
    cut = before.isascii() and before.isalnum()
    if not part.strip() or " " in part or (cut and part[0].isascii()):
        return
    for phrase in phrases(part):
        assert holds(text, phrase)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("社会保险补贴", "社保", False),
        ("社保补贴", "社保", True),
        ("稳岗返还社保", "保", True),
        ("ＩＣ设计企业", "ic设计", True),
        ("贷款100万元", "100万", True),
        ("贷款1000万元", "100万", False),
        ("第9条", "第9条", True),
        ("91632801MA0000001K", "91632801ma", True),
        ("高新技术", "新技", True),
        ("贷款，款项", "款款", False),
    ],
)
def test_words(text, query, expected):
    assert all(holds(text, phrase) for phrase in phrases(query)) == expected


@pytest.mark.parametrize("query", ["", "  ", "，。", "%%%", '"*"'])
def test_nothing_is_typed(query):
    assert phrases(query) == []


def test_what_looks_alike_is_one():
    assert normal("ＡＢ　Ⅱ") == "ab ii"
