"""The texts people read: each is used by the code, and wrong files of texts are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from huiqi.rules.errors import DefinitionError
from huiqi.rules.strict_yaml import parse
from huiqi.rules.texts import TEXTS, load_texts

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "jurisdictions/CN/texts/determination.yaml").read_text(encoding="utf-8")


def test_the_code_uses_all_texts_and_no_others() -> None:
    files = [path for path in (ROOT / "src").rglob("*.py") if path.name != "texts.py"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert set(re.findall(r'texts\["(\w+)"\]', code)) <= set(TEXTS)
    unused = {key for key in TEXTS if f'"{key}"' not in code}
    assert unused == {"confidence_high", "confidence_medium", "confidence_low"}


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("over_by:", "over_buy:", "没有“over_buy”这句文字；是不是“over_by”"),
        ("{fact}还差 {amount}", "{fct}还差 {amount}", "不能填“{fct}”；可用：{fact}、{amount}"),
        ("{fact}还差 {amount}", "{fact还差", "花括号不成对"),
        ("  once: 只能享受一次\n", "", "缺少这些文字：once"),
    ],
)
def test_a_wrong_text_is_refused(right: str, wrong: str, message: str) -> None:
    assert right in SHIPPED
    with pytest.raises(DefinitionError) as caught:
        load_texts([parse(SHIPPED.replace(right, wrong), "texts.yaml")])
    assert any(message in str(problem) for problem in caught.value.problems)


def test_a_nearer_file_rewords_single_texts() -> None:
    nearer = parse("texts:\n  once: 每家只能得一次\n", "nearer.yaml")
    texts = load_texts([parse(SHIPPED, "texts.yaml"), nearer])
    assert texts["once"] == "每家只能得一次"
    assert texts["eligible"] == "符合"
