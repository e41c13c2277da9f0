"""A definition written from its data reads back as the same data."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.paths import jurisdictions
from huiqi.rules.strict_yaml import parse
from huiqi.rules.writing import write

POLICIES = sorted(jurisdictions().glob("*/policies/*.yaml"))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")))
WORDS = st.one_of(TEXTS, st.sampled_from(["on", "1", "0112", "null", "a: b", "a # b", "[x", "- x"]))
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), WORDS, st.just(Decimal("0.50"))
)
DATA = st.dictionaries(
    st.from_regex(r"[a-z\u4e00-\u9fff]{1,8}", fullmatch=True).filter(lambda k: k not in ("y", "n")),
    st.recursive(
        VALUES,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.from_regex(r"[a-z]{3,6}", fullmatch=True), inner, max_size=4)
        ),
        max_leaves=12,
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_every_shipped_policy_goes_there_and_back(path: Path):
    data = parse(path.read_text(encoding="utf-8"), path.name).data
    written = write(data)
    assert parse(written, path.name).data == data
    assert write(parse(written, path.name).data) == written


@given(DATA)
def test_any_data_goes_there_and_back(data):
    assert parse(write(data), "x.yaml").data == data
