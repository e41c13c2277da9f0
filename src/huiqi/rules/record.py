"""Records of determinations: all that an answer was made from, frozen as plain data.

The rule's text and hash, the definitions it used by content, the hashes of all definition files,
the facts with their hash, and the answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from huiqi.rules.determination import Determination
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.kept import keep
from huiqi.rules.policy import text_hash
from huiqi.rules.vocabulary import Vocabulary

FORMAT = "huiqi-determination/2"


def freeze(facts: Mapping[str, int | None], vocabulary: Vocabulary) -> dict[str, Any]:
    """Stored facts as plain values that outlive the code tables: codes, dates, exact decimals."""
    frozen: dict[str, Any] = {}
    for key in sorted(facts):
        stored, fact = facts[key], vocabulary[key]
        if stored is None:
            continue
        value = fact.decode(stored)
        if fact.type == "number":
            value = format(Decimal(value.numerator) / Decimal(value.denominator), "f")
        elif fact.type == "date":
            value = value.isoformat()
        frozen[key] = value
    return frozen


def content_hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def canonical(value: Any) -> bytes:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def record(determination: Determination) -> dict[str, Any]:
    """The record of a determination, as plain data to be written as JSON."""
    explainer, policy, firm = determination.explainer, determination.policy, determination.firm
    jurisdiction = explainer.jurisdiction
    kept = keep(policy, jurisdiction, explainer.on, firm)
    used = {key: stored for key, stored in firm.facts.items() if key in kept.keys}
    frozen = freeze(used, jurisdiction.vocabulary)
    origins = {
        key: {"source": origin.source, "on": origin.on.isoformat() if origin.on else None}
        for key, origin in firm.origins.items()
        if key in frozen
    }
    return {
        "format": FORMAT,
        "jurisdiction": jurisdiction.profile.code,
        "on": explainer.on.isoformat(),
        "rule": {
            "policy": policy.key,
            "file": policy.document.file,
            "hash": policy.hash,
            "text": policy.document.text,
        },
        "definitions": kept.plain(),
        "definitions_hash": content_hash(kept.plain()),
        "files": file_hashes(jurisdiction),
        "facts": frozen,
        "facts_hash": content_hash(frozen),
        "origins": origins,
        "answer": determination.as_json(),
    }


def file_hashes(jurisdiction: Jurisdiction) -> dict[str, str]:
    """SHA-256 of every definition file a rule may read, besides the rules themselves."""
    found: dict[str, str] = {}
    for folder in jurisdiction.chain:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if path.suffix in (".yaml", ".csv") and relative.parts[0] != "policies":
                found[f"{folder.name}/{relative.as_posix()}"] = _file_hash(path)
    return found


def _file_hash(path: Path) -> str:
    return text_hash(path.read_text(encoding="utf-8"))
