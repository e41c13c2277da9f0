"""JSON Schemas of the definition files, published for editors under ``docs/schema/``."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from huiqi.rules.jurisdiction import AreaGroupsFile
from huiqi.rules.jurisdiction_files import ProfileModel
from huiqi.rules.policy_model import ParametersFile, PolicyModel
from huiqi.rules.registration import RegistrationKindsFile
from huiqi.rules.size import SizeModel
from huiqi.rules.texts import TextsFile
from huiqi.rules.vocabulary import VocabularyModel

MODELS: dict[str, type[BaseModel]] = {
    "area_groups": AreaGroupsFile,
    "parameters": ParametersFile,
    "policy": PolicyModel,
    "profile": ProfileModel,
    "registration_kinds": RegistrationKindsFile,
    "size": SizeModel,
    "texts": TextsFile,
    "vocabulary": VocabularyModel,
}


def schema_text(name: str) -> str:
    """The JSON Schema of one kind of file, as published."""
    schema = MODELS[name].model_json_schema(by_alias=True)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema as ``<kind>.schema.json``; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in MODELS:
        path = folder / f"{name}.schema.json"
        path.write_text(schema_text(name), encoding="utf-8")
        written.append(path)
    return written
