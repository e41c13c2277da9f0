"""Background work of the workshop."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from huiqi.kernel.access import system
from huiqi.kernel.definitions.checking import build
from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.facts.snapshots import frame as frozen
from huiqi.kernel.jobs.models import Work
from huiqi.kernel.notices.actions import notify
from huiqi.kernel.parties.models import Membership, Office
from huiqi.kernel.roles import DECIDERS
from huiqi.rules import ir
from huiqi.rules.cautions import marks
from huiqi.rules.matching import Matcher
from huiqi.rules.policy import Policy
from huiqi.rules.simulation import Simulation, matchers
from huiqi.services.workshop.models import Batch, BatchTotal, Trial, batch_file
from huiqi.services.workshop.rules import (
    FIRMS_AT_A_TIME,
    answers,
    counties_of,
    rulebook_hash,
)


def simulate(work: Work, *, trial: int) -> dict[str, Any]:
    """A draft over all firms of its snapshot, against the text in force on the day."""
    one = Trial.objects.select_related("version", "snapshot").get(pk=trial)
    # The text may have been saved anew since: what is tried is what was asked for.
    if one.version.hash != one.text_hash:
        return {"link": f"/workshop/drafts/{one.version_id}/review"}
    book = rulebook()
    against = [policy for policy in book.in_force(one.on) if policy.key == one.version.key]
    policies = [build(one.version.text, one.version.key), *against[:1]]
    simulation = Simulation(matchers(policies, book, one.on))
    frame = frozen(one.snapshot)
    for done in range(0, frame.height, FIRMS_AT_A_TIME):
        work.step(done, frame.height, f"已算 {done:,} 家")
        simulation.add(frame.slice(done, FIRMS_AT_A_TIME))
    work.step(frame.height, frame.height, f"{frame.height:,} 家企业已算完")
    result = simulation.as_json()
    result["marks"] = marks(policies[0], book.moment(one.on), book.texts)
    result.pop("largest", None)  # names of firms stay with the lists that ask who may see them
    Trial.objects.filter(pk=one.pk).update(
        result=result,
        against_hash=against[0].hash if against else "",
        finished_at=timezone.now(),
    )
    return {"link": f"/workshop/simulations/{one.pk}"}


def run_batch(work: Work, *, batch: int) -> dict[str, Any]:
    """All firms of a snapshot × all policies in force."""
    one = Batch.objects.select_related("snapshot").get(pk=batch)
    frame = frozen(one.snapshot)
    matcher = Matcher.of(rulebook(), one.on)
    parts: list[pl.DataFrame] = []
    for done in range(0, frame.height, FIRMS_AT_A_TIME):
        work.step(done, frame.height, f"已算 {done:,} 家 × {len(matcher.policies)} 项政策")
        parts += answers(matcher.match(frame.slice(done, FIRMS_AT_A_TIME)))
    data = pl.concat(parts).sort("policy", "row")
    one.file = f"{one.on:%Y%m%d}-{one.pk}.parquet"
    path = batch_file(one)
    data.write_parquet(path, compression="zstd")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with transaction.atomic():
        BatchTotal.objects.filter(batch=one).delete()  # of a run that was broken off
        BatchTotal.objects.bulk_create(_totals(one, matcher.policies, data, frame))
        Batch.objects.filter(pk=one.pk).update(
            file=one.file,
            sha256=digest,
            rulebook_hash=rulebook_hash(matcher.policies),
            finished_at=timezone.now(),
        )
    work.step(frame.height, frame.height, f"{data.height:,} 个结果")
    return {"link": f"/workshop/batches/{one.pk}"}


def _totals(
    batch: Batch, policies: tuple[Policy, ...], data: pl.DataFrame, frame: pl.DataFrame
) -> list[BatchTotal]:
    state = pl.col("state")
    counties = pl.DataFrame({"row": frame["row"].cast(pl.UInt32), "county": counties_of(frame)})
    sums = (
        data.join(counties, on="row")
        .group_by("policy", "county")
        .agg(
            eligible=(state == ir.TRUE).sum(),
            undetermined=(state == ir.UNKNOWN).sum(),
            ineligible=(state == ir.FALSE).sum(),
            amount=pl.col("amount").sum(),
            amount_unknown=((state == ir.TRUE) & pl.col("amount").is_null()).sum(),
        )
        .sort("policy", "county")
    )
    return [
        BatchTotal(
            batch=batch,
            position=row.pop("policy"),
            policy=policies[at].key,
            title=_title(policies[at], batch.on),
            text_hash=policies[at].hash,
            **row,
        )
        for row in sums.iter_rows(named=True)
        for at in [row["policy"]]
    ]


def _title(policy: Policy, on: date) -> str:
    """With what has to be said of it: an example, a text not checked against the original."""
    book = rulebook()
    said = "、".join(marks(policy, book.moment(on), book.texts))
    return f"{policy.title}（{said}）" if said else policy.title


def tell_approvers(version_id: int) -> None:
    """Who may decide hears of a submitted version: deciders of its departments, not its authors."""
    version = DefinitionVersion.objects.get(pk=version_id)
    if version.submitted_at is None:
        return
    drafter = Membership.objects.filter(user=version.submitted_by, office__isnull=False)
    offices = Office.objects.filter(pk__in=drafter.values("office"))
    deciders = Membership.objects.filter(office__in=offices, role__in=DECIDERS)
    people = set(deciders.values_list("user_id", flat=True)) - set(version.authors)
    on: date = timezone.localdate()
    notify(
        to=people,
        kind="approval",
        title=f"待审核：{version.title}",
        text=f"修改说明：{version.note}",
        link=f"/workshop/drafts/{version.pk}/review",
        reason="您可以审核发布这项政策。",
        key=f"approval-{version.pk}-{version.revision}",
        by=system("政策审核"),
        on=on,
    )
