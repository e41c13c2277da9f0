"""A policy given as a file instead of a key: a draft, or an edition that is not in force."""

from __future__ import annotations

from pathlib import Path

from huiqi.commands.outcome import Failed
from huiqi.rules.errors import DefinitionError
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy, load_policy
from huiqi.rules.policy_check import check_policy
from huiqi.rules.strict_yaml import load


def read_policy(path: Path, jurisdiction: Jurisdiction) -> Policy:
    """The policy of a file, checked. Raises Failed or, with every fault, DefinitionError."""
    if not path.is_file():
        raise Failed(f"没有 {path} 这个文件")
    policy = load_policy(load(path), jurisdiction.vocabulary, jurisdiction.parameters)
    problems = check_policy(policy, jurisdiction)
    if problems:
        raise DefinitionError(problems)
    return policy
