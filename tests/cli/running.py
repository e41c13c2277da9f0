"""Commands run as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from huiqi.cli import main

ON = ["--on", "2026-11-24"]
EXAMPLES = Path(__file__).parents[2] / "examples" / "enterprises.xlsx"


def output(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(list(arguments)) == code
    return capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    return json.loads(output(capsys, *arguments, "--format", "json", code=code))
