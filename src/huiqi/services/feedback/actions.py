"""Sending and answering a report."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from huiqi.kernel.access import Actor, require
from huiqi.kernel.audit.recording import record
from huiqi.kernel.errors import Conflict, TooMany
from huiqi.services.feedback import queries
from huiqi.services.feedback.models import Report

A_WHILE = timedelta(minutes=10)
MOST = 60
"""Reports taken in a while, from everybody together: more is not people."""

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@transaction.atomic
def send(page: str, text: str, contact: str, *, at: datetime) -> Report:
    """Keep a report; anyone may. Raises TooMany."""
    if queries.sent_lately(at, A_WHILE) >= MOST:
        raise TooMany("现在提交的人太多。", "请过几分钟再试，您写的内容请先保留。")
    number = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return Report.objects.create(number=number, page=page, text=text, contact=contact, sent_at=at)


@transaction.atomic
def answer(report: Report, text: str, *, by: Actor, at: datetime) -> None:
    """Say what was done. Raises NotAllowed, or Conflict when somebody has answered already."""
    require(by, "feedback.handle")
    changed = Report.objects.filter(pk=report.pk, handled_at=None).update(
        handled_at=at, handled_by_id=by.account_id, answer=text
    )
    if not changed:
        raise Conflict("已经有人处理了。", "请返回列表查看。")
    record(
        "feedback.answered",
        by=by,
        subject_kind="feedback",
        subject=report.number,
        after={"answer": text},
    )
