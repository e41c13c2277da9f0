"""datalogic (JSONLogic in Rust): rules compiled once, a session, the firm parsed once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datalogic_py import DataHandle, Engine

from benchmarks.form import Load
from benchmarks.peers.languages import Variables, Writer

FORMS = ("a rule a policy, typed results", "many rules in one call", "one rule for all policies")


class Json:
    """JSONLogic."""

    def known(self, name: str) -> Any:
        return {"!==": [{"var": name}, None]}

    def unknown(self, name: str) -> Any:
        return {"===": [{"var": name}, None]}

    def flag(self, name: str) -> Any:
        return {"var": name}

    def at_least(self, name: str, bound: int) -> Any:
        return {">=": [{"var": name}, bound]}

    def below(self, name: str, bound: int) -> Any:
        return {"<": [{"var": name}, bound]}

    def equal(self, name: str, value: int) -> Any:
        return {"===": [{"var": name}, value]}

    def share(self, part: str, whole: str, percent: int) -> Any:
        return {">=": [{"*": [{"var": part}, 100]}, {"*": [{"var": whole}, percent]}]}

    def every(self, items: Sequence[Any]) -> Any:
        return {"and": list(items)}

    def some(self, items: Sequence[Any]) -> Any:
        return {"or": list(items)}

    def negated(self, item: Any) -> Any:
        return {"!": [item]}

    def number(self, value: int) -> Any:
        return value

    def choice(self, condition: Any, yes: Any, no: Any) -> Any:
        return {"if": [condition, yes, no]}

    def product(self, name: str, factor: int, cap: int) -> Any:
        return {"min": [{"*": [{"var": name}, factor]}, cap]}

    def rate(self, name: str, per_mille: int, cap: int) -> Any:
        raised = {"+": [{"*": [{"var": name}, per_mille]}, 500]}
        return {"min": [{"floor": [{"/": [raised, 1000]}]}, cap]}


class DatalogicPeer:
    def __init__(self, load: Load, form: str) -> None:
        writer, engine = Writer(load, Json()), Engine()
        answers = [writer.answer(policy) for policy in load.policies]
        self.session = engine.session()
        if form == FORMS[2]:
            self.rules = [engine.compile(answers)]
            self.run = self._whole
        else:
            self.rules = [engine.compile(answer) for answer in answers]
            self.run = self._typed if form == FORMS[0] else self._many

    def _typed(self, firm: Variables) -> Any:
        handle, evaluate = DataHandle(firm), self.session.evaluate_int
        return [evaluate(rule, handle) for rule in self.rules]

    def _many(self, firm: Variables) -> Any:
        """The answers are JSON texts."""
        return self.session.evaluate_many(self.rules, DataHandle(firm))

    def _whole(self, firm: Variables) -> Any:
        return self.session.evaluate(self.rules[0], firm)
