"""The texts people read: each is used, and each that is used exists."""

from __future__ import annotations

import re
from pathlib import Path

from huiqi.paths import jurisdictions
from huiqi.rules.cautions import CONFIDENCES
from huiqi.rules.jurisdiction import load_jurisdiction

SOURCE = Path(__file__).parents[2] / "src"


def test_texts_and_code_fit() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    texts = load_jurisdiction(jurisdictions(), "CN").texts
    named = set(re.findall(r'texts\["(\w+)"\]', code))
    assert named, "the code names texts"
    assert named <= set(texts)
    unused = {key for key in texts if f'"{key}"' not in code}
    assert unused == {f"confidence_{word}" for word in CONFIDENCES if word != "verified"}
