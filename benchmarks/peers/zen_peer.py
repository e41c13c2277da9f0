"""zen-engine: expressions and decision graphs compiled once."""

from __future__ import annotations

import json
from typing import Any

import zen

from benchmarks.form import Load
from benchmarks.peers.languages import Text, Variables, Writer

FORMS = (
    "an expression a policy",
    "one decision, an expression a policy",
    "one expression for all policies",
)


class ZenText(Text):
    def __init__(self) -> None:
        super().__init__("and", "or", "not ")

    def thousandth(self, value: str) -> str:
        return f"floor({value} / 1000)"


class ZenPeer:
    """Numbers come back as floats, exact to 2^53."""

    def __init__(self, load: Load, form: str) -> None:
        writer = Writer(load, ZenText())
        texts = [writer.answer(policy) for policy in load.policies]
        self.run = {
            FORMS[0]: self._expressions,
            FORMS[1]: self._decision,
            FORMS[2]: self._expression,
        }[form](texts)

    def _expressions(self, texts: list[str]) -> Any:
        compiled = [zen.compile_expression(text) for text in texts]
        return lambda firm: [expression.evaluate(firm) for expression in compiled]

    def _decision(self, texts: list[str]) -> Any:
        decision = zen.ZenEngine().create_decision(_graph(texts))
        keys = [f"a{at}" for at in range(len(texts))]

        def run(firm: Variables) -> list[float]:
            result = decision.evaluate(firm)["result"]
            return [result[key] for key in keys]

        return run

    def _expression(self, texts: list[str]) -> Any:
        return zen.compile_expression(f"[{', '.join(texts)}]").evaluate


def _graph(texts: list[str]) -> zen.ZenDecisionContent:
    """A graph of one expression node."""
    expressions = [
        {"id": f"a{at}", "key": f"a{at}", "value": text} for at, text in enumerate(texts)
    ]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {
            "id": "rules",
            "name": "rules",
            "type": "expressionNode",
            "content": {"expressions": expressions},
        },
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"}
        for a, b in (("in", "rules"), ("rules", "out"))
    ]
    return zen.ZenDecisionContent(json.dumps({"nodes": nodes, "edges": edges}))
