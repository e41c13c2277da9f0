"""Trying out a policy, and running all policies over all firms."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from huiqi.kernel.access import Actor, require
from huiqi.kernel.audit.recording import record
from huiqi.kernel.definitions.checking import check
from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.errors import Invalid
from huiqi.kernel.facts.models import Snapshot
from huiqi.kernel.facts.snapshots import freeze
from huiqi.kernel.jobs.models import Work
from huiqi.kernel.jobs.running import start
from huiqi.services.workshop.models import Batch, Trial

TASKS = "huiqi.services.workshop.tasks"


def current_snapshot(*, by: Actor, on: date) -> Snapshot:
    """The snapshot of a day; frozen now where there is none yet."""
    newest = Snapshot.objects.filter(on=on).order_by("-pk").first()
    return newest or freeze(by=by, on=on)


@transaction.atomic
def simulate(version: DefinitionVersion, *, by: Actor, on: date) -> Work:
    """Try a draft out on all firms, in the background. Raises NotAllowed or Invalid."""
    require(by, "definitions.edit")
    checked = check(version.text, version.key)
    if checked.policy is None:
        raise Invalid("文本还有错误，不能模拟。", str(checked.problems[0]))
    trial = Trial.objects.create(
        version=version,
        text_hash=version.hash,
        snapshot=current_snapshot(by=by, on=on),
        on=on,
        started_by_id=by.account_id,
    )
    record(
        "模拟政策",
        by=by,
        subject_kind="definition",
        subject=version.key,
        after={"trial": trial.pk, "hash": version.hash, "snapshot": trial.snapshot.sha256},
    )
    title = f"模拟《{version.title}》"
    return start(title, f"{TASKS}.simulate", {"trial": trial.pk}, by=by, on=on)


@transaction.atomic
def run_batch(*, by: Actor, on: date, at: datetime) -> Work:
    """All firms × all policies in force, in the background, on a fresh snapshot."""
    require(by, "workshop.run_batch")
    batch = Batch.objects.create(
        snapshot=freeze(by=by, on=on),
        on=on,
        started_by_id=by.account_id,
        starter=by.name,
        created_at=at,
    )
    record(
        "批量测算",
        by=by,
        subject_kind="batch",
        subject=str(batch.pk),
        after={"snapshot": batch.snapshot.sha256},
    )
    return start("批量测算", f"{TASKS}.run_batch", {"batch": batch.pk}, by=by, on=on)
