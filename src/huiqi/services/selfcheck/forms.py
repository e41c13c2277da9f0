"""A page of the self-check as a form."""

from __future__ import annotations

from typing import Any

from django import forms

from huiqi.services.selfcheck.rules import Answers, Screen
from huiqi.web.fact_fields import fact_field

_REST = (("no", "都没有，都不是"), ("unknown", "有的我不清楚"))


class ScreenForm(forms.Form):
    """Facts, each with its own field; or a list to tick, with a word on what is not ticked."""

    def __init__(self, screen: Screen, answers: Answers, data: Any = None) -> None:
        super().__init__(data, initial=_initial(screen, answers))
        self.screen = screen
        if screen.kind == "facts":
            self.fields |= {fact.key: fact_field(fact) for fact in screen.facts}
        else:
            self.fields |= _list_fields(screen)

    @property
    def looks_up(self) -> bool:
        """Whether only “find” was pressed: the page comes again, with what was found."""
        return "find" in self.data

    def answered(self, answers: Answers) -> Answers:
        """The answers with this page's."""
        if self.screen.kind == "facts":
            return answers.with_page(self.screen.key, self.cleaned_data, {})
        ticked = set(self.cleaned_data["ticked"])
        rest = False if self.cleaned_data["rest"] == "no" else None
        if self.screen.kind == "options":
            done = {one.key: True if one.key in ticked else rest for one in self.screen.options}
            return answers.with_page(self.screen.key, {}, done)
        otherwise = None if rest is None else 0
        facts = {f.key: 1 if f.key in ticked else otherwise for f in self.screen.facts}
        return answers.with_page(self.screen.key, facts, {})


def skipped(screen: Screen, answers: Answers) -> Answers:
    """The answers with “I don't know” for a whole page."""
    facts: dict[str, int | None] = {fact.key: None for fact in screen.facts}
    return answers.with_page(screen.key, facts, dict.fromkeys(_options(screen)))


def _options(screen: Screen) -> list[str]:
    return [option.key for option in screen.options]


def _list_fields(screen: Screen) -> dict[str, forms.Field]:
    choices = [(option.key, option.text) for option in screen.options]
    choices += [(fact.key, f"{fact.name}：{fact.model.definition}") for fact in screen.facts]
    return {
        "ticked": forms.MultipleChoiceField(
            label="有的，请勾选",
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "rest": forms.ChoiceField(
            label="没有勾选的",
            choices=_REST,
            widget=forms.RadioSelect,
            error_messages={"required": "请选一个：没有勾选的，是都没有，还是有的不清楚？"},
        ),
    }


def _initial(screen: Screen, answers: Answers) -> dict[str, Any]:
    if screen.kind == "facts":
        return {fact.key: answers.facts.get(fact.key) for fact in screen.facts}
    said: dict[str, Any] = {**answers.facts, **answers.done}
    keys = [fact.key for fact in screen.facts] + _options(screen)
    initial: dict[str, Any] = {"ticked": [key for key in keys if said.get(key)]}
    if screen.key in answers.asked:
        initial["rest"] = "unknown" if any(said.get(key) is None for key in keys) else "no"
    return initial
