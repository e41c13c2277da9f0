"""Issuing and withdrawing documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from huiqi.kernel.access import Actor
from huiqi.kernel.audit.recording import record
from huiqi.kernel.errors import Conflict, Invalid
from huiqi.kernel.pdf.check_codes import check_code, verification
from huiqi.kernel.pdf.models import IssuedDocument
from huiqi.kernel.pdf.rendering import render


@dataclass(frozen=True)
class Holder:
    """Whom a document is for."""

    name: str
    code: str = ""
    area: str = ""
    """Where the record of its issue belongs."""


def issue(
    template: str,
    data: Mapping[str, Any],
    *,
    kind: str,
    key: str,
    holder: Holder,
    by: Actor,
    on: date,
    valid_until: date | None = None,
) -> IssuedDocument:
    """Render a document and keep it under a check code; the same contents are issued once.

    ``data`` as ``render`` takes it, with ``title``; ``check`` is added to it. The caller has asked
    whether the actor may. Rendering takes tens of milliseconds, before the transaction.
    """
    content = json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    content_hash = sha256(content.encode()).hexdigest()
    code = check_code(kind, key, f"{content_hash}{_withdrawn(kind, key, content_hash)}")
    present = IssuedDocument.objects.filter(code=code).first()
    if present is not None:
        return present
    pdf = render(template, {**data, "check": verification(code)}, on=on)
    document = IssuedDocument(
        code=code,
        kind=kind,
        key=key,
        title=data["title"],
        holder=holder.name,
        holder_code=holder.code,
        content_hash=content_hash,
        file_hash=sha256(pdf).hexdigest(),
        issued_on=on,
        valid_until=valid_until,
    )
    return _keep(document, pdf, holder.area, by)


@transaction.atomic
def _keep(document: IssuedDocument, pdf: bytes, area: str, by: Actor) -> IssuedDocument:
    # Somebody may have issued the same a moment ago: then it is there, and this one is dropped.
    if present := IssuedDocument.objects.filter(code=document.code).first():
        return present
    document.file.save(f"{document.code}.pdf", ContentFile(pdf), save=True)
    record(
        "出具文书",
        by=by,
        subject_kind=document.kind,
        subject=document.key[:80],
        area=area,
        after={"code": document.code, "file_hash": document.file_hash},
    )
    return document


def _withdrawn(kind: str, key: str, content_hash: str) -> str:
    """What makes the code of a document that was withdrawn and is issued anew a new one."""
    before = IssuedDocument.objects.filter(kind=kind, key=key, content_hash=content_hash)
    count = before.exclude(withdrawn_on=None).count()
    return f"#{count}" if count else ""


@transaction.atomic
def withdraw(document: IssuedDocument, reason: str, *, by: Actor, on: date) -> None:
    """Say for good that a document no longer holds. Raises Invalid, Conflict.

    The caller has asked whether the actor may.
    """
    if not reason.strip():
        raise Invalid("没有写撤回的理由。", "请写明为什么撤回，查验的人会看到。")
    open_ones = IssuedDocument.objects.filter(pk=document.pk, withdrawn_on=None)
    if not open_ones.update(withdrawn_on=on, withdrawal_reason=reason.strip()):
        raise Conflict("这份文书已经撤回过了。")
    record(
        "撤回文书", by=by, subject_kind=document.kind, subject=document.key[:80], basis=reason[:300]
    )
