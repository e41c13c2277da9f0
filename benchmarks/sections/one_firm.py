"""One firm under many policies: states and amounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks import firms as population
from benchmarks import oracle, workload
from benchmarks.form import Load
from benchmarks.measure import Contender, Timing, in_turns
from benchmarks.ours import program
from benchmarks.peers import cel_peer, datalogic_peer, zen_peer
from benchmarks.peers.languages import as_numbers, variables
from benchmarks.report import Section, Table, Target, figure
from benchmarks.sections.equal import DifferentAnswersError
from huiqi.rules.single import SingleFirm

Record = dict[str, int | None]
OURS = "Huiqi"
NOTE = """\
The time for one firm, the mean over different firms in a turn. The peers get a firm in the form
they like best (flags and members of sets as Booleans), made before the clock starts; their own
reading of it is counted. Their languages have two values, so a condition is written as certain and
as possible, and possible is asked first, which settles most policies at once; only in CEL, whose
&& and || pass over errors, can the unknown be an error instead. To fold all policies into one
generated expression is something done here for the peers; the usual way is an expression a policy.
The target for zen-engine was set against the usual way, so both are judged."""


@dataclass(frozen=True)
class OneFirmForm:
    """An engine, its form, and how it answers a firm: a number a policy, see ``languages``."""

    name: str
    firms: Sequence[Any]
    run: Callable[[Any], Any]
    numbers: Callable[[Any], list[int]]

    def check(self, expected: Sequence[list[int]]) -> None:
        """Raises DifferentAnswersError."""
        for at, (firm, numbers) in enumerate(zip(self.firms, expected, strict=True)):
            if self.numbers(self.run(firm)) != numbers:
                raise DifferentAnswersError(f"{self.name} differs for firm {at}")

    def contender(self) -> Contender[None]:
        return Contender(self.name, partial(run_all, self.run, self.firms))


def run_all(run: Callable[[Any], Any], firms: Sequence[Any]) -> None:
    for firm in firms:
        run(firm)


def section(seed: int, *, quick: bool) -> Section:
    policies, count = (20, 10) if quick else (500, 40)
    load = workload.make(seed, policies)
    firms = population.firms(seed, count)
    records = [firms.record(row) for row in range(count)]
    made = forms(load, records)
    expected = [as_numbers(oracle.one_firm(load, record)) for record in records]
    for form in made:
        form.check(expected)
    contenders = [form.contender() for form in made]
    timings = in_turns(contenders, rounds=3 if quick else 15, budget=6.0)
    return Section(
        f"One firm × {policies} policies: states and amounts",
        [NOTE],
        [Table(("engine and form", "median ms a firm", "ratio"), rows(timings, count))],
        targets(timings, policies),
    )


def rows(timings: dict[str, Timing], count: int) -> list[list[str]]:
    first = timings[OURS].median
    return [
        [name, figure(timing.median / count * 1000), figure(timing.median / first)]
        for name, timing in timings.items()
    ]


def targets(timings: dict[str, Timing], policies: int) -> list[Target]:
    what = f"one firm × {policies}"
    found = []
    for peer, least in (("zen-engine", 60.0), ("CEL", 12.0)):
        forms = {name: t.median for name, t in timings.items() if name.startswith(peer)}
        fastest = min(forms, key=lambda name: forms[name])
        found.append(Target(f"{what}: {fastest}", least, forms[fastest] / timings[OURS].median))
    usual = f"zen-engine, {zen_peer.FORMS[0]}"
    reached = timings[usual].median / timings[OURS].median
    return [Target(f"{what}: {usual}", 60.0, reached), *found]


def forms(load: Load, records: Sequence[Record]) -> list[OneFirmForm]:
    """Huiqi first."""
    single = SingleFirm(program(load))
    firms = [variables(load, record) for record in records]
    made = [
        OneFirmForm(OURS, records, lambda record: single.evaluate(single.slots(record)), as_numbers)
    ]
    for form in zen_peer.FORMS:
        run = zen_peer.ZenPeer(load, form).run
        made.append(OneFirmForm(f"zen-engine, {form}", firms, run, integers))
    for form in cel_peer.FORMS:
        run = cel_peer.CelPeer(load, form).run
        made.append(OneFirmForm(f"CEL, {form}", firms, run, integers))
    for form in datalogic_peer.FORMS:
        run = datalogic_peer.DatalogicPeer(load, form).run
        made.append(OneFirmForm(f"datalogic, {form}", firms, run, integers))
    return made


def integers(found: Sequence[Any]) -> list[int]:
    """Some engines give floats or texts; what is not whole raises ValueError."""
    numbers = [float(number) for number in found]
    if not all(number.is_integer() for number in numbers):
        raise ValueError("an amount is not whole")
    return [int(number) for number in numbers]
