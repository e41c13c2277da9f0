"""The tables and series under jurisdictions/ fit together."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from huiqi.rules.codes import CodeTree
from huiqi.rules.strict_yaml import load

JURISDICTIONS = Path(__file__).parents[2] / "jurisdictions"
CN = JURISDICTIONS / "CN"
INDUSTRY = CodeTree.from_csv("industry", [CN / "codes" / "industries.csv"])
SIZE_FILES = sorted((CN / "size").glob("*.yaml"))
# Codes above the split of two groups: a firm known only so far cannot be put in one.
STRADDLING = {"F", "G", "59", "H", "I", "K", "70", "Q"}


def listed(path):
    """Each industry code with the entries of the standard it falls in."""
    data = load(path).data
    found = {code: [] for code in INDUSTRY}
    for entry in [*data["groups"], *data["uncovered"]]:
        for written in entry["industries"]:
            for code in INDUSTRY.subtree(INDUSTRY.parse(written)):
                found[code].append(entry["name"])
    return found


@pytest.mark.parametrize("path", SIZE_FILES, ids=lambda path: path.stem)
def test_each_industry_is_in_one_group_or_uncovered(path):
    found = listed(path)
    assert {code for code, names in found.items() if len(names) > 1} == set()
    assert {code for code, names in found.items() if not names} == STRADDLING
    for code in STRADDLING:
        assert len({name for below in INDUSTRY.subtree(code) for name in found[below]}) > 1


@pytest.mark.parametrize("path", SIZE_FILES, ids=lambda path: path.stem)
def test_each_size_group_has_falling_floors_and_enough_examples(path):
    data = load(path).data
    assert len(data["groups"]) == 16
    examples = Counter(example["expect"].get("group") for example in data["examples"])
    for group in data["groups"]:
        assert examples[group["name"]] >= 3
        for floors in group["indicators"].values():
            numbers = [int("".join(c for c in text if c.isdigit())) for text in floors.values()]
            assert numbers == sorted(set(numbers), reverse=True)
            assert list(floors) == ["大型", "中型", "小型"]


def test_editions_of_the_size_standard_follow_each_other():
    spans = sorted((load(path).data["valid"] for path in SIZE_FILES), key=lambda v: v["from"])
    for earlier, later in pairwise(spans):
        assert date.fromisoformat(earlier["to"]) + timedelta(days=1) == date.fromisoformat(
            later["from"]
        )
    assert spans[-1]["to"] is None


def test_lpr_has_one_announcement_a_month():
    values = load(CN / "parameters" / "lpr.yaml").data["parameters"]["一年期LPR"]["values"]
    months = [value["from"][:7] for value in values]
    first, last = (date.fromisoformat(values[i]["from"]) for i in (0, -1))
    assert months == sorted(set(months))
    assert len(months) == (last.year - first.year) * 12 + last.month - first.month + 1


@pytest.mark.parametrize("name", ["CN", "CN-63", "CN-6328", "demo"])
def test_home_aliases_and_groups_name_areas_of_the_chain(name):
    chain, following = [], name
    while following:
        chain.append(JURISDICTIONS / following)
        following = load(chain[-1] / "profile.yaml").data["extends"]
    tree = CodeTree.from_csv(
        "area", [path for folder in chain for path in folder.glob("codes/areas/*.csv")]
    )
    profile = load(chain[0] / "profile.yaml").data
    named = [code for code in [profile["home"], *profile["aliases"].values()] if code]
    for folder in chain:
        path = folder / "codes" / "area_groups.yaml"
        groups = load(path).data["groups"] if path.is_file() else []
        named += [code for group in groups for code in group["members"]]
    assert [code for code in named if code not in tree] == []
