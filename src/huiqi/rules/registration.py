"""What a unified social credit code 统一社会信用代码 itself says: the kind of entity.

GB 32100-2015: the first character is the registering office, the second the kind of entity. Saves
asking every firm in a list for its 主体类型.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from huiqi.rules.errors import DefinitionError
from huiqi.rules.policy_model import Strict
from huiqi.rules.strict_yaml import Document
from huiqi.rules.validation import validate
from huiqi.rules.vocabulary import Confidence, Vocabulary

ENTITY_TYPE = "entity_type"


class KindModel(Strict):
    prefix: str = Field(pattern="^[0-9A-Z]{2}$")
    entity_type: str


class RegistrationKindsFile(Strict):
    """``codes/registration_kinds.yaml``"""

    basis: str
    source: str
    confidence: Confidence
    kinds: list[KindModel]


@dataclass(frozen=True)
class RegistrationKinds:
    """Kinds of entity by the first two characters of the credit code, as stored values."""

    by_prefix: Mapping[str, int]

    def entity_type(self, credit_code: str) -> int | None:
        """The stored 主体类型, or None when the code does not tell."""
        return self.by_prefix.get(credit_code.strip().upper()[:2])


def load_registration_kinds(document: Document, vocabulary: Vocabulary) -> RegistrationKinds:
    """Check the file. Raises DefinitionError."""
    model = validate(document, RegistrationKindsFile)
    values = vocabulary[ENTITY_TYPE].values
    kinds: dict[str, int] = {}
    for index, kind in enumerate(model.kinds):
        if kind.entity_type not in values:
            message = f"主体类型没有“{kind.entity_type}”，可选：{'、'.join(values)}"
            raise DefinitionError(document.problem(("kinds", index), message))
        kinds[kind.prefix] = values.index(kind.entity_type) + 1
    return RegistrationKinds(kinds)
