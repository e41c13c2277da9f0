"""The checks a policy's text goes through, as ``huiqi check`` does them."""

from __future__ import annotations

from dataclasses import dataclass, field

from huiqi.kernel.definitions.rulebook import shipped
from huiqi.rules import examples
from huiqi.rules.errors import DefinitionError, Problem
from huiqi.rules.policy import Policy, load_policy
from huiqi.rules.policy_check import check_policy
from huiqi.rules.strict_yaml import Document, parse


@dataclass(frozen=True)
class Checked:
    """What the checks say of a text: the policy if it can be used, and all faults."""

    policy: Policy | None
    problems: list[Problem] = field(default_factory=list)


def file_of(key: str) -> str:
    """How messages name the text of a policy."""
    return f"policies/{key}.yaml"


def build(text: str, key: str) -> Policy:
    """The policy that a text says. Raises DefinitionError with every fault."""
    book = shipped()
    return load_policy(parse(text, file_of(key)), book.vocabulary, book.parameters)


def check(text: str, key: str = "") -> Checked:
    """All checks but the examples. ``key``: the policy the text must be of; empty: any."""
    try:
        policy = build(text, key or "new")
    except DefinitionError as error:
        return Checked(None, error.problems)
    problems = check_policy(policy, shipped())
    if key and policy.key != key:
        message = f"代号应是 {key}，却是 {policy.key}：换了代号就是另一项政策"
        problems.append(policy.document.problem(("policy",), message))
    return Checked(None if problems else policy, problems)


@dataclass(frozen=True)
class ExampleRun:
    """One example and what differed; none: it came out as it should."""

    name: str
    line: int
    differences: list[str]


def run_examples(policy: Policy) -> list[ExampleRun]:
    """Every example of a policy, in the order of the text."""
    document: Document = policy.document
    found = examples.run_examples(policy, shipped())
    runs = []
    for index, example in enumerate(policy.model.examples):
        line = document.line(("examples", index))
        start = f"例“{example.name}”："
        wrong = [problem.message.removeprefix(start) for problem in found if problem.line == line]
        runs.append(ExampleRun(example.name, line, wrong))
    return runs
