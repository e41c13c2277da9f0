"""Windows that texts say for certain, states, differences."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.kernel.definitions.differences import differences
from huiqi.rules.policy_model import Validity
from huiqi.services.policies.rules import Window, matches, normal, state, windows

ON = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每年2月1日至3月31日（示例）", [(2026, 2, 1, 2026, 3, 31)]),
        ("每年11月1日至次年1月31日", [(2026, 11, 1, 2027, 1, 31)]),
        ("2026年度为6月1日至8月31日", [(2026, 6, 1, 2026, 8, 31)]),
        ("2025年度为6月1日至8月31日", []),
        ("每年3月、9月（示例）", [(2026, 3, 1, 2026, 3, 31), (2026, 9, 1, 2026, 9, 30)]),
        ("每年12月", [(2026, 12, 1, 2026, 12, 31)]),
        ("以省级主管部门当年通知为准", []),
        ("全年", []),
        ("预缴时或者次年5月31日前汇算清缴", []),
        ("每年2月30日至3月31日", []),
        ("", []),
    ],
)
def test_windows_are_read_and_never_guessed(text, expected):
    found = [Window(date(*dates[:3]), date(*dates[3:])) for dates in expected]
    assert windows(text, [2026]) == found


def validity(start, end):
    return Validity.model_validate({"from": start, "to": end})


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, "in_force"),
        (ON, None, "in_force"),
        (ON + timedelta(1), None, "future"),
        (None, ON, "expiring"),
        (None, ON - timedelta(1), "expired"),
        (None, ON + timedelta(90), "expiring"),
        (None, ON + timedelta(91), "in_force"),
    ],
)
def test_states(start, end, expected):
    assert state(validity(start, end), ON) == expected


def test_search_takes_full_width_and_capitals_alike():
    assert matches(normal("ＩＣ设计 企业"), "ic")
    assert not matches(normal("研发费用"), "研发 贷款")


@given(st.lists(st.sampled_from(["a", "b", "c"])), st.lists(st.sampled_from(["a", "b", "d"])))
def test_both_texts_can_be_read_from_their_differences(old, new):
    lines = differences("\n".join(old), "\n".join(new), context=99)
    if old == new:
        return
    assert [line.before for line in lines if line.change not in ("added",)] == old
    assert [line.after for line in lines if line.change not in ("removed",)] == new
