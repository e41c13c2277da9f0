"""``huiqi explain POLICY --firm FILE.json``: the whole determination for one firm."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from huiqi.commands import options as shared
from huiqi.commands.json_file import read_object
from huiqi.commands.outcome import DONE, Failed
from huiqi.rules import ir
from huiqi.rules.determination import Determination, Explainer, Firm, Origin
from huiqi.rules.errors import FactError
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.record import record
from huiqi.rules.units import format_money
from huiqi.rules.values import read_facts
from huiqi.rules.vocabulary import FactDefinition, Vocabulary
from huiqi.tables.errors import reason

NAME = "explain"
HELP = "一家企业、一项政策：符合与否、金额怎么算、每条依据、缺什么、差什么"

_RESULTS = {
    ir.TRUE: "criterion_true",
    ir.FALSE: "criterion_false",
    ir.UNKNOWN: "criterion_unknown",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policy", metavar="POLICY", help="政策的 key，如 cit_small_low_profit")
    parser.add_argument(
        "--firm",
        metavar="FILE.json",
        required=True,
        help="企业的事实：{“从业人员”: 20, “营业收入”: 3000000}，中文名或英文名都可，金额以元计",
    )
    parser.add_argument(
        "--record", metavar="RECORD.json", help="把认定记录写到这个文件，可用 replay 重算"
    )
    shared.add_jurisdiction(parser)
    shared.add_date(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    jurisdiction = shared.load(options)
    on = shared.day(options, jurisdiction)
    firm = read_firm(Path(options.firm), jurisdiction.vocabulary)
    determination = determine(jurisdiction, options.policy, on, firm)
    if options.record:
        _write_record(Path(options.record), determination)
    if options.format == "json":
        print(json.dumps(determination.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(describe(determination)))
    return DONE


def _write_record(path: Path, determination: Determination) -> None:
    text = json.dumps(record(determination), ensure_ascii=False, indent=2)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise Failed(f"{path} 写不进去：{reason(error)}") from error


def determine(jurisdiction: Jurisdiction, key: str, on: date, firm: Firm) -> Determination:
    """The determination under the edition in force. Raises Failed with what would be right."""
    try:
        policy = jurisdiction.policy(key, on)
    except LookupError as error:
        raise Failed(str(error.args[0])) from error
    return Explainer(jurisdiction, on, (policy,)).explain(firm)[0]


def read_firm(path: Path, vocabulary: Vocabulary) -> Firm:
    """Facts from a JSON file: plain values, or ``{"value": …, "source": …, "date": …}``."""
    raw = read_object(path, parse_float=Decimal)
    values, origins = _split_origins(raw, path, vocabulary)
    try:
        return Firm(read_facts(values, vocabulary), origins)
    except FactError as error:
        raise Failed(f"{path}：{error}") from error


def _split_origins(
    raw: dict[str, Any], path: Path, vocabulary: Vocabulary
) -> tuple[dict[str, Any], dict[str, Origin]]:
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for word, given in raw.items():
        observed = given if isinstance(given, dict) else {"value": given}
        if "value" not in observed:
            raise Failed(f"{path}：“{word}”应写作 {{“value”: …, “source”: …, “date”: …}}")
        values[word] = observed["value"]
        fact = vocabulary.find(word)
        if fact is not None:
            on = _origin_date(path, word, observed.get("date"))
            origins[fact.key] = Origin(str(observed.get("source") or path.name), on)
    return values, origins


def _origin_date(path: Path, word: str, text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError as error:
        raise Failed(f"{path}：“{word}”的 date“{text}”不是日期，应写作 2026-01-31") from error


def describe(found: Determination) -> list[str]:
    """The determination as lines for people, in the jurisdiction's words."""
    texts, model = found.explainer.jurisdiction.texts, found.policy.model
    lines = [f"{model.title}：{texts[found.status]}", *found.cautions]
    lines += [*_benefit(found, texts), ""]
    for criterion, state in zip(found.policy.criteria, found.criteria, strict=True):
        lines.append(f"  {texts[_RESULTS[state]]}  {criterion.text}（{criterion.article}）")
    lines += _advice(found, texts)
    if found.trace:
        lines += ["", texts["derivation"], *(f"  {step}" for step in found.trace)]
    lines += ["", texts["facts_used"], *_facts(found), ""]
    lines.append(
        texts["basis"].format(document=model.document, article=model.article, source=model.source)
    )
    return lines


def _benefit(found: Determination, texts: Mapping[str, str]) -> list[str]:
    """What an eligible firm gets, and what limits it."""
    benefit = found.policy.model.benefit
    if found.state != ir.TRUE:
        return []
    if found.amount is not None:
        amount = format_money(found.amount)
        lines = [texts["amount"].format(amount=amount, benefit=benefit.text)]
    elif found.policy.amount is None:
        lines = [texts["no_amount"].format(benefit=benefit.text)]
    elif found.missing:
        lines = [texts["unknown_amount"].format(facts=_names(found.missing))]
    else:
        lines = [texts["undefined_amount"]]
    if benefit.group:
        lines.append(texts["stacking"].format(group=benefit.group))
    if benefit.once:
        lines.append(texts["once"])
    if found.policy.model.auto:
        lines.append(texts["auto"])
    return lines + [texts["cliff"].format(text=cliff) for cliff in benefit.cliffs]


def _names(facts: list[FactDefinition]) -> str:
    return "、".join(fact.name for fact in facts)


def _advice(found: Determination, texts: Mapping[str, str]) -> list[str]:
    lines = []
    if found.missing:
        lines.append(texts["missing"].format(facts=_names(found.missing)))
    if found.zero_denominators:
        lines.append(texts["zero_denominator"].format(facts=_names(found.zero_denominators)))
    if found.next_question:
        lines.append(texts["next_question"].format(question=found.next_question.text))
    if found.one_step:
        lines.append(texts["one_step"].format(step=found.one_step.text))
    elif found.state == ir.FALSE and ir.UNKNOWN not in found.criteria:
        lines.append(texts["no_single_step"])
    return ["", *lines] if lines else []


def _facts(found: Determination) -> list[str]:
    lines = []
    for fact in found.facts_used:
        origin = found.firm.origins.get(fact.key)
        stored = found.firm.facts.get(fact.key)
        came = "" if origin is None or stored is None else f"（{origin.source}{_dated(origin)}）"
        lines.append(f"  {fact.name}：{fact.show(stored)}{came}")
    return lines


def _dated(origin: Origin) -> str:
    return f"，{origin.on}" if origin.on else ""
