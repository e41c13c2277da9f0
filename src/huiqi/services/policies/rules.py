"""Pure parts of the library: states, windows of application, search in texts, differences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from huiqi.rules.policy import Policy
from huiqi.rules.policy_model import BenefitModel, Validity

SOON = timedelta(days=90)
LEVELS = {"national": "国家", "province": "省级", "prefecture": "市州级", "county": "县级"}
KINDS = {
    "tax": "税收优惠",
    "fee": "收费减免",
    "social": "社保就业",
    "finance": "融资支持",
    "award": "奖励补助",
    "grant": "资金支持",
    "qualification": "资质认定",
    "service": "服务",
}
STATES = {
    "in_force": "有效",
    "expiring": "即将到期",
    "future": "尚未生效",
    "expired": "已经失效",
}


def state(valid: Validity, on: date) -> str:
    """One of STATES on a day; expiring: the end is at most 90 days off."""
    if valid.from_ and on < valid.from_:
        return "future"
    if valid.to and valid.to < on:
        return "expired"
    if valid.to and valid.to - on <= SOON:
        return "expiring"
    return "in_force"


def validity_text(valid: Validity) -> str:
    """From when to when, in words."""
    start, end = (
        f"{day:%Y}年{day.month}月{day.day}日" if day else "" for day in (valid.from_, valid.to)
    )
    beginning = f"{start}起" if start else "起始日期没有写明"
    return f"有效期：{beginning}，{f'到{end}止' if end else '没有写明截止日期'}。"


def benefit_notes(benefit: BenefitModel) -> list[str]:
    """What goes with an amount: once, the highest of a group only, cliffs."""
    group = f"同属“{benefit.group}”的各项就高不重复，只能得最高的一项"
    return [
        *(["只能享受一次"] if benefit.once else []),
        *([group] if benefit.group else []),
        *(f"注意：{text}" for text in benefit.cliffs),
    ]


def boxes(policy: Policy, region: str, departments: Sequence[str]) -> dict[str, list[str]]:
    """The five boxes and the law, as texts for paper."""
    model, apply = policy.model, policy.model.apply
    conditions = [f"{one.text}（{one.article}）" for one in policy.criteria]
    return {
        "给谁": [f"{'、'.join(model.audience)}；适用地区：{region}。要同时满足：", *conditions],
        "给多少": [model.benefit.text, *benefit_notes(model.benefit)],
        "到什么时候": [
            validity_text(model.valid),
            *([f"申报时间：{apply.window}"] if apply.window else []),
        ],
        "怎么办": [
            *(["免申即享：政府已经掌握的，不用您申请"] if model.auto else []),
            *([apply.process] if apply.process else []),
            *(f"材料：{text}" for text in apply.materials or model.needs),
        ],
        "问谁": ["，".join(filter(None, [apply.contact or "、".join(departments), apply.hours]))],
        "依据": [f"{model.document}，{model.article}", f"来源：{model.source}"],
    }


# --- search ------------------------------------------------------------------------------------


def normal(text: str) -> str:
    """One form for what looks alike: full width, case, spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).lower().strip()


def matches(text: str, words: str) -> bool:
    """Whether a normalised text has all words that were typed, each as it is."""
    return all(word in text for word in normal(words).split())


# --- windows of application ----------------------------------------------------------------------

_EVERY_YEAR = re.compile(r"每年(\d{1,2})月(\d{1,2})日至(次年)?(\d{1,2})月(\d{1,2})日")
_ONE_YEAR = re.compile(r"(\d{4})年度?为?(\d{1,2})月(\d{1,2})日至(\d{1,2})月(\d{1,2})日")
_MONTHS = re.compile(r"每年((?:\d{1,2}月、)*\d{1,2}月)(?:（|$|，|。)")


@dataclass(frozen=True, order=True)
class Window:
    """Days on which one can apply, both included."""

    start: date
    end: date


def windows(text: str, years: Sequence[int]) -> list[Window]:
    """The windows that a free text says for certain, in these years; others are not guessed."""
    found: set[Window] = set()
    for match in _EVERY_YEAR.finditer(text):
        first_month, first, following, last_month, last = match.groups()
        for year in years:
            end = year + 1 if following else year
            found.update(_window((year, first_month, first), (end, last_month, last)))
    for match in _ONE_YEAR.finditer(text):
        stated, first_month, first, last_month, last = match.groups()
        if int(stated) in years:
            found.update(_window((stated, first_month, first), (stated, last_month, last)))
    for match in _MONTHS.finditer(text):
        for month in re.findall(r"\d{1,2}", match[1]):
            found.update(window for year in years for window in _month(year, int(month)))
    return sorted(found)


def _window(start: tuple[int | str, ...], end: tuple[int | str, ...]) -> Iterator[Window]:
    try:
        first, last = date(*map(int, start)), date(*map(int, end))
    except ValueError:
        return
    if first <= last:
        yield Window(first, last)


def _month(year: int, month: int) -> Iterator[Window]:
    if 1 <= month <= 12:
        following = date(year + month // 12, month % 12 + 1, 1)
        yield Window(date(year, month, 1), following - timedelta(days=1))
