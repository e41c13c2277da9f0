"""Form fields for facts 事实: one question each, by the fact's type; blank or 不知道 is unknown.

A field's cleaned value is the stored integer (see ``rules.vocabulary``) or None. What people type
is taken as they write it: 1,200 / 300万 / ３００ / 2024年5月1日 / C2613 / 餐饮业.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.urls import reverse

from huiqi.kernel.definitions.rulebook import shipped
from huiqi.rules.codes import CodeTree
from huiqi.rules.errors import FactError
from huiqi.rules.values import read_value
from huiqi.rules.vocabulary import FactDefinition

UNKNOWN, NOTHING = "unknown", "nothing"
_UNKNOWN_CHOICE = (UNKNOWN, "不知道")
_MONEY_UNITS = [("万元", "万元"), ("元", "元")]
_WAN = 10_000
_MOST_CANDIDATES = 30


def fact_field(fact: FactDefinition) -> forms.Field:
    """The field that asks for a fact; never required: people may not know."""
    if fact.is_money:
        return MoneyField(fact)
    if fact.type == "flag":
        return ChoiceFact(fact, [("1", "是"), ("0", "否")])
    if fact.type == "set":
        return SetFact(fact)
    if fact.code_tree is not None:
        return TreeFact(fact, fact.code_tree)
    if fact.type == "code":
        return ChoiceFact(fact, [(str(n), value) for n, value in enumerate(fact.values, 1)])
    return TextFact(fact)


def normal(text: str) -> str:
    """Full-width letters as half-width, spaces and stray punctuation gone."""
    return unicodedata.normalize("NFKC", text).strip().rstrip("。.,、;")


def _read(fact: FactDefinition, text: str) -> int | None:
    try:
        return read_value(fact, text)
    except FactError as error:
        raise forms.ValidationError(str(error)) from None


class TextFact(forms.Field):
    """A number with its unit, or a date."""

    def __init__(self, fact: FactDefinition) -> None:
        self.fact = fact
        is_date = fact.type == "date"
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        if is_date:
            attributes = {"autocomplete": "off", "placeholder": "2024-05-01"}
        unit = fact.unit.name
        label = f"{fact.name}（{unit}）" if unit else fact.name
        super().__init__(
            label=label, required=False, widget=forms.TextInput(attributes), help_text=_hint(fact)
        )

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        if self.fact.type == "date":
            return self.fact.decode(value).isoformat()
        return _plain(self.fact, value)

    def to_python(self, value: Any) -> int | None:
        text = normal(str(value or ""))
        if self.fact.type == "date":
            text = _iso_date(text)
        elif text.endswith("%") and self.fact.unit.name == "%":
            text = text[:-1]
        return _read(self.fact, text)


def _hint(fact: FactDefinition) -> str:
    return "写作 2024-05-01。不知道的留空。" if fact.type == "date" else ""


def _iso_date(text: str) -> str:
    parts = re.fullmatch(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*", text)
    if parts is None:
        return text
    year, month, day = (int(part) for part in parts.groups())
    return f"{year:04}-{month:02}-{day:02}"


def _plain(fact: FactDefinition, stored: int, factor: int = 1) -> str:
    value = fact.decode(stored) / factor
    return f"{float(value):,.10f}".rstrip("0").rstrip(".")


class MoneyInput(forms.MultiWidget):
    """An amount and its unit, side by side."""

    template_name = "web/money_input.html"

    def __init__(self, name: str) -> None:
        amount = forms.TextInput(
            {"inputmode": "decimal", "autocomplete": "off", "aria-label": f"{name}：金额"}
        )
        unit = forms.Select({"aria-label": f"{name}：单位"}, choices=_MONEY_UNITS)
        super().__init__([amount, unit])

    def decompress(self, value: Any) -> list[str | None]:
        return list(value) if isinstance(value, tuple) else [value, None]


class MoneyField(forms.MultiValueField):
    """Money in 万元 or 元; separators and ``300万`` are understood."""

    def __init__(self, fact: FactDefinition) -> None:
        self.fact = fact
        fields = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(fields, label=fact.name, required=False, widget=MoneyInput(fact.name))

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        yuan = self.fact.decode(value)
        if yuan and yuan % (_WAN // 100) == 0:
            return _plain(self.fact, value, _WAN), "万元"
        return _plain(self.fact, value), "元"

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(initial != data)

    def compress(self, data_list: list[str]) -> int | None:
        text, unit = (*map(normal, data_list), "", "")[:2]
        if not text:
            return None
        if text.endswith(("万", "亿")):
            text += "元"
        if not text.endswith("元"):
            text += unit if unit in dict(_MONEY_UNITS) else "元"
        return _read(self.fact, text.replace(" ", ""))


class ChoiceFact(forms.ChoiceField):
    """Yes or no, or one of a few: big targets, and “不知道” among them."""

    def __init__(self, fact: FactDefinition, choices: list[tuple[str, str]]) -> None:
        super().__init__(
            label=fact.name,
            choices=[*choices, _UNKNOWN_CHOICE],
            required=False,
            widget=forms.RadioSelect,
        )

    def clean(self, value: Any) -> int | None:
        chosen = super().clean(value)
        return None if chosen in ("", UNKNOWN) else int(chosen)


class SetFact(forms.MultipleChoiceField):
    """Several of a list, or “都没有”, or “不知道”."""

    def __init__(self, fact: FactDefinition) -> None:
        self.fact = fact
        choices = [(name, name) for name in fact.values]
        super().__init__(
            label=fact.name,
            choices=[*choices, (NOTHING, "以上都没有"), _UNKNOWN_CHOICE],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return self.fact.decode(value) or [NOTHING]

    def clean(self, value: Any) -> int | None:
        chosen = super().clean(value)
        members = [one for one in chosen if one not in (NOTHING, UNKNOWN)]
        if members and len(members) < len(chosen):
            raise forms.ValidationError("勾选了具体的项，就不要再选“以上都没有”或“不知道”")
        if NOTHING in chosen and UNKNOWN in chosen:
            raise forms.ValidationError("“以上都没有”和“不知道”只能选一个")
        return self.fact.encode(members) if members or NOTHING in chosen else None


# --- code tables -------------------------------------------------------------------------------


def candidates(tree: CodeTree, text: str) -> list[tuple[str, str]]:
    """Codes a text may mean, with their names; for no text where to begin."""
    wanted = normal(text)
    if not wanted:
        codes = tree.roots if tree.lettered else tree.children(_home(tree))
    else:
        codes = tree.matches(wanted) or list(_containing(tree, wanted)) or tree.suggest(wanted, 8)
    return [(code, _named(tree, code)) for code in list(codes)[:_MOST_CANDIDATES]]


def _home(tree: CodeTree) -> str:
    return shipped().profile.home or tree.roots[0]


def _named(tree: CodeTree, code: str) -> str:
    upper = tree.parent(code)
    above = f"（{tree.name(upper)}）" if upper and tree.lettered else ""
    return f"{tree.display(code)} {tree.name(code)}{above}"


def _containing(tree: CodeTree, wanted: str) -> Iterator[str]:
    """Names that hold the text; failing that, most of its pairs of characters. Best first."""
    holding = [code for code in tree if wanted in tree.name(code)]
    if holding:
        yield from sorted(holding, key=lambda code: (len(tree.name(code)), code))
        return
    pairs = {wanted[at : at + 2] for at in range(len(wanted) - 1)}
    shared = {code: sum(pair in tree.name(code) for pair in pairs) for code in tree}
    found = [code for code, count in shared.items() if count]
    yield from sorted(found, key=lambda code: (-shared[code], len(tree.name(code)), code))


class TreeInput(forms.TextInput):
    """A word or a code to type, and the entries it may mean to pick from."""

    template_name = "web/tree_input.html"
    tree: CodeTree

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        text = str(value or "")
        exact = self.tree.find(text) if text else None
        options = [] if exact else candidates(self.tree, text)
        chosen = [(exact, _named(self.tree, exact))] if exact else []
        address = reverse("choose-code", args=[self.tree.key])
        more = {"options": options, "chosen": chosen, "address": address, "text": text}
        context["widget"] |= more
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        del files
        # What was picked from the list wins over the text it was found by.
        return data.get(f"{name}-pick") or data.get(name)


class TreeFact(forms.CharField):
    """A code of a classification, by code or by name."""

    def __init__(self, fact: FactDefinition, tree: CodeTree) -> None:
        self.fact, self.tree = fact, tree
        widget = TreeInput({"autocomplete": "off"})
        widget.tree = tree
        example = "如 餐饮、I65、零售" if tree.lettered else "输入县、市、区的名称或代码"
        super().__init__(label=fact.name, required=False, widget=widget, help_text=example)

    def prepare_value(self, value: Any) -> Any:
        return self.tree.display(self.tree.code(value)) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = normal(str(value or ""))
        if not text:
            return None
        code = self.tree.find(text)
        if code is None:
            raise forms.ValidationError(f"“{text}”对应不止一项，或者不在表中，请从下面选一项")
        return self.tree.index(code)
