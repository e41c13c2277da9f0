"""Definition files: what the strict loader and the policy loader refuse, and where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from huiqi.rules.errors import DefinitionError
from huiqi.rules.jurisdiction import load_jurisdiction
from huiqi.rules.jurisdiction_files import ProfileModel
from huiqi.rules.policy import load_policy
from huiqi.rules.policy_check import check_policy
from huiqi.rules.policy_model import BenefitModel, ParametersFile, PolicyModel
from huiqi.rules.strict_yaml import Document, parse
from huiqi.rules.validation import validate
from huiqi.rules.vocabulary import FactModel, VocabularyModel
from tests.rules.policies import PLACE, ROOT, policy, policy_text


def problems(text: str) -> list[str]:
    """What loading a policy text says, ``file:line: message``."""
    with pytest.raises(DefinitionError) as refused:
        load_policy(parse(text, "test.yaml"), PLACE.vocabulary, PLACE.parameters)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: 键“a”重复"),
        ("a: 1\nb: yes\n", "f.yaml:2: “yes”有的程序读作真假值"),
        ("a: &x 1\nb: *x\n", "f.yaml:1: 不允许使用锚点和别名"),
        ("a: 1\nb: [1, 2\nc: 3\n", "f.yaml:3: YAML 写法有误"),
        ("a: !!python/object:os.system x\n", "f.yaml:1: 不允许使用标签"),
        ("a:\n  <<: {b: 1}\n", "f.yaml:2: 不允许使用合并键"),
        ("a: 1\nb: &x 2\n", "f.yaml:2: 不允许使用锚点和别名"),
        ("a: !!str 123\n", "f.yaml:1: 不允许使用标签"),
        ("a: !!python/object/apply:os.system 'x'\n", "f.yaml:1: 不允许使用标签"),
        ("a: !set {b: 1}\n", "f.yaml:1: 不允许使用标签"),
        ("a: !list [1]\n", "f.yaml:1: 不允许使用标签"),
        ("%YAML 1.1\n---\na: 1\n", "f.yaml:1: 不允许使用 % 开头的指令"),
        ("a: 1\n---\na: 2\n", "f.yaml:2: 一个文件只能有一份内容"),
        ("a: 1\nb: 0112\n", "f.yaml:2: “0112”以 0 开头"),
        ("a: 007.5\n", "f.yaml:1: “007.5”以 0 开头"),
        (f"a: {'9' * 5000}\n", "f.yaml:1: 这个数有 5000 个字"),
        ("[" * 200_000, "f.yaml:1: 嵌套超过 40 层"),
        ("\n".join("  " * level + "a:" for level in range(60)), "f.yaml:42: 嵌套超过 40 层"),
    ],
)
def test_strict_yaml(text: str, expected: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse(text, "f.yaml")
    assert str(refused.value).startswith(expected)


def test_yaml_values_are_exact() -> None:
    document = parse("a: 0.1\nb: 2024-01-01\nc: '3'\nd: true\ne:\nf: 7\n", "f.yaml")
    assert [str(value) for value in document.data.values()] == [
        "0.1",
        "2024-01-01",
        "3",
        "True",
        "None",
        "7",
    ]


def test_every_problem_of_a_file_is_reported_with_its_line() -> None:
    text = policy_text(
        "从业人员 >= 20", "没有的事实 >= 1人", benefit={"text": "甲", "amount": "3人"}
    )
    lines = text.splitlines()
    expected = {
        lines.index("  if: 从业人员 >= 20") + 1: "“20”缺少单位",
        lines.index("  if: 没有的事实 >= 1人") + 1: "没有“没有的事实”这个事实",
        lines.index("  amount: 3人") + 1: "这里应是金额",
    }
    found = problems(text)
    assert len(found) == len(expected)
    for line, message in expected.items():
        assert any(p.startswith(f"test.yaml:{line}: ") and message in p for p in found), found


def series(*starts: str | None) -> dict[str, Any]:
    values = [
        {"from": start, "value": "3元", "source": "测试", "confidence": "low"} for start in starts
    ]
    return {"甲数": {"unit": "元", "values": values}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"titel": "甲"}, "titel：没有这个键；是不是“title”"),
        ({"level": "town"}, "level：只能是"),
        ({"valid": {"from": "2026-02-01", "to": "2026-01-01"}}, "from 晚于 to"),
        ({"examples": []}, "examples：至少要有 4 项"),
        ({"title": 5}, "title：应是文字"),
        ({"auto": "yes"}, "auto：应是 true 或 false"),
        ({"parameters": {"甲": {"unit": "元", "values": []}}}, "至少要有 1 项"),
        ({"define": {"从业人员": "1人"}}, "已是别的名字"),
        ({"define": {"今天": "1人"}}, "“今天”已是别的名字"),
        ({"parameters": series("2020-01-01"), "define": {"甲数": "1元"}}, "“甲数”已是别的名字"),
        ({"define": {"一年期LPR": "3%"}}, "“一年期LPR”已是别的名字"),
    ],
)
def test_form(changes: dict[str, Any], message: str) -> None:
    assert any(
        message in problem for problem in problems(policy_text("从业人员 >= 20人", **changes))
    )


def test_a_parameter_must_have_a_value_from_the_first_day() -> None:
    text = policy_text("营业收入 >= 甲数", parameters=series("2021-01-01"))
    assert any("从 2021-01-01 才有值" in problem for problem in problems(text))
    assert policy("营业收入 >= 甲数", parameters=series("2020-01-01", "2021-01-01"))


def test_a_parameter_series_is_in_order() -> None:
    text = policy_text("营业收入 >= 甲数", parameters=series("2021-01-01", "2020-01-01"))
    assert any("从早到晚" in problem for problem in problems(text))


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (("从业人员 >= 20人 且 从业人员 < 10人",), "不可能成立"),
        (("从业人员 >= 20人", "从业人员 < 10人"), "互相矛盾"),
        (("从业人员 >= 0人",), "永远成立"),
        (("研发费用 / 利润总额 >= 3%",), "分母可能是负数"),
    ],
)
def test_conditions_that_cannot_be_meant(conditions: tuple[str, ...], message: str) -> None:
    found = check_policy(policy(*conditions), PLACE)
    assert any(message in str(problem) for problem in found)


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("632829", "没有代码“632829”；是不是“632823 天峻县”"),
        ("格尔木", "没有代码“格尔木”；是不是“632801 格尔木市”"),
        ("110000", "“110000 北京市”不在海西蒙古族藏族自治州，应是“632800 海西蒙古族藏族自治州”"),
    ],
)
def test_a_region_is_a_known_area_of_the_place(region: str, message: str) -> None:
    rule = policy("从业人员 >= 20人", region=region)
    (found,) = check_policy(rule, PLACE)
    assert message in found.message
    assert "region:" in rule.document.text.splitlines()[found.line - 1]


@pytest.mark.parametrize("region", ["632800", "632801", "630000", "000000"])
def test_a_region_may_be_above_or_below(region: str) -> None:
    assert check_policy(policy("从业人员 >= 20人", region=region), PLACE) == []


def test_a_rule_with_very_many_alternatives_can_be_checked() -> None:
    parts = (f"(从业人员 >= {n}人 或 营业收入 >= {n}元)" for n in range(1, 400))
    assert check_policy(policy(" 且 ".join(parts)), PLACE) == []


def own_place(tmp_path: Path) -> Path:
    """A place of the test's own, on top of the shipped ones."""
    for name in ("CN", "CN-63", "CN-6328"):
        (tmp_path / name).symlink_to(ROOT / name)
    own = tmp_path / "XX"
    (own / "policies").mkdir(parents=True)
    profile = (ROOT / "CN-6328" / "profile.yaml").read_text(encoding="utf-8")
    profile = profile.replace("code: CN-6328", "code: XX").replace(
        "extends: CN-63", "extends: CN-6328"
    )
    (own / "profile.yaml").write_text(profile, encoding="utf-8")
    return own


VOCABULARY_FILE = """\
topic: 自有
facts:
  - name: 自有项
    key: own
    type: {type}
    period: moment
    sources: [declared]
    question: 多少？
    definition: 测试
    source: 测试
    confidence: low
    {rest}
"""
PARAMETERS_FILE = """\
parameters:
  一年期LPR:
    unit: "%"
    values: [{from: null, value: 3%, source: 测试, confidence: low}]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("types: [个体工商户]", "types: [个体户]", "主体类型没有“个体户”"),
        ('industries: ["J"]', 'industries: ["J99"]', "没有代码 J99"),
    ],
)
def test_a_size_standard_names_codes_there_are(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    size = own_place(tmp_path) / "size"
    size.mkdir()
    text = (ROOT / "CN" / "size" / "2017.yaml").read_text(encoding="utf-8")
    assert right in text
    (size / "2017.yaml").write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(DefinitionError, match=message):
        load_jurisdiction(tmp_path, "XX")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "vocabulary/own.yaml",
            VOCABULARY_FILE.format(type="number", rest="unit: 万人"),
            "没有“万人”",
        ),
        ("vocabulary/own.yaml", VOCABULARY_FILE.format(type="set", rest="values: []"), "set"),
        ("vocabulary/own.yaml", VOCABULARY_FILE.format(type="code", rest="values: []"), "code"),
        (
            "vocabulary/own.yaml",
            VOCABULARY_FILE.format(type="date", rest="derived: 今天"),
            "derived",
        ),
        (
            "vocabulary/own.yaml",
            VOCABULARY_FILE.format(type="number", rest="derived: 从业者 / 2"),
            "own.yaml:12: 没有“从业者”这个事实",
        ),
        ("parameters/own.yaml", PARAMETERS_FILE, "在另一个文件里已经有了"),
        ("calendar/holidays.csv", "date,kind,name\n2026-02-30,off,甲\n", "表的内容有误"),
        ("codes/industries.csv", "code,name,parent,level\nA,农业,Z,1\n", "表的内容有误"),
    ],
)
def test_a_wrong_file_of_a_place_is_named(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    path = own_place(tmp_path) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DefinitionError, match=message) as refused:
        load_jurisdiction(tmp_path, "XX")
    assert f"XX/{name}" in str(refused.value)


def test_an_alias_names_an_area_there_is(tmp_path: Path) -> None:
    profile = own_place(tmp_path) / "profile.yaml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace('本州: "632800"', '本州: "632899"'), encoding="utf-8")
    with pytest.raises(DefinitionError, match="632899 不在行政区划表中"):
        load_jurisdiction(tmp_path, "XX")


def test_only_one_size_standard_is_in_force_on_a_day(tmp_path: Path) -> None:
    size = own_place(tmp_path) / "size"
    size.mkdir()
    newer = (ROOT / "CN" / "size" / "2017.yaml").read_text(encoding="utf-8")
    newer = newer.replace("from: 2017-12-28", "from: 2027-01-01")
    (size / "2027.yaml").write_text(newer, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"2027\.yaml:9: 与 .*2017\.yaml 的有效期重叠"):
        load_jurisdiction(tmp_path, "XX")


def test_the_nearest_folder_wins_and_editions_may_not_overlap(tmp_path: Path) -> None:
    own = own_place(tmp_path)
    (own / "policies" / "a.yaml").write_text(policy_text("从业人员 >= 2人"), encoding="utf-8")
    assert load_jurisdiction(tmp_path, "XX").policy(
        "test_policy", PLACE.policies[0].check_days()[0]
    )
    (own / "policies" / "b.yaml").write_text(policy_text("从业人员 >= 3人"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="有效期却重叠"):
        load_jurisdiction(tmp_path, "XX")


def test_an_unknown_jurisdiction_names_those_there_are() -> None:
    with pytest.raises(DefinitionError, match="没有法域“XX”，可选：CN、"):
        load_jurisdiction(ROOT, "XX")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n\tb: 1\n", "用空格，不用制表符"),
        ("[1]\n", "文件：应是一组“键: 值”，却是 [1]"),
        ("", "文件：应是一组“键: 值”，却是 空的"),
        ("departments: 税务\n", "departments：应是一列，如 [甲, 乙]，却是 '税务'"),
        ("status: draft\n", "status：只能是 in_force、illustrative，却是“draft”"),
    ],
)
def test_files_of_another_form_are_refused_in_plain_words(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        validate(parse(text, "x.yaml"), PolicyModel)
    assert any(message in str(problem) for problem in caught.value.problems)


ENGLISH = re.compile(r"\b(?:should|expected|found|allowed|unexpected|Input|Invalid)\b")
WRONG = [None, True, 7, "字", [], [7], {"甲": 7}]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize("model", [PolicyModel, VocabularyModel, ParametersFile, ProfileModel])
def test_no_message_about_a_wrong_form_is_english(model: type[BaseModel], wrong: object) -> None:
    content = {field.alias or name: wrong for name, field in model.model_fields.items()}
    if model is VocabularyModel:
        content["facts"] = [dict.fromkeys(FactModel.model_fields, wrong)]
    if model is PolicyModel:
        content["benefit"] = dict.fromkeys(BenefitModel.model_fields, wrong)
    with pytest.raises(DefinitionError) as caught:
        validate(Document("x.yaml", "", content), model)
    assert [str(problem) for problem in caught.value.problems if ENGLISH.search(str(problem))] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c", "同一行里又有一个冒号"),
        ("a: [1, 2", "括号没有配对"),
        ('a: "x', "引号没有配对"),
        ("a: @x", "不能放在开头的字符"),
        ("- a\nb: 1", "每项都以“- ”开头"),
        ("a: b\n- c", "缩进不齐"),
        ("a: }", "这里应有一个值"),
        ('a: "\\q"', "请改用单引号"),
        (" a: 1\nb: 2", "缩进与上面对不上"),
        ("a: \x00", "控制字符"),
        ("%x", "YAML 写法有误；"),
    ],
)
def test_yaml_faults_are_said_in_chinese(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(text, "f.yaml")
    assert message in str(caught.value)
    assert not ENGLISH.search(str(caught.value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,kind,name\n2026-13-01,off,甲\n", "“2026-13-01”不是日期"),
        ("day,kind,name\n2026-01-01,off,甲\n", "没有“date”这一列"),
    ],
)
def test_a_wrong_calendar_is_said_in_chinese(tmp_path: Path, text: str, message: str) -> None:
    own = own_place(tmp_path)
    (own / "calendar").mkdir()
    (own / "calendar" / "holidays.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=message):
        load_jurisdiction(tmp_path, "XX")
