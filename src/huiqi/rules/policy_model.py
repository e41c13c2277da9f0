"""The form of a policy file, as a pydantic model: also the JSON Schema that editors use."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    model_validator,
)

from huiqi.rules.vocabulary import Confidence

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Word = Annotated[str, Field(pattern=r"^[\u4e00-\u9fffⅠ-Ⅻ][\u4e00-\u9fffA-Za-z0-9Ⅰ-Ⅻ]*$")]
Status = Literal["eligible", "ineligible", "undetermined"]


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


Formula = Annotated[str, BeforeValidator(_as_text)]
"""An expression of the expression language."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Validity(Strict):
    """Days on which the edition is in force, both included; null: open."""

    from_: date | None = Field(alias="from")
    to: date | None

    @model_validator(mode="after")
    def _ordered(self) -> Validity:
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError("from 晚于 to")
        return self

    def contains(self, day: date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)

    def overlaps(self, other: Validity) -> bool:
        first, second = self.from_ or date.min, other.from_ or date.min
        return first <= (other.to or date.max) and second <= (self.to or date.max)


class DatedValueModel(Strict):
    from_: date | None = Field(alias="from")
    value: Formula
    source: str
    confidence: Confidence
    note: str | None = None


class ParameterModel(Strict):
    """A dated series, append only."""

    unit: str
    values: list[DatedValueModel] = Field(min_length=1)
    note: str | None = None


class ParametersFile(Strict):
    """Parameters shared by the policies of a jurisdiction."""

    parameters: dict[Word, ParameterModel]


class TableRow(Strict):
    """``if``/``then`` or, last, ``else``."""

    if_: Formula | None = Field(default=None, alias="if")
    then: Formula | None = None
    else_: Formula | None = Field(default=None, alias="else")

    @model_validator(mode="after")
    def _complete(self) -> TableRow:
        if (self.else_ is None) == (self.if_ is None or self.then is None):
            raise ValueError("每行写 if 和 then，最后一行写 else")
        return self


class TableModel(Strict):
    """A decision table: the first row that holds gives the value."""

    rows: list[TableRow] = Field(min_length=2)

    @model_validator(mode="after")
    def _ends_with_else(self) -> TableModel:
        if self.rows[-1].else_ is None or any(row.else_ is not None for row in self.rows[:-1]):
            raise ValueError("决策表最后一行（且只有最后一行）写 else")
        return self


class ConditionModel(Strict):
    key: Key
    text: str
    if_: Formula = Field(alias="if")
    article: str
    source: str | None = None
    confidence: Confidence | None = None


class BenefitModel(Strict):
    text: str
    amount: Formula | None = None
    cap: Formula | None = None
    once: StrictBool = False
    group: str | None = None
    cliffs: list[str] = []
    confidence: Confidence | None = None


class ApplyModel(Strict):
    process: str | None = None
    fund: str | None = None
    form: str | None = None
    window: str | None = None
    materials: list[str] = []
    contact: str | None = None
    hours: str | None = None


class ExpectModel(Strict):
    status: Status
    amount: Formula | None = None
    missing: list[str] | None = None
    unmet: list[str] | None = None


class ExampleModel(Strict):
    name: str
    on: date
    facts: dict[str, Any]
    expect: ExpectModel


class PolicyModel(Strict):
    """One edition of one policy."""

    policy: Key
    edition: str | None = None
    title: str
    level: Literal["national", "province", "prefecture", "county"]
    kind: Literal["tax", "fee", "social", "finance", "award", "qualification", "service", "grant"]
    status: Literal["in_force", "illustrative"]
    issuer: str
    document: str
    article: str
    source: str
    confidence: Confidence
    valid: Validity
    region: str
    departments: list[str] = Field(min_length=1)
    audience: list[str] = Field(min_length=1)
    duties: list[str] = []
    summary: str
    needs: list[str] = []
    note: str | None = None
    define: dict[Word, Formula] = {}
    tables: dict[Word, TableModel] = {}
    parameters: dict[Word, ParameterModel] = {}
    conditions: list[ConditionModel] = Field(min_length=1)
    benefit: BenefitModel
    apply: ApplyModel = ApplyModel()
    auto: StrictBool = False
    examples: list[ExampleModel] = Field(min_length=4)

    @model_validator(mode="after")
    def _keys_differ(self) -> PolicyModel:
        keys = [condition.key for condition in self.conditions]
        if len(keys) != len(set(keys)):
            raise ValueError("conditions 中有重复的 key")
        return self
