"""Drafting, submitting, approving: what one person writes, another one puts into force."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from huiqi.kernel import events
from huiqi.kernel.access import Actor, require
from huiqi.kernel.audit.recording import record
from huiqi.kernel.definitions import rulebook
from huiqi.kernel.definitions.checking import check, run_examples
from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.definitions.published import within
from huiqi.kernel.errors import Conflict, Invalid, NotAllowed
from huiqi.kernel.parties.departments import canonical
from huiqi.kernel.parties.queries import inside
from huiqi.rules.policy import Policy, text_hash

COORDINATING = "工信"
"""The department that coordinates 综合协调 the work on small firms: it may write every policy."""


def draft(
    key: str, text: str, *, by: Actor, on: date, at: datetime, retires: bool = False, note: str = ""
) -> DefinitionVersion:
    """Begin a new version of a policy, from the text in force or of a new one.

    Raises NotAllowed, Invalid, or Conflict when somebody has a draft of it open.
    """
    require(by, "definitions.edit")
    base = _in_force(key, on)
    if retires and base is None:
        raise Invalid("这项政策现在没有施行，不用废止。")
    if base is not None:
        _may_write(base, by)
    try:
        with transaction.atomic():
            version = DefinitionVersion.objects.create(
                key=key,
                title=base.title if base else _title(text, key),
                text="" if retires else text,
                hash=text_hash("" if retires else text),
                base_hash=base.hash if base else "",
                retires=retires,
                note=note,
                authors=[by.account_id],
                drafted_by_id=by.account_id,
                drafted_at=at,
                saved_by_id=by.account_id,
                saved_at=at,
            )
            _note("开始修改政策", version, by)
    except IntegrityError:
        raise Conflict("这项政策已经有一稿在修改。", "请打开那一稿继续改。") from None
    return version


def draft_new(key: str, text: str, *, by: Actor, on: date, at: datetime) -> DefinitionVersion:
    """Begin a policy that is not there yet. Raises NotAllowed or Conflict."""
    if any(policy.key == key for policy in rulebook.rulebook().policies):
        raise Conflict(f"代号“{key}”已经有政策了。", "请换一个代号，或者打开那项政策修改。")
    return draft(key, text, by=by, on=on, at=at)


@transaction.atomic
def save(
    version: DefinitionVersion, text: str, note: str, *, revision: int, by: Actor, at: datetime
) -> None:
    """Keep what was typed, right or wrong. ``revision``: the one that was read before.

    Raises NotAllowed, or Conflict when somebody else saved meanwhile or it was submitted.
    """
    require(by, "definitions.edit")
    if not text.strip():
        raise Invalid("文本是空的。", "要废止一项政策，请用“废止”。")
    text = text.replace("\r\n", "\n")
    authors = sorted({*version.authors, by.account_id})
    changed = DefinitionVersion.objects.filter(
        pk=version.pk,
        revision=revision,
        submitted_at=None,
        approved_at=None,
        discarded_at=None,
        retires=False,
    ).update(
        text=text,
        hash=text_hash(text),
        title=_title(text, version.title),
        note=note,
        revision=revision + 1,
        authors=authors,
        saved_by_id=by.account_id,
        saved_at=at,
    )
    if not changed:
        raise Conflict("这一稿在您打开之后有人改过或者提交了。", "您写的内容在下面，没有丢。")
    version.refresh_from_db()
    _note("保存政策草稿", version, by)


@transaction.atomic
def submit(version: DefinitionVersion, *, by: Actor, on: date, at: datetime) -> None:
    """Ask for approval of a text without faults. Raises NotAllowed, Invalid or Conflict."""
    del on
    require(by, "definitions.edit")
    if not version.retires:
        _may_write(_without_faults(version), by)
    if not version.note.strip():
        raise Invalid("还没有写修改说明。", "请用一两句话写明改了什么、为什么改。")
    authors = sorted({*version.authors, by.account_id})
    changed = DefinitionVersion.objects.filter(
        pk=version.pk, revision=version.revision, submitted_at=None, discarded_at=None
    ).update(submitted_by_id=by.account_id, submitted_at=at, authors=authors, returned_at=None)
    _refuse_unless(changed)
    _note("提交政策审核", version, by)
    events.publish("policies.submitted", version_id=version.pk)


@transaction.atomic
def approve(
    version: DefinitionVersion, effective_from: date, *, by: Actor, on: date, at: datetime
) -> None:
    """Put a submitted version into force, today or later.

    Raises NotAllowed (also for anybody who has written at it), Invalid or Conflict.
    """
    require(by, "definitions.approve")
    if by.account_id in version.authors:
        raise NotAllowed("自己写的政策不能自己批准。", "请由本部门另一位审核人批准。")
    if effective_from < on:
        raise Invalid("施行日期不能早于今天。", "请选今天或以后的日期。")
    subject = _in_force(version.key, on) if version.retires else _without_faults(version)
    if subject is None:
        raise Conflict("这项政策已经不在施行，不用废止。")
    _may_write(subject, by)
    if not version.retires and within(subject, effective_from, None) is None:
        raise Invalid("施行日期晚于政策自己的有效期。", "请改早一些，或者退回修改有效期。")
    changed = DefinitionVersion.objects.filter(
        pk=version.pk, hash=version.hash, approved_at=None, discarded_at=None
    ).exclude(submitted_at=None)
    _refuse_unless(
        changed.update(approved_by_id=by.account_id, approved_at=at, effective_from=effective_from)
    )
    version.refresh_from_db()
    _note("批准废止政策" if version.retires else "批准发布政策", version, by)
    announce(on=on, at=at)


@transaction.atomic
def announce(*, on: date, at: datetime) -> int:
    """Tell the services of every version that has taken effect by a day; once each."""
    rulebook.something_published()
    transaction.on_commit(rulebook.something_published)
    silent = DefinitionVersion.objects.filter(effective_from__lte=on, announced_at=None)
    count = 0
    for version in silent.order_by("effective_from", "pk"):
        if not DefinitionVersion.objects.filter(pk=version.pk, announced_at=None).update(
            announced_at=at
        ):
            continue
        count += 1
        if version.retires:
            events.publish("policies.retired", policy=version.key)
        else:
            events.publish("policies.published", policy=version.key, version_id=version.pk)
    return count


@transaction.atomic
def send_back(
    version: DefinitionVersion, reason: str, *, by: Actor, on: date, at: datetime
) -> None:
    """Return a submitted version with a reason. Raises NotAllowed, Invalid or Conflict."""
    del on
    require(by, "definitions.approve")
    if not reason.strip():
        raise Invalid("退回要写明理由。")
    waiting = DefinitionVersion.objects.filter(
        pk=version.pk, approved_at=None, discarded_at=None
    ).exclude(submitted_at=None)
    _refuse_unless(
        waiting.update(
            submitted_at=None, submitted_by=None, returned_at=at, return_reason=reason.strip()
        )
    )
    _note("退回政策草稿", version, by, reason=reason)


@transaction.atomic
def discard(version: DefinitionVersion, *, by: Actor, on: date, at: datetime) -> None:
    """Give a draft up; it stays readable. Raises NotAllowed or Conflict."""
    del on
    require(by, "definitions.edit")
    drafts = DefinitionVersion.objects.filter(pk=version.pk, submitted_at=None, approved_at=None)
    _refuse_unless(drafts.filter(discarded_at=None).update(discarded_at=at))
    _note("放弃政策草稿", version, by)


def _refuse_unless(changed: int) -> None:
    if not changed:
        raise Conflict("这一稿已经有人处理了。", "请刷新页面，看看它现在的状态。")


def _without_faults(version: DefinitionVersion) -> Policy:
    checked = check(version.text, version.key)
    if checked.policy is None:
        raise Invalid(f"文本还有 {len(checked.problems)} 处错误。", str(checked.problems[0]))
    failed = [run for run in run_examples(checked.policy) if run.differences]
    if failed:
        wrong = f"“{failed[0].name}”：{failed[0].differences[0]}"
        raise Invalid(f"有 {len(failed)} 个例子的结果和写的不一样。", wrong)
    return checked.policy


def _in_force(key: str, on: date) -> Policy | None:
    """The edition in force on a day, or the newest."""
    editions = [policy for policy in rulebook.rulebook().policies if policy.key == key]
    return next((one for one in editions if one.in_force(on)), editions[-1] if editions else None)


def may_write(policy: Policy, by: Actor) -> bool:
    """Whether an office may write a policy.

    It is named in it or coordinates, and the policy's region is not wider than its own area, unless
    it is the office of the whole jurisdiction.
    """
    named = {canonical(name) for name in policy.model.departments}
    if by.department != COORDINATING and by.department not in named:
        return False
    home = rulebook.shipped().profile.home or ""
    return by.area == home or policy.model.region.startswith(inside(by.area))


def _may_write(policy: Policy, by: Actor) -> None:
    if not may_write(policy, by):
        raise NotAllowed(
            "这项政策不归您的单位管。", "由政策写明的部门，或者工信部门，在自己的地区内修改。"
        )


def _title(text: str, otherwise: str) -> str:
    """The title a text gives itself, also while it is wrong elsewhere."""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == "title" and value.strip():
            return value.strip().strip("\"'")[:200]
    return otherwise


def _note(action: str, version: DefinitionVersion, by: Actor, reason: str = "") -> None:
    record(
        action,
        by=by,
        subject_kind="definition",
        subject=version.key,
        after={
            "version": version.pk,
            "hash": version.hash,
            "base": version.base_hash,
            "effective_from": version.effective_from and version.effective_from.isoformat(),
            "reason": reason,
        },
        basis=version.note[:300],
    )
