"""Firms × policies in chunks: states, amounts and, for people, what is unmet, missing or one step.

The bit-plane engine answers for all firms of a chunk; texts are made once per distinct pattern
and spread over the firms that share it. The one-step search runs only where one change could do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from huiqi.rules import ir
from huiqi.rules.batch.chunk import Chunk
from huiqi.rules.batch.firms import AllFirms
from huiqi.rules.determination import STATUSES, Explainer
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.lowering import Lowering
from huiqi.rules.one_step import StepFinder
from huiqi.rules.policy import Policy
from huiqi.rules.program import Program, Rule, lower_policy
from huiqi.rules.size import NOT_APPLICABLE, UNDETERMINED

Text = npt.NDArray[np.object_]
Steps = npt.NDArray[np.object_]
"""``OneStep`` or None, a firm."""

Masks = npt.NDArray[np.uint64]
SEPARATOR = "；"
AMOUNT = pl.Int128
"""Wide enough for sums of fen over any number of firms."""


@dataclass(frozen=True, eq=False)
class Matcher:
    """The policies in force on a day (or those given) and the size standard, as one program."""

    jurisdiction: Jurisdiction
    on: date
    policies: tuple[Policy, ...]
    program: Program
    sizes: tuple[str, ...]
    """Size classes, each a rule after the policies."""

    @classmethod
    def of(
        cls, jurisdiction: Jurisdiction, on: date, policies: Iterable[Policy] | None = None
    ) -> Matcher:
        chosen = tuple(jurisdiction.in_force(on) if policies is None else policies)
        lowering = Lowering.on(jurisdiction.moment(on), jurisdiction.vocabulary)
        standard = jurisdiction.size_standard(on)
        sizes = (*standard.model.classes, NOT_APPLICABLE)
        rules = [lower_policy(policy, lowering) for policy in chosen]
        for size in sizes:
            condition = lowering.condition(standard.by_indicators((size,)))
            rules.append(Rule(size, (), condition, None))
        return cls(jurisdiction, on, chosen, Program.of(rules, lowering.builder), sizes)

    @cached_property
    def explainer(self) -> Explainer:
        return Explainer(self.jurisdiction, self.on, self.policies)

    def match(self, frame: pl.DataFrame) -> Matched:
        """Answers for a chunk of firms: stored integers, one column a fact (absent: unknown)."""
        return Matched(self, frame, self.engine.chunk(self.engine.encode(frame)))

    @cached_property
    def engine(self) -> AllFirms:
        return AllFirms(self.program)


@dataclass(frozen=True, eq=False)
class Matched:
    """The answers for one chunk; ``policy`` arguments are positions in ``matcher.policies``."""

    matcher: Matcher
    frame: pl.DataFrame
    result: Chunk

    @cached_property
    def sizes(self) -> Text:
        """The size class of each firm, 待定 where open."""
        found = np.full(self.frame.height, UNDETERMINED, dtype=object)
        first = len(self.matcher.policies)
        for offset, size in enumerate(self.matcher.sizes):
            found[self.result.states(first + offset) == ir.TRUE] = size
        standard = self.matcher.jurisdiction.size_standard(self.matcher.on)
        kind = standard.entity_type
        if kind is not None and kind.key in self.frame.columns:
            stored = [kind.encode(name) for name in standard.excluded_types]
            excluded = self.frame[kind.key].is_in(stored).fill_null(False)
            found[excluded.to_numpy()] = NOT_APPLICABLE
        return found

    def statuses(self, policy: int) -> npt.NDArray[np.uint8]:
        return self.result.states(policy)

    def amounts(self, policy: int) -> pl.Series:
        """Fen of every firm; null unless it is eligible and its amount is known."""
        amounts, known = self.result.amounts(policy)
        return pl.Series(amounts.tolist(), dtype=AMOUNT).set(pl.Series(~known), None)

    def unmet(self, policy: int) -> Text:
        """The sentences of the criteria a firm does not meet."""
        texts = [criterion.text for criterion in self.matcher.policies[policy].criteria]
        return _spread(self.result.unmet(policy), texts)

    def missing(self, policy: int) -> Text:
        """The names of the facts that can still change a firm's answer, and what is 0 below."""
        jurisdiction = self.matcher.jurisdiction
        names = [jurisdiction.vocabulary[key].name for key in self.missing_keys(policy)]
        zero = [jurisdiction.texts["zero_denominator"].format(facts=name) for name in names]
        asked = _spread(self.missing_masks(policy), names)
        below = _spread(self.zero_masks(policy), zero)
        both = (asked != "") & (below != "")
        texts: Text = asked + np.where(both, SEPARATOR, "").astype(object) + below
        return texts

    def missing_keys(self, policy: int) -> list[str]:
        """The facts that the bits of ``missing_masks`` stand for."""
        rule = self.matcher.program.rules[policy]
        return ir.fact_keys(*rule.criteria, *([] if rule.amount is None else [rule.amount]))

    def missing_masks(self, policy: int) -> Masks:
        """For every firm the unknown facts that can still change its answer, as bits."""
        return self.result.missing(policy) & ~self._known(policy)

    def zero_masks(self, policy: int) -> Masks:
        """For every firm the facts that are 0 under a fraction line, as bits."""
        return self.result.missing(policy) & self._known(policy)

    def _known(self, policy: int) -> Masks:
        """Known facts: when named all the same, they are 0 below (see ``rules.missing``)."""
        vocabulary = self.matcher.jurisdiction.vocabulary
        found = np.zeros_like(self.result.missing(policy))
        for bit, key in enumerate(self.missing_keys(policy)):
            if key in self.frame.columns and vocabulary[key].code_tree is None:
                known = self.frame[key].is_not_null().to_numpy()
                found[known] |= found.dtype.type(1 << bit)
        return found

    def one_steps(self, policy: int) -> Steps:
        """The one change that would make an ineligible firm eligible; None where there is none."""
        finder = self.matcher.explainer.step_finder(self.matcher.policies[policy])
        found: Steps = np.full(self.frame.height, None, dtype=object)
        rows = self._near(policy, finder)
        if rows.size == 0:
            return found
        keys = [key for key in finder.single.program.facts if key in self.frame.columns]
        firms = self.frame.select(keys)[rows]
        distinct = firms.with_row_index("at").group_by(keys, maintain_order=True).agg("at")
        for *values, at in distinct.iter_rows():
            found[rows[at]] = finder.find(dict(zip(keys, values, strict=True)))
        return found

    def _near(self, policy: int, finder: StepFinder) -> npt.NDArray[np.int64]:
        """Rows where one change could meet every unmet criterion."""
        distinct, inverse = np.unique(self.result.unmet(policy), return_inverse=True)
        hopeful = [bool(mask) and finder.could_suffice(bits(int(mask))) for mask in distinct]
        return np.flatnonzero(np.array(hopeful, dtype=bool)[inverse])


def bits(mask: int) -> list[int]:
    """Positions of the bits set in a mask."""
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]


def _spread(masks: Masks, words: Sequence[str]) -> Text:
    """For each mask the words of its bits, joined; one text a distinct mask."""
    distinct, inverse = np.unique(masks, return_inverse=True)
    texts = [SEPARATOR.join(words[bit] for bit in bits(int(mask))) for mask in distinct]
    return np.array(texts, dtype=object)[inverse]


def status_words(matcher: Matcher) -> dict[int, str]:
    """The words for the states 0, 1 and 3."""
    texts = matcher.jurisdiction.texts
    return {state: texts[name] for state, name in STATUSES.items()}
