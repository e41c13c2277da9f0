"""Examples in policy files: what must come out for given facts, run as tests."""

from __future__ import annotations

from huiqi.rules.determination import Determination, Explainer, Firm
from huiqi.rules.errors import DefinitionError, FactError, Problem
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy
from huiqi.rules.policy_model import ExampleModel
from huiqi.rules.units import MONEY, format_money, parse_quantity
from huiqi.rules.values import read_facts


def run_examples(policy: Policy, jurisdiction: Jurisdiction) -> list[Problem]:
    """Run every example of a policy; each difference is a problem on the example's line."""
    problems = []
    for index, example in enumerate(policy.model.examples):
        for message in _run(policy, jurisdiction, example):
            text = f"例“{example.name}”：{message}"
            problems.append(policy.document.problem(("examples", index), text))
    return problems


def _run(policy: Policy, jurisdiction: Jurisdiction, example: ExampleModel) -> list[str]:
    if not policy.in_force(example.on):
        return [f"{example.on} 不在政策有效期内"]
    try:
        facts = read_facts(example.facts, jurisdiction.vocabulary)
        explainer = Explainer(jurisdiction, example.on, (policy,))
    except FactError as error:
        return [str(error)]
    except DefinitionError as error:
        return [problem.message for problem in error.problems]
    return _differences(example, explainer.explain(Firm(facts))[0])


def _differences(example: ExampleModel, found: Determination) -> list[str]:
    expect, messages = example.expect, []
    if found.status != expect.status:
        unmet = f"，未满足：{'、'.join(found.unmet)}" if found.unmet else ""
        lacking = f"，缺少：{'、'.join(f.name for f in found.missing)}" if found.missing else ""
        messages.append(f"应为 {expect.status}，算得 {found.status}{unmet}{lacking}")
        return messages
    if expect.amount is not None:
        quantity = parse_quantity(expect.amount)
        if quantity is None or quantity.dimension != MONEY or quantity.value.denominator != 1:
            messages.append(f"金额“{expect.amount}”应带单位，如 20万元")
        elif found.amount != quantity.value:
            shown = "未知" if found.amount is None else f"{format_money(found.amount)}"
            messages.append(f"金额应为 {expect.amount}，算得 {shown}")
    elif found.amount is not None:
        messages.append(f"没有写金额，算得 {format_money(found.amount)}")
    if expect.missing is not None:
        names = {fact.name for fact in found.missing}
        if names != set(expect.missing):
            messages.append(f"缺少的应为 {_listed(set(expect.missing))}，算得 {_listed(names)}")
    if expect.unmet is not None and set(found.unmet) != set(expect.unmet):
        messages.append(
            f"未满足的应为 {_listed(set(expect.unmet))}，算得 {_listed(set(found.unmet))}"
        )
    return messages


def _listed(words: set[str]) -> str:
    return "、".join(sorted(words)) or "（无）"
