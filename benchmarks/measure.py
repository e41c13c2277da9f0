"""Measuring fairly: all contenders in turns, so that noise hits them alike; medians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from random import Random
from statistics import median
from time import perf_counter
from typing import Generic, TypeVar

T = TypeVar("T")

LEAST = 0.1
"""Seconds of work in a turn; what is quicker is run several times."""


@dataclass(frozen=True)
class Contender(Generic[T]):
    """Something that can be run again and again; what it returns is checked before."""

    name: str
    run: Callable[[], T]


@dataclass
class Timing:
    """Seconds of single runs."""

    times: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.times)

    @property
    def best(self) -> float:
        return min(self.times)


def first_results(contenders: Sequence[Contender[T]]) -> dict[str, T]:
    """One run of each that is not measured: it warms up, and its answers are compared."""
    return {contender.name: contender.run() for contender in contenders}


def in_turns(
    contenders: Sequence[Contender[T]], *, rounds: int, budget: float
) -> dict[str, Timing]:
    """Rounds in which each contender has its turn; who has used ``budget`` seconds sits out.

    The order differs from round to round: what the one before left in caches and in the allocator
    is felt.
    """
    timings = {contender.name: Timing() for contender in contenders}
    order, rng = list(contenders), Random(rounds)
    for _ in range(rounds):
        rng.shuffle(order)
        for contender in order:
            timing = timings[contender.name]
            if sum(timing.times) < budget:
                timing.times += _turn(contender.run, timing)
    return timings


def _turn(run: Callable[[], T], timing: Timing) -> list[float]:
    repeats = ceil(LEAST / timing.median) if timing.times else 1
    return [timed(run) for _ in range(repeats)]


def timed(run: Callable[[], T]) -> float:
    """Seconds of one run."""
    start = perf_counter()
    run()
    return perf_counter() - start
