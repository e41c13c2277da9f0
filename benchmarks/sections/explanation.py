"""One firm with the whole explanation, beside zen-engine's bare answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from benchmarks import firms as population
from benchmarks import law, oracle, workload
from benchmarks.form import Load
from benchmarks.measure import Contender, Timing, in_turns
from benchmarks.peers.languages import as_numbers, variables
from benchmarks.peers.zen_peer import FORMS, ZenPeer
from benchmarks.report import Section, Table, Target
from benchmarks.sections.equal import DifferentAnswersError
from benchmarks.sections.one_firm import OneFirmForm, Record, integers, rows, run_all
from huiqi.rules.determination import Explainer, Firm

OURS = "Huiqi"
EXPLAINED = "Huiqi, every determination, texts when asked for"
RENDERED = "Huiqi, the same and one of them rendered whole"
ALL = "Huiqi, all of them rendered whole"
NOTE = """\
The same policies as files in the expression language, loaded as any others. A determination holds
status, amount and the result of every criterion, and gives, when asked, the texts with their
articles, the facts used, what is missing, the next question, one step and the derivation of the
amount. zen-engine gives answers and explains nothing."""


def section(seed: int, *, quick: bool) -> Section:
    policies, count = (10, 5) if quick else (500, 20)
    load = workload.make(seed, policies)
    firms = population.firms(seed, count)
    records = [firms.record(row) for row in range(count)]
    made = law.jurisdiction(load)
    explainer = Explainer(made, law.ON, made.policies)
    zen = [ZenPeer(load, form) for form in FORMS]
    _check(load, records, explainer, zen)
    timings = in_turns(
        [
            Contender(OURS, partial(run_all, explainer.explain, [Firm(r) for r in records])),
            Contender(
                RENDERED, partial(run_all, partial(_one, explainer), list(enumerate(records)))
            ),
            Contender(ALL, partial(run_all, partial(_every, explainer), records)),
            *(
                Contender(
                    f"zen-engine, {form}, nothing explained",
                    partial(run_all, peer.run, [variables(load, record) for record in records]),
                )
                for form, peer in zip(FORMS, zen, strict=True)
            ),
        ],
        rounds=2 if quick else 9,
        budget=6.0,
    )
    return Section(
        f"One firm × {policies} policies: the whole explanation",
        [NOTE],
        [Table(("engine", "median ms a firm", "ratio"), _rows(timings, count))],
        _targets(timings, policies),
    )


def _rows(timings: dict[str, Timing], count: int) -> list[list[str]]:
    named = rows(timings, count)
    return [[EXPLAINED if name == OURS else name, *figures] for name, *figures in named]


def _targets(timings: dict[str, Timing], policies: int) -> list[Target]:
    zen = {name: t.median for name, t in timings.items() if name.startswith("zen-engine")}
    usual, *_ = zen
    fastest = min(zen, key=lambda name: zen[name])
    return [
        Target(f"one firm × {policies} explained: {name}", 10.0, zen[name] / timings[OURS].median)
        for name in (usual, fastest)
    ]


def _one(explainer: Explainer, numbered: tuple[int, Record]) -> None:
    number, record = numbered
    determinations = explainer.explain(Firm(record))
    determinations[number % len(determinations)].as_json()


def _every(explainer: Explainer, record: Record) -> None:
    for determination in explainer.explain(Firm(record)):
        determination.as_json()


def _check(
    load: Load, records: Sequence[Record], explainer: Explainer, zen: Sequence[ZenPeer]
) -> None:
    expected = [as_numbers(oracle.one_firm(load, record)) for record in records]
    for record, numbers in zip(records, expected, strict=True):
        found = explainer.explain(Firm(record))
        if as_numbers(([d.state for d in found], [d.amount for d in found])) != numbers:
            raise DifferentAnswersError("the explanations differ")
    firms = [variables(load, record) for record in records]
    for peer in zen:
        OneFirmForm("zen-engine", firms, peer.run, integers).check(expected)
