"""Claiming an enterprise's file, and giving and ending roles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from huiqi.kernel import events
from huiqi.kernel.access import Actor, require
from huiqi.kernel.accounts.models import User
from huiqi.kernel.audit.recording import record
from huiqi.kernel.errors import Conflict, Invalid, NotAllowed
from huiqi.kernel.parties import queries
from huiqi.kernel.parties.models import Enterprise, FileClaim, Membership
from huiqi.kernel.roles import ROLES

CLAIMABLE = ("owner", "accountant")
LONGEST_AGENCY = timedelta(days=366)
"""An agent's authority 代办授权 lasts at most a year."""


@transaction.atomic
def claim(enterprise: Enterprise, *, role: str, statement: str, by: Actor, on: date) -> FileClaim:
    """Ask to act for an enterprise. Raises Invalid, Conflict when one has asked or acts already."""
    if role not in CLAIMABLE:
        raise Invalid("请选择您在企业的身份。", fields={"role": "只能是企业负责人或者财务"})
    acting = Membership.objects.filter(user_id=by.account_id, enterprise=enterprise)
    if acting.exclude(ends_on__lt=on).exists():
        raise Conflict("您已经可以代表这家企业了。", "请在右上角切换身份。")
    try:
        with transaction.atomic():
            made = FileClaim.objects.create(
                enterprise=enterprise, user_id=by.account_id, role=role, statement=statement
            )
    except IntegrityError:
        raise Conflict("您已经提出过认领，正在等待确认。", "确认后会发消息告诉您。") from None
    _record("claim.made", enterprise, by, {"role": role})
    return made


@transaction.atomic
def decide_claim(
    made: FileClaim, *, accepted: bool, reason: str, by: Actor, on: date, at: datetime
) -> None:
    """Confirm or refuse. Raises NotAllowed, Invalid without a reason, Conflict if decided."""
    require(by, "parties.confirm_claim")
    if made.user_id == by.user_id:
        raise NotAllowed("不能确认自己提出的认领。", "请交给同事办理。")
    if not accepted and not reason:
        raise Invalid("不同意要写明理由。", fields={"reason": "请写明理由，申请人会看到"})
    # Compare and set: of two officials at once only one decides.
    changed = FileClaim.objects.filter(pk=made.pk, accepted=None).update(
        accepted=accepted, reason=reason, decided_by_id=by.account_id, decided_at=at
    )
    if not changed:
        raise Conflict("这个认领已经有人处理了。", "请返回列表查看。")
    if accepted:
        Membership.objects.create(
            user_id=made.user_id,
            role=made.role,
            enterprise_id=made.enterprise_id,
            starts_on=on,
            granted_by_id=by.account_id,
        )
    _record("claim.decided", made.enterprise, by, {"accepted": accepted, "reason": reason})
    events.publish("claim.decided", claim_id=made.pk)


@transaction.atomic
def add_member(
    user: User, *, role: str, scope: Sequence[str], ends_on: date | None, by: Actor, on: date
) -> Membership:
    """Let somebody act for the enterprise or office one heads. Raises NotAllowed, Invalid."""
    require(by, "parties.manage_members")
    party = "enterprise" if by.enterprise_id else "office"
    if role not in ROLES or ROLES[role].party != party or role == "auditor":
        raise Invalid("没有这个角色。", fields={"role": "请从列表中选"})
    if role == "agent":
        _check_agency(scope, ends_on, on)
    if ends_on is not None and ends_on < on:
        raise Invalid("截止日期已经过了。", fields={"ends_on": "应不早于今天"})
    held = queries.members(by).filter(user=user, role=role)
    if held.exclude(ends_on__lt=on).exists():
        raise Conflict("这个人已经有这个角色。")
    made = Membership.objects.create(
        user=user,
        role=role,
        enterprise_id=by.enterprise_id,
        office_id=by.office_id,
        scope=list(scope) if role == "agent" else [],
        starts_on=on,
        ends_on=ends_on,
        granted_by_id=by.account_id,
    )
    _record_member("member.added", made, by)
    return made


def _check_agency(scope: Sequence[str], ends_on: date | None, on: date) -> None:
    if not scope:
        raise Invalid("请选择代办范围。", fields={"scope": "至少选一项"})
    if ends_on is None or ends_on - on > LONGEST_AGENCY:
        raise Invalid("代办授权要写明截止日期。", fields={"ends_on": "最长一年"})


@transaction.atomic
def end_membership(membership: Membership, *, by: Actor, on: date) -> None:
    """End a role from today on. Raises NotAllowed; Conflict for one's own or one that has ended."""
    require(by, "parties.manage_members")
    if membership.pk == by.membership_id:
        raise Conflict("不能结束自己现在的身份。", "请由另一位负责人办理。")
    yesterday = on - timedelta(days=1)
    if membership.starts_on > yesterday:
        _record_member("member.ended", membership, by)
        membership.delete()
        return
    changed = (
        Membership.objects.filter(pk=membership.pk)
        .exclude(ends_on__lt=on)
        .update(ends_on=yesterday)
    )
    if not changed:
        raise Conflict("这个身份已经结束了。")
    _record_member("member.ended", membership, by)


def _record(action: str, enterprise: Enterprise, by: Actor, after: dict[str, object]) -> None:
    record(
        action,
        by=by,
        subject_kind="enterprise",
        subject=enterprise.credit_code,
        area=enterprise.area,
        after=after,
    )


def _record_member(action: str, membership: Membership, by: Actor) -> None:
    after = {"user": membership.user.username, "role": membership.role, "scope": membership.scope}
    if membership.enterprise is not None:
        _record(action, membership.enterprise, by, after)
    elif membership.office is not None:
        office = membership.office
        record(
            action, by=by, subject_kind="office", subject=office.name, area=office.area, after=after
        )
