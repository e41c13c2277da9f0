"""The policies in force, compiled once a day and rulebook: explaining one firm takes no time."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.rules.determination import Explainer
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy

_DAYS = 4
"""Yesterday's and tomorrow's may be wanted beside today's."""

_SINGLE = 64


def explainer(on: date) -> Explainer:
    """For all policies in force on a day, as published now."""
    return _all(rulebook(), on)


def explainer_of(policy: Policy, on: date) -> Explainer:
    """For one policy."""
    return _one(rulebook(), policy, on)


# A rulebook and a policy are the same only if they are the same object: a new version is new.
@lru_cache(_DAYS)
def _all(book: Jurisdiction, on: date) -> Explainer:
    return Explainer(book, on, book.in_force(on))


@lru_cache(_SINGLE)
def _one(book: Jurisdiction, policy: Policy, on: date) -> Explainer:
    return Explainer(book, on, (policy,))
