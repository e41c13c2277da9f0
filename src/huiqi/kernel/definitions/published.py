"""Published versions laid over the files: which text of a policy holds on which day.

A version holds from the day it takes effect until the next one does; before the first, the files
hold. So an answer for an earlier day stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max

from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy, load_policy
from huiqi.rules.policy_model import Validity
from huiqi.rules.strict_yaml import parse

_DAY = timedelta(days=1)


def stamp() -> tuple[Any, ...]:
    """Changes whenever something is published."""
    published = DefinitionVersion.objects.filter(kind="policy", approved_at__isnull=False)
    found = published.aggregate(count=Count("pk"), newest=Max("approved_at"))
    return found["count"], found["newest"]


def overlaid(base: Jurisdiction) -> Jurisdiction:
    """The jurisdiction with what has been published, effective or still to come."""
    rows: dict[str, list[DefinitionVersion]] = {}
    published = DefinitionVersion.objects.filter(kind="policy", approved_at__isnull=False)
    for row in published.order_by("effective_from", "approved_at", "pk"):
        rows.setdefault(row.key, []).append(row)
    if not rows:
        return base
    policies = [policy for policy in base.policies if policy.key not in rows]
    for key, versions in rows.items():
        files = [policy for policy in base.policies if policy.key == key]
        policies += editions(files, versions, base)
    in_order = sorted(policies, key=lambda p: (p.key, p.model.valid.from_ or date.min))
    return replace(base, policies=tuple(in_order), _moments={})


def editions(
    files: Iterable[Policy], versions: list[DefinitionVersion], base: Jurisdiction
) -> list[Policy]:
    """The editions of one policy; ``versions`` by the day they take effect."""
    first = versions[0].effective_from
    assert first is not None  # of every approved version, by constraint
    found = [within(policy, None, first - _DAY) for policy in files]
    ends = [following.effective_from for following in versions[1:]]
    for row, end in zip(versions, [*ends, None], strict=True):
        if not row.retires:
            policy = load_policy(parse(row.text, name(row)), base.vocabulary, base.parameters)
            found.append(within(policy, row.effective_from, end and end - _DAY, f"v{row.pk}"))
    return [policy for policy in found if policy is not None]


def name(row: DefinitionVersion) -> str:
    """How messages name a version."""
    return f"{row.key}（{row.effective_from} 起的版本）"


def within(
    policy: Policy, start: date | None, end: date | None, edition: str = ""
) -> Policy | None:
    """A policy for some of its days only; None where none is left. Text and hash stay."""
    valid = policy.model.valid
    starts = [day for day in (valid.from_, start) if day is not None]
    ends = [day for day in (valid.to, end) if day is not None]
    first, last = max(starts, default=None), min(ends, default=None)
    if first is not None and last is not None and first > last:
        return None
    changes: dict[str, Any] = {"valid": Validity.model_validate({"from": first, "to": last})}
    if edition:
        changes["edition"] = edition
    return replace(policy, model=policy.model.model_copy(update=changes))
