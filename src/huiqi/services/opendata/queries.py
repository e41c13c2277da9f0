"""Data sets anyone may take: their rows, and the dictionary that explains their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiqi.kernel.definitions.rulebook import areas, industries, rulebook
from huiqi.kernel.errors import NotFound
from huiqi.kernel.parties.departments import departments
from huiqi.rules.codes import CodeTree
from huiqi.rules.policy import Policy

Row = dict[str, Any]


@dataclass(frozen=True)
class DataSet:
    """One set of open data. ``columns``: key → what it means, in Chinese."""

    key: str
    title: str
    about: str
    columns: Mapping[str, str]
    rows: Callable[[date], Iterable[Row]]


def policy_row(policy: Policy, on: date) -> Row:
    """What the list of policies says of one edition."""
    model = policy.model
    return {
        "policy": policy.key,
        "edition": model.edition or "",
        "title": model.title,
        "level": model.level,
        "kind": model.kind,
        "illustrative": model.status == "illustrative",
        "in_force": policy.in_force(on),
        "valid_from": model.valid.from_ and model.valid.from_.isoformat(),
        "valid_to": model.valid.to and model.valid.to.isoformat(),
        "region": model.region,
        "departments": "；".join(model.departments),
        "audience": "；".join(model.audience),
        "summary": model.summary,
        "benefit": model.benefit.text,
        "document": model.document,
        "article": model.article,
        "source": model.source,
        "confidence": model.confidence,
        "hash": policy.hash,
    }


def _policies(on: date) -> Iterator[Row]:
    return (policy_row(policy, on) for policy in rulebook().policies)


def _codes(tree: Callable[[], CodeTree]) -> Callable[[date], Iterator[Row]]:
    def rows(on: date) -> Iterator[Row]:  # noqa: ARG001 - the same shape as all data sets
        table = tree()
        for code in table:
            yield {
                "code": table.display(code),
                "name": table.name(code),
                "level": table.level(code),
                "parent": (parent := table.parent(code)) and table.display(parent),
            }

    return rows


def _facts(on: date) -> Iterator[Row]:  # noqa: ARG001 - the same shape as all data sets
    for fact in rulebook().vocabulary.facts.values():
        model = fact.model
        yield {
            "key": fact.key,
            "name": fact.name,
            "topic": fact.topic,
            "type": fact.type,
            "unit": model.unit or "",
            "period": model.period,
            "sources": "；".join(model.sources),
            "values": "；".join(model.values),
            "question": model.question,
            "definition": model.definition,
            "basis": model.basis or "",
            "confidence": model.confidence,
        }


def _departments(on: date) -> Iterator[Row]:  # noqa: ARG001 - the same shape as all data sets
    for department in departments().values():
        yield {"key": department.key, "name": department.name}


_CODE_COLUMNS = {"code": "代码", "name": "名称", "level": "层级", "parent": "上级代码"}
DATA_SETS = {
    data.key: data
    for data in (
        DataSet(
            "policies",
            "政策",
            "每项政策的每一版：谁发的、给谁、给什么、什么时候有效、依据在哪。",
            {
                "policy": "政策代号",
                "edition": "版本",
                "title": "名称",
                "level": "层级：national 国家，province 省，prefecture 州，county 县",
                "kind": "类别",
                "illustrative": "是否为示例（没有公开办法的州级措施）",
                "in_force": "当日是否有效",
                "valid_from": "有效期起",
                "valid_to": "有效期止（空：没有写明）",
                "region": "适用地区代码",
                "departments": "部门",
                "audience": "对象",
                "summary": "概要",
                "benefit": "给什么",
                "document": "文件",
                "article": "条款",
                "source": "来源",
                "confidence": "核对程度：verified 已核对原文，high、medium、low",
                "hash": "规则文本的散列值",
            },
            _policies,
        ),
        DataSet(
            "industries",
            "国民经济行业分类",
            "GB/T 4754-2017，门类、大类、中类、小类。",
            _CODE_COLUMNS,
            _codes(industries),
        ),
        DataSet("areas", "行政区划", "本平台用到的行政区划代码。", _CODE_COLUMNS, _codes(areas)),
        DataSet(
            "departments", "部门", "部门代号和名称。", {"key": "代号", "name": "名称"}, _departments
        ),
        DataSet(
            "facts",
            "事实词表",
            "规则里可以使用的每一项企业信息：含义、单位、周期、来源。",
            {
                "key": "英文名",
                "name": "中文名",
                "topic": "主题",
                "type": "类型",
                "unit": "单位",
                "period": "周期",
                "sources": "来源",
                "values": "可选的值",
                "question": "怎么问",
                "definition": "含义",
                "basis": "依据",
                "confidence": "核对程度",
            },
            _facts,
        ),
    )
}


def data_set(key: str) -> DataSet:
    """Raises NotFound."""
    if key not in DATA_SETS:
        raise NotFound("没有这个数据集。", f"可以下载：{'、'.join(DATA_SETS)}")
    return DATA_SETS[key]


def policy(key: str, on: date) -> Policy:
    """The edition in force on a day, else the newest. Raises NotFound."""
    editions = [one for one in rulebook().policies if one.key == key]
    if not editions:
        raise NotFound(f"没有“{key}”这项政策。", "请从政策列表中选。")
    return next((one for one in editions if one.in_force(on)), editions[-1])
