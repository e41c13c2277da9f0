"""common-expression-language (CEL, in Rust): programs compiled once, one context a firm."""

from __future__ import annotations

from typing import Any

import cel

from benchmarks.form import Load
from benchmarks.peers.languages import UNDETERMINED, Text, Variables, Writer

FORMS = ("a program a policy, errors as unknown", "a program a policy", "one program")


class CelText(Text):
    def __init__(self) -> None:
        super().__init__("&&", "||", "!")


class NativeCelText(CelText):
    """CEL's && and || pass over an error where the other side decides, which is Kleene's logic, and
    to compare null by order is an error. But null equals no number without one."""

    def equal(self, name: str, value: int) -> str:
        return f"({name} >= {value} && {name} <= {value})"


class CelPeer:
    def __init__(self, load: Load, form: str) -> None:
        if form == FORMS[0]:
            native = Writer(load, NativeCelText())
            self.programs = [cel.compile(native.native_answer(p)) for p in load.policies]
            self.run = self._with_errors
            return
        writer = Writer(load, CelText())
        texts = [writer.answer(policy) for policy in load.policies]
        if form == FORMS[1]:
            self.programs = [cel.compile(text) for text in texts]
            self.run = self._each
        else:
            self.programs = [cel.compile(f"[{', '.join(texts)}]")]
            self.run = self._whole

    def _with_errors(self, firm: Variables) -> Any:
        context = cel.Context(variables=firm)
        found = []
        for program in self.programs:
            try:
                found.append(program.execute(context))
            except TypeError:  # a null was compared and nothing else decides
                found.append(UNDETERMINED)
        return found

    def _each(self, firm: Variables) -> Any:
        context = cel.Context(variables=firm)
        return [program.execute(context) for program in self.programs]

    def _whole(self, firm: Variables) -> Any:
        return self.programs[0].execute(firm)
