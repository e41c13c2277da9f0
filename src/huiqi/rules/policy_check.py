"""Checks one policy against its jurisdiction: its region, and conditions nobody or all meet."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from huiqi.rules import ir
from huiqi.rules.codes import CodeTree
from huiqi.rules.contradictions import is_certain, is_impossible
from huiqi.rules.errors import DefinitionError, Problem
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.lowering import Lowering
from huiqi.rules.policy import Policy
from huiqi.rules.program import Rule, lower_policy


def check_policy(policy: Policy, jurisdiction: Jurisdiction) -> list[Problem]:
    """Faults of the region, and those that show only when the policy is lowered.

    Lowered for the first day in force and wherever a parameter changes: impossible or idle
    conditions, denominators that may be negative.
    """
    problems = {str(problem): problem for problem in _region(policy, jurisdiction)}
    for day in policy.check_days():
        lowering = Lowering.on(jurisdiction.moment(day), jurisdiction.vocabulary)
        try:
            rule = lower_policy(policy, lowering)
        except DefinitionError as error:
            problems.update({str(problem): problem for problem in error.problems})
            continue
        for problem in _idle(policy, rule, lowering.builder):
            problems[str(problem)] = problem
    return list(problems.values())


def _idle(policy: Policy, rule: Rule, builder: ir.Builder) -> list[Problem]:
    found = []
    for index, condition in enumerate(rule.criteria):
        path = ("conditions", index, "if")
        if is_impossible(condition, builder):
            found.append(policy.document.problem(path, "这个条件不可能成立：没有企业能同时满足"))
        elif is_certain(condition, builder):
            found.append(policy.document.problem(path, "这个条件永远成立，等于没有写"))
    if not found and is_impossible(rule.condition, builder):
        message = "各条件互相矛盾：没有企业能同时满足全部条件"
        found.append(policy.document.problem(("conditions",), message))
    return found


def _region(policy: Policy, jurisdiction: Jurisdiction) -> Iterator[Problem]:
    """The region 适用地区 is an area that is known, and not one of elsewhere."""
    areas, home = jurisdiction.vocabulary.trees["area"], jurisdiction.profile.home
    region = policy.model.region
    if region not in areas:
        near = "".join(f"“{code} {areas.name(code)}”" for code in _nearest(region, areas))
        message = f"行政区划表中没有代码“{region}”" + (f"；是不是{near}？" if near else "")
        yield policy.document.problem(("region",), message)
        return
    if home is None or _is_inherited(policy, jurisdiction):
        return
    if not (areas.covers(home, region) or areas.covers(region, home)):
        message = (
            f"“{region} {areas.name(region)}”不在{jurisdiction.profile.name}，"
            f"应是“{home} {areas.name(home)}”，或者它的上级、下级"
        )
        yield policy.document.problem(("region",), message)


def _is_inherited(policy: Policy, jurisdiction: Jurisdiction) -> bool:
    """Whether the policy stands in a folder that this jurisdiction extends."""
    folders = Path(policy.document.file).parts
    return any(folder.name in folders for folder in jurisdiction.chain[1:])


def _nearest(region: str, areas: CodeTree) -> list[str]:
    """Codes of the areas that may be meant: by name, by digits, by what the code lies in."""
    found = [*areas.matches(region), *areas.suggest(region)]
    found += difflib.get_close_matches(region, areas, n=2, cutoff=0.75)
    found += [code for code in (areas.closest(region),) if code is not None]
    return list(dict.fromkeys(found))[:3]
