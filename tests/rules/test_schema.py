"""The published JSON Schemas are current, and the shipped files fit them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from huiqi.rules.schema import MODELS, schema_text
from huiqi.rules.strict_yaml import load

ROOT = Path(__file__).parents[2]
FOLDERS = {"policies": "policy", "vocabulary": "vocabulary", "size": "size", "texts": "texts"}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_published_schemas_are_current(name: str) -> None:
    published = ROOT / "docs" / "schema" / f"{name}.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text(name), "run: make schemas"


def shipped() -> list[Path]:
    return sorted(p for f in FOLDERS for p in (ROOT / "jurisdictions").glob(f"*/{f}/*.yaml"))


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_shipped_files_fit_their_schema(path: Path) -> None:
    schema = json.loads(schema_text(FOLDERS[path.parent.name]))
    # Editors read fractions as numbers; the strict loader keeps them exact.
    data = json.loads(json.dumps(load(path).data, default=float))
    jsonschema.Draft202012Validator(schema).validate(data)
