"""Work for the tests of background work."""

from __future__ import annotations

import sys
from threading import Event

from huiqi.kernel.errors import Invalid
from huiqi.kernel.jobs.models import Work
from huiqi.kernel.jobs.running import actor_of_work


def add(work: Work, *, numbers: list[int]) -> dict[str, object]:
    for done, _ in enumerate(numbers, 1):
        work.step(done, len(numbers), f"第 {done} 个")
    return {"sum": sum(numbers), "by": actor_of_work(work).name, "link": "/"}


def refuse(work: Work) -> dict[str, object]:
    raise Invalid("数据快照里没有企业。", "请先导入企业。")


def break_down(work: Work) -> dict[str, object]:
    raise RuntimeError("a cable was pulled")


def hang_the_first_time(work: Work) -> dict[str, object]:
    """Says that it has begun and waits to be killed; the next run finishes."""
    work.step(1, 2, "做到一半")
    if work.attempt == 1:
        print("hanging", flush=True)
        Event().wait(60)
        sys.exit("nobody killed this worker")
    return {"attempt": work.attempt}
