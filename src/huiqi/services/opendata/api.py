"""The public API: policies, determinations, sizes, codes; no account, nothing kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import Invalid
from huiqi.rules.determination import Explainer, Firm
from huiqi.rules.errors import FactError, NotInForce
from huiqi.rules.values import read_facts
from huiqi.services.opendata import queries

router = Router()
MOST_POLICIES = 200
MOST_FACTS = 400


class Question(Schema):
    """A firm's facts, by Chinese or English name; money in yuan. Those left out are unknown."""

    facts: dict[str, Any] = Field(
        max_length=MOST_FACTS, examples=[{"从业人员": 20, "营业收入": 3000000}]
    )
    on: date | None = Field(default=None, description="按哪一天的规则，默认今天")


class PolicyQuestion(Question):
    policies: list[str] = Field(
        default=[], max_length=MOST_POLICIES, description="政策代号；不写则为当日有效的全部"
    )


@router.get("/policies", summary="政策列表")
def policies(
    request: HttpRequest,
    on: date | None = None,
    in_force: bool = True,
) -> dict[str, Any]:
    day = on or timezone.localdate()
    rows = [
        row for row in queries.DATA_SETS["policies"].rows(day) if row["in_force"] or not in_force
    ]
    return {"on": day.isoformat(), "count": len(rows), "policies": rows}


@router.get("/policies/{key}", summary="一项政策的全部内容")
def policy(request: HttpRequest, key: str, on: date | None = None) -> dict[str, Any]:
    day = on or timezone.localdate()
    found = queries.policy(key, day)
    definition = found.model.model_dump(mode="json", by_alias=True)
    return {**queries.policy_row(found, day), "definition": definition}


@router.get("/policies/{key}/definition", summary="政策的规则文件（YAML）")
def definition(request: HttpRequest, key: str, on: date | None = None) -> HttpResponse:
    found = queries.policy(key, on or timezone.localdate())
    return HttpResponse(found.document.text, content_type="application/yaml; charset=utf-8")


@router.post("/determinations", summary="一家企业对各项政策：符合与否、金额、理由、还差什么")
def determinations(request: HttpRequest, question: PolicyQuestion) -> dict[str, Any]:
    book, day = rulebook(), question.on or timezone.localdate()
    chosen = (
        [queries.policy(key, day) for key in dict.fromkeys(question.policies)]
        if question.policies
        else book.in_force(day)
    )
    try:
        found = Explainer(book, day, tuple(chosen)).explain(_firm(question))
    except NotInForce as error:
        raise Invalid(str(error), "请换一个日期。") from error
    return {"on": day.isoformat(), "determinations": [one.as_json() for one in found]}


@router.post("/size", summary="企业划型")
def size(request: HttpRequest, question: Question) -> dict[str, Any]:
    book, day = rulebook(), question.on or timezone.localdate()
    try:
        standard = book.size_standard(day)
    except NotInForce as error:
        raise Invalid(str(error), "请换一个日期。") from error
    found = standard.classify(_firm(question).facts)
    return {
        "on": day.isoformat(),
        "size": found.size,
        "group": found.group,
        "basis": found.article,
        "explanation": found.explanation,
        "missing": [book.vocabulary[key].name for key in found.missing],
    }


def _firm(question: Question) -> Firm:
    try:
        return Firm(read_facts(question.facts, rulebook().vocabulary))
    except FactError as error:
        raise Invalid(str(error), "请按事实词表填写。", {"facts": str(error)}) from error


@router.get("/codes/{table}", summary="代码表：industries、areas、departments、facts")
def codes(request: HttpRequest, table: str) -> dict[str, Any]:
    data = queries.data_set(table)
    return {"columns": data.columns, "rows": list(data.rows(timezone.localdate()))}
