"""A small set of firms that reaches every policy and every size class.

Random firms first; where they leave a policy without a firm that is 符合, 不符合 or 待定, a firm is
built on the facts of one of the policy's own examples. What an example settles stays settled
whatever else is known of the firm (unknown facts are never read as no), so the rest can be random.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from huiqi.rules import typed
from huiqi.rules.determination import Explainer, Firm
from huiqi.rules.policy import Policy
from huiqi.rules.size import UNDETERMINED
from huiqi.rules.values import Facts, read_facts
from huiqi.sample.columns import Integers, Pins, known_facts
from huiqi.sample.generator import Block, Generator, joined
from huiqi.sample.table import SampleTable
from huiqi.sample.wrong_cells import MistakeMaker, Patch

Goal = tuple[str, str, str]
"""(policy, its key, status), (group, its name, "") or (size, class, "")."""

STATUSES = ("eligible", "ineligible", "undetermined")
_RANDOM_SHARE = 0.45  # of the firms that are there before any is built
_RANDOM, _BUILT, _MISTAKEN = 1_000_001, 1_000_002, 1_000_003  # numbers of blocks
_ROWS_TO_SPOIL = 400


class TooFew(ValueError):
    """The number of firms asked for cannot reach everything."""


@dataclass(frozen=True)
class Covering:
    """The firms, their wrong cells, and what no firm could be found for."""

    block: Block
    patches: list[Patch]
    unreached: list[Goal]


class Coverer:
    """Builds the set for one day."""

    def __init__(self, table: SampleTable, on: date) -> None:
        self.table = table
        self.on = on
        jurisdiction = table.generator.jurisdiction
        self.explainer = Explainer(jurisdiction, on, jurisdiction.in_force(on))

    @property
    def generator(self) -> Generator:
        return self.table.generator

    def cover(self, firms: int) -> Covering:
        """So many firms, one of them with each kind of mistake. Raises TooFew."""
        mistakes = MistakeMaker(self.table, self.on)
        sound = firms - len(mistakes.kinds)
        if sound < 1:
            raise TooFew(f"{firms} 家不够")
        random = self.generator.block(_RANDOM, 1, sound)
        pool = joined([random, self._built()])
        kept = round(sound * _RANDOM_SHARE)
        chosen, unreached = self._choose(list(self.reached(pool)), kept)
        if len(chosen) > sound:
            least = firms + len(chosen) - sound
            raise TooFew(f"{firms} 家不够触及全部政策和规模，至少约需 {least} 家")
        spare = [row for row in range(kept, sound) if row not in set(chosen)]
        rows = np.array([*chosen, *spare[: sound - len(chosen)]], dtype=np.int64)
        order = np.random.default_rng([self.generator.seed, 3]).permutation(sound)
        block, patches = self._with_mistakes(pool.take(rows[order]), mistakes)
        return Covering(block, patches, unreached)

    def reached(self, block: Block) -> Iterator[set[Goal]]:
        """What each firm of a block reaches."""
        standard = self.generator.jurisdiction.size_standard(self.on)
        groups = {group.model.name for group in standard.groups}
        for row in range(block.rows):
            facts = known_facts(block.facts, row)
            found = self.explainer.explain(Firm(facts))
            size = standard.classify(facts)
            goals: set[Goal] = {("policy", d.policy.key, d.status) for d in found}
            goals.add(("size", size.size, ""))
            if size.group in groups:
                goals.add(("group", size.group or "", ""))
            yield goals

    def goals(self) -> set[Goal]:
        """Everything there is to reach."""
        standard = self.generator.jurisdiction.size_standard(self.on)
        found: set[Goal] = {
            ("policy", policy.key, status)
            for policy in self.explainer.policies
            for status in STATUSES
        }
        found |= {("group", group.model.name, "") for group in standard.groups}
        sizes = (*self.generator.places.sizes, UNDETERMINED)
        return found | {("size", size, "") for size in sizes}

    def _choose(self, reached: list[set[Goal]], kept: int) -> tuple[list[int], list[Goal]]:
        """The first firms and, greedily, the fewest others that reach what these do not."""
        left = self.goals().difference(*reached[:kept])
        chosen = list(range(kept))
        while left:
            best = max(range(len(reached)), key=lambda row: len(reached[row] & left))
            if not reached[best] & left:
                break
            chosen.append(best)
            left -= reached[best]
        return chosen, sorted(left)

    # --- firms built on examples ---------------------------------------------------------------

    def _built(self) -> Block:
        pins = [facts for policy in self.explainer.policies for facts in self._of_policy(policy)]
        pins += self._of_sizes()
        return self.generator.block(_BUILT, 1, len(pins), Pins(dict(enumerate(pins))))

    def _of_policy(self, policy: Policy) -> Iterator[Facts]:
        """The facts of each example, as they are and with dates moved to the day of the set."""
        nothing: Facts = dict.fromkeys(self._read_by(policy))
        yield nothing
        for example in policy.model.examples:
            facts = read_facts(example.facts, self.explainer.vocabulary)
            for moved in (facts, self._moved(facts, self.on - example.on)):
                yield {**nothing, **moved} if example.expect.status == "undetermined" else moved

    def _moved(self, facts: Facts, by: timedelta) -> Facts:
        dates = {key for key in facts if self.explainer.vocabulary[key].type == "date"}
        return {
            key: stored + by.days if key in dates and stored is not None else stored
            for key, stored in facts.items()
        }

    def _read_by(self, policy: Policy) -> list[str]:
        facts = [fact for c in policy.criteria for fact in typed.facts_in(c.condition)]
        used = [under for fact in facts for under in self.explainer.underlying(fact)]
        return [fact.key for fact in used if fact.model.derived is None]

    def _of_sizes(self) -> Iterator[Facts]:
        standard = self.generator.jurisdiction.size_standard(self.on)
        nothing: Facts = dict.fromkeys(fact.key for fact in self.generator.anchors.facts)
        for example in standard.model.examples:
            facts = read_facts(example.facts, self.explainer.vocabulary)
            yield {**nothing, **facts} if example.expect.size == UNDETERMINED else facts

    # --- mistakes ------------------------------------------------------------------------------

    def _with_mistakes(self, sound: Block, mistakes: MistakeMaker) -> tuple[Block, list[Patch]]:
        """More firms, spread over the set, each with a mistake; no goal depends on them."""
        extra = self.generator.block(_MISTAKEN, 1, _ROWS_TO_SPOIL)
        spoilt = extra.take(self._rows_for(mistakes, extra))
        total = sound.rows + spoilt.rows
        places = np.linspace(total // 20 + 2, total - 3, spoilt.rows).astype(np.int64)
        order = np.full(total, -1, dtype=np.int64)
        order[places] = sound.rows + np.arange(spoilt.rows)
        order[order < 0] = np.arange(sound.rows)
        block = joined([sound, spoilt]).take(order)
        frame, rng = self.table.shown(block), np.random.default_rng([self.generator.seed, 4])
        made = [
            mistakes.make(kind, rng, frame, int(row))
            for kind, row in zip(mistakes.kinds, places, strict=True)
        ]
        return block, [patch for patch in made if patch is not None]

    def _rows_for(self, mistakes: MistakeMaker, extra: Block) -> Integers:
        """For each kind of mistake a firm that has a cell for it."""
        frame, rng = self.table.shown(extra), np.random.default_rng([self.generator.seed, 5])
        rows: list[int] = []
        for kind in mistakes.kinds:
            free = (row for row in range(1, extra.rows) if row not in rows)
            rows.append(next(r for r in free if mistakes.make(kind, rng, frame, r) is not None))
        return np.array(rows, dtype=np.int64)
