"""Check codes 校验码: what stands on an issued document and finds it again.

Sixteen characters in four groups, letters that look like digits left out (Crockford's base 32);
75 bits that nobody can guess or make, the last character a check (Luhn mod 32) against mistyping.
"""

from __future__ import annotations

import re
from io import BytesIO

import segno
from django.conf import settings
from django.utils.crypto import salted_hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS = 5
_LENGTH = 15
_READ = str.maketrans("OIL", "011")


def check_code(kind: str, key: str, content_hash: str) -> str:
    """The code of a document's contents: the same contents, the same code."""
    mac = salted_hmac("huiqi.pdf.check_code", f"{kind}\0{key}\0{content_hash}", algorithm="sha256")
    number = int.from_bytes(mac.digest(), "big")
    code = "".join(ALPHABET[number >> (_BITS * at) & 31] for at in range(_LENGTH))
    return _grouped(code + ALPHABET[-_luhn(code + "0") % 32])


def read_code(text: str) -> str | None:
    """A code as somebody typed it, in its usual form; None where it can't be one."""
    code = re.sub(r"[\s\-]", "", text).upper().translate(_READ)
    if len(code) != _LENGTH + 1 or not set(code) <= set(ALPHABET) or _luhn(code) % 32:
        return None
    return _grouped(code)


def _luhn(code: str) -> int:
    total = 0
    for at, letter in enumerate(reversed(code)):
        value = ALPHABET.index(letter) * (1 + at % 2)
        total += value // 32 + value % 32
    return total


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def verification(code: str) -> dict[str, str]:
    """What the layout prints of a code: the code, the address that verifies it, the QR as SVG."""
    address = f"{settings.HUIQI_ADDRESS}/verify/{code}"
    return {"code": code, "address": address, "qr": qr(address)}


def qr(text: str) -> str:
    """A QR code (ISO/IEC 18004) as SVG."""
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=2, xmldecl=False, unit="mm")
    return out.getvalue().decode()
