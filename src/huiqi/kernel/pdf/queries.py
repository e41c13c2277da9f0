"""Finding an issued document by its code: open to all, with nothing personal in the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal

from huiqi.kernel.errors import Invalid, NotFound
from huiqi.kernel.pdf.check_codes import read_code
from huiqi.kernel.pdf.models import IssuedDocument

Standing = Literal["valid", "expired", "replaced", "withdrawn"]
STANDINGS: dict[Standing, str] = {
    "valid": "有效",
    "expired": "已过有效期",
    "replaced": "已被新出具的代替",
    "withdrawn": "已撤回",
}
_SHOWN = 2


@dataclass(frozen=True)
class Verification:
    """What anybody learns of a document: never the whole name or number of whom it is for."""

    code: str
    title: str
    holder: str
    holder_code: str
    issued_on: date
    valid_until: date | None
    standing: Standing
    reason: str
    file_hash: str

    @property
    def standing_text(self) -> str:
        return STANDINGS[self.standing]

    @property
    def is_valid(self) -> bool:
        return self.standing == "valid"

    def is_file(self, content: bytes) -> bool:
        """Whether a file is the one that was issued, to the last byte."""
        return sha256(content).hexdigest() == self.file_hash


def issued(code: str) -> IssuedDocument:
    """A document by its code. Raises NotFound."""
    found = IssuedDocument.objects.filter(code=code).first()
    if found is None:
        raise NotFound(
            "没有用这个校验码出具过文书。",
            "请核对文书上的校验码；还是没有的，这份文书不是本平台出具的。",
        )
    return found


def verify(typed: str, on: date) -> Verification:
    """What a code stands for on a day. Raises Invalid for what can't be a code, NotFound."""
    code = read_code(typed)
    if code is None:
        raise Invalid(
            "校验码写得不对。", "校验码有 16 位，在文书的页脚和二维码旁边，请再核对一遍。"
        )
    found = issued(code)
    return Verification(
        code=found.code,
        title=found.title,
        holder=masked(found.holder),
        holder_code=masked(found.holder_code, 4),
        issued_on=found.issued_on,
        valid_until=found.valid_until,
        standing=standing(found, on),
        reason=found.withdrawal_reason,
        file_hash=found.file_hash,
    )


def standing(document: IssuedDocument, on: date) -> Standing:
    if document.withdrawn_on is not None:
        return "withdrawn"
    same = IssuedDocument.objects.filter(kind=document.kind, key=document.key)
    if same.filter(pk__gt=document.pk, withdrawn_on=None).exists():
        return "replaced"
    if document.valid_until is not None and document.valid_until < on:
        return "expired"
    return "valid"


def masked(text: str, shown: int = _SHOWN) -> str:
    """The beginning and the end, the rest as asterisks; of short texts the first character."""
    if len(text) <= 2 * shown:
        return text[:1] + "*" * (len(text) - 1)
    return text[:shown] + "*" * (len(text) - 2 * shown) + text[-shown:]
