"""What changes around a firm's file: who has looked, certificates issued and ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from huiqi.kernel.access import Actor, require, system
from huiqi.kernel.audit.recording import record_look
from huiqi.kernel.errors import Conflict, NotAllowed
from huiqi.kernel.parties.models import Enterprise
from huiqi.kernel.pdf.actions import Holder, issue, withdraw
from huiqi.kernel.pdf.models import IssuedDocument
from huiqi.services.enterprises import queries, rules


def look(enterprise: Enterprise, *, by: Actor, at: datetime) -> None:
    """Keep that somebody opened the file: officials and auditors, once a person and hour."""
    if by.enterprise_id != enterprise.pk:
        record_look(
            by=by,
            subject_kind="enterprise",
            subject=enterprise.credit_code,
            area=enterprise.area,
            at=at,
        )


def certify(enterprise: Enterprise, *, by: Actor, on: date) -> IssuedDocument:
    """Issue the size certificate 划型证明 of one's own firm; what is unchanged is issued once.

    Raises NotAllowed, or Conflict where the file does not tell the size.
    """
    require(by, "enterprises.certify")
    if by.enterprise_id != enterprise.pk:
        raise NotAllowed("只能为自己的企业出具划型证明。")
    data = queries.certificate(enterprise, on)
    if data is None:
        raise Conflict(
            "企业档案里的数据还不能确定规模，不能出具划型证明。",
            "请先在企业档案里填报从业人员、营业收入和资产总额。",
        )
    holder = Holder(enterprise.name, enterprise.credit_code, enterprise.area)
    return issue(
        "pdf/letter.typ",
        data,
        kind=queries.CERTIFICATE,
        key=enterprise.credit_code,
        holder=holder,
        by=by,
        on=on,
        valid_until=rules.valid_until(on),
    )


def end_outdated(enterprise_id: int, keys: Iterable[str], *, on: date) -> int:
    """Withdraw certificates that rest on facts that have changed; returns how many."""
    if not queries.rests_on(keys, on):
        return 0
    open_ones = queries.open_certificates(enterprise_id)
    for document in open_ones:
        withdraw(document, "企业档案中据以划型的数据有变化。", by=system("划型证明"), on=on)
    return len(open_ones)
