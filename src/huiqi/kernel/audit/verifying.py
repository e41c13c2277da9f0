"""Whether the record is as it was sealed: the chain is computed anew and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from huiqi.kernel.audit.anchors import read_anchors
from huiqi.kernel.audit.models import Event, Seal
from huiqi.kernel.audit.sealing import START, hash_of, leaf, marks


@dataclass
class Report:
    """What was compared. ``problems``: in the order of the chain; the first is where it broke."""

    seals: int = 0
    events: int = 0
    unsealed: int = 0
    anchored: int | None = None
    """Seals found again in the anchor file; None: no file was given."""

    problems: list[str] = field(default_factory=list)


def verify(anchor: Path | None = None) -> Report:
    """Compute the chain anew. Raises OSError for an anchor file that can't be read."""
    report = Report()
    previous = None
    for seal in Seal.objects.order_by("number").iterator(chunk_size=20):
        report.seals += 1
        report.problems += _chain_problems(previous, seal)
        report.problems += _content_problems(seal, report)
        previous = seal
    sealed_up_to = previous.last_event if previous else 0
    report.unsealed = Event.objects.filter(pk__gt=sealed_up_to).count()
    if anchor is not None:
        _compare_anchor(anchor, report)
    return report


def _chain_problems(previous: Seal | None, seal: Seal) -> Iterator[str]:
    number = previous.number + 1 if previous else 1
    if seal.number != number:
        yield f"缺少第 {number} 号封存"
    elif seal.previous != (previous.hash if previous else START):
        yield f"第 {seal.number} 号封存没有接在前一封存之后"
    if seal.first_event != (previous.last_event + 1 if previous else 1):
        yield f"第 {seal.number} 号封存与前一封存的编号不相连"


def _content_problems(seal: Seal, report: Report) -> Iterator[str]:
    events = Event.objects.filter(pk__gte=seal.first_event, pk__lte=seal.last_event).order_by("pk")
    leaves = [(event.pk, leaf(event)) for event in events]
    report.events += len(leaves)
    if hash_of(seal, (hashed for _, hashed in leaves)) == seal.hash:
        return
    yield f"第 {seal.number} 号封存对不上：{_first_difference(seal, marks(leaves))}"


def _first_difference(seal: Seal, found: str) -> str:
    then, now = _by_number(seal.marks), _by_number(found)
    for number in sorted(then | now):
        if number not in now:
            return f"第 {number} 条记录被删除"
        if number not in then:
            return f"第 {number} 条记录是封存以后插入的"
        if then[number] != now[number]:
            return f"第 {number} 条记录被改动"
    return "封存本身被改动"


def _by_number(text: str) -> dict[int, str]:
    pairs = (line.split(" ") for line in text.splitlines())
    return {int(number): mark for number, mark in pairs}


def _compare_anchor(path: Path, report: Report) -> None:
    hashes = dict(Seal.objects.values_list("number", "hash"))
    report.anchored = 0
    for number, hashed in read_anchors(path):
        if number not in hashes:
            report.problems.append(f"存证文件里有第 {number} 号封存，数据库里没有")
        elif hashes[number] != hashed:
            report.problems.append(f"第 {number} 号封存与存证文件不一致")
        else:
            report.anchored += 1
