"""Gives the steps of a schedule as little working space as they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from huiqi.rules.batch.operands import Comparisons, Operand, Register, Step, Value

Code = tuple[np.ufunc, int, int, int]


@dataclass(frozen=True)
class Schedule:
    """Steps over registers 0 to ``registers`` - 1; the first ``roots`` hold the roots, as pairs."""

    steps: tuple[Step | Comparisons, ...]
    registers: int
    roots: int
    pinned: dict[int, Value]
    """By node: what is still there at the end."""

    operands: list[Operand] = field(init=False)
    code: list[Code | Comparisons] = field(init=False)
    """The steps with operands by number: less to look up a step."""

    def __post_init__(self) -> None:
        places: dict[Operand, int] = {}
        code: list[Code | Comparisons] = []
        for step in self.steps:
            if isinstance(step, Step):
                operands = (step.left, step.right, step.out)
                left, right, out = (places.setdefault(part, len(places)) for part in operands)
                code.append((step.operation, left, right, out))
            else:
                code.append(step)
        object.__setattr__(self, "operands", list(places))
        object.__setattr__(self, "code", code)


def allocate(
    steps: Sequence[Step | Comparisons], roots: Sequence[int], pinned: Mapping[int, Value]
) -> Schedule:
    """Numbers the registers anew: a number is free again after its last use."""
    last = {number: at for at, step in enumerate(steps) for number in _used(step)}
    last.update(dict.fromkeys(roots, len(steps)))
    last.update({number: len(steps) for value in pinned.values() for number in _of(value)})
    places = {number: place for place, number in enumerate(roots)}
    free: list[int] = []
    count = len(places)
    placed = []
    for at, step in enumerate(steps):
        used = dict.fromkeys(_used(step))
        for number in used:
            if number not in places:
                # The place freed last is the likeliest to be in the processor's cache.
                places[number] = free.pop() if free else count
                count = max(count, places[number] + 1)
        placed.append(_placed(step, places))
        free.extend(places[number] for number in used if last[number] == at)
    kept = {node: _placed_value(value, places) for node, value in pinned.items()}
    return Schedule(tuple(placed), count, len(roots), kept)


def _used(step: Step | Comparisons) -> Iterator[int]:
    if isinstance(step, Step):
        for operand in (step.left, step.right, step.out):
            if isinstance(operand, Register):
                yield operand.number
        return
    for _, value in step.conditions:
        yield from _of(value)
    for _, number in step.atoms:
        yield number


def _of(value: Value) -> Iterator[int]:
    if isinstance(value.certain, Register):
        yield value.certain.number


def _placed(step: Step | Comparisons, places: Mapping[int, int]) -> Step | Comparisons:
    if isinstance(step, Step):
        left, right, out = (_move(part, places) for part in (step.left, step.right, step.out))
        return Step(step.operation, left, right, out)
    atoms = tuple((atom, places[number]) for atom, number in step.atoms)
    conditions = tuple((node, _placed_value(value, places)) for node, value in step.conditions)
    return Comparisons(atoms, conditions)


def _placed_value(value: Value, places: Mapping[int, int]) -> Value:
    return Value(_move(value.certain, places), value.is_pair)


def _move(operand: Operand, places: Mapping[int, int]) -> Operand:
    if isinstance(operand, Register):
        return Register(places[operand.number], operand.part)
    return operand
