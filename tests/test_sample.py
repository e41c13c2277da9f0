"""Synthetic firms: the same again, consistent, plausible, and nobody real."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from huiqi.paths import jurisdictions
from huiqi.rules.errors import DefinitionError
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction
from huiqi.sample.assumptions import load_assumptions
from huiqi.sample.columns import Pins, Values
from huiqi.sample.generator import Block, Generator
from huiqi.sample.identity import Identity
from huiqi.tables.credit_code import is_valid

ROWS = 3000


@pytest.fixture(scope="module")
def place() -> Jurisdiction:
    return load_jurisdiction(jurisdictions(), "CN-6328")


@pytest.fixture(scope="module")
def generator(place) -> Generator:
    return Generator(place, seed=7)


@pytest.fixture(scope="module")
def block(generator) -> Block:
    return generator.block(0, 1, ROWS)


def same(one: dict[str, Values], other: dict[str, Values]) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(one[key].stored, other[key].stored)
        and np.array_equal(one[key].known, other[key].known)
        for key in one
    )


# --- again -----------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_firms(place, generator):
    again = Generator(place, seed=7).block(0, 1, 200)
    assert same(generator.block(0, 1, 200).facts, again.facts)


def test_another_seed_gives_other_firms(place, generator):
    other = Generator(place, seed=8).block(0, 1, 200)
    assert not same(generator.block(0, 1, 200).facts, other.facts)


def test_the_first_firms_do_not_depend_on_how_many_follow(generator):
    few = list(generator.blocks(200, rows=200))
    many = list(generator.blocks(500, rows=200))
    assert [block.rows for block in many] == [200, 200, 100]
    assert [block.first for block in many] == [1, 201, 401]
    assert same(few[0].facts, many[0].facts)
    fewer = next(generator.blocks(17, rows=200))
    assert (fewer.rows, fewer.first) == (17, 1)
    assert same(fewer.facts, few[0].take(np.arange(17)).facts)
    identity = Identity(generator)
    for one, other in zip(
        identity.name_and_code(fewer), identity.name_and_code(few[0]), strict=True
    ):
        assert one.to_list() == other.to_list()[:17]
    assert identity.name_and_code(many[2])[0][0].endswith("（示例0401）")


# --- identity --------------------------------------------------------------------------------


def organisation_check(code: str) -> str:
    """GB 11714, written out independently."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(alphabet.index(c) * w for c, w in zip(code, weights, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def test_credit_codes_are_right_in_form_and_no_real_firms(generator, block):
    _, codes = Identity(generator).name_and_code(block)
    assert codes.n_unique() == ROWS
    for code in codes:
        assert is_valid(code), code
        assert code[2:8] == "000000"
        assert code[16] == organisation_check(code[8:16]), code


def test_some_credit_codes_begin_with_a_letter(generator, block):
    _, codes = Identity(generator).name_and_code(block)
    assert 0 < sum(code[0].isalpha() for code in codes) < ROWS / 20


def test_a_credit_code_never_contradicts_the_kind_of_entity(place, generator, block):
    _, codes = Identity(generator).name_and_code(block)
    entity = block.facts["entity_type"]
    for row, code in enumerate(codes):
        told = place.registration_kinds.entity_type(code)
        assert told is None or told == entity.at(row), code


def test_names_say_that_they_are_examples(generator, block):
    names, _ = Identity(generator).name_and_code(block)
    assert names[0].endswith("（示例0001）")
    assert all(name.startswith("示例") and "（示例" in name for name in names)
    assert names.n_unique() == ROWS


# --- numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("main_revenue", "revenue"),
        ("main_revenue_two_years_ago", "revenue_two_years_ago"),
        ("research_spend", "revenue"),
        ("own_research_spend", "research_spend"),
        ("science_staff", "staff_monthly_average"),
        ("research_staff", "science_staff"),
        ("ui_insured", "employees"),
        ("key_group_hires", "employees"),
        ("trained_certified", "management_trainees"),
        ("quarterly_sales", "annual_vat_sales"),
        ("monthly_sales", "annual_vat_sales"),
        ("revenue_same_period", "revenue"),
        ("loan_interest_paid", "loan_principal"),
        ("project_invested", "project_investment"),
        ("local_product_online_sales", "online_sales"),
        ("own_class_one_ip", "class_one_ip"),
    ],
)
def test_a_part_is_never_more_than_the_whole(block, part, whole):
    assert part in block.made, "no policy reads it any more"
    assert (block.made[part].stored <= block.made[whole].stored).all()
    assert (block.made[part].stored > 0).any()


def test_what_goes_together_goes_together(block):
    logs = {
        key: np.log(np.maximum(block.made[key].stored, 1)).astype(float)
        for key in ("employees", "revenue", "total_assets", "six_taxes_two_fees")
    }
    for key in ("employees", "total_assets", "six_taxes_two_fees"):
        assert np.corrcoef(logs["revenue"], logs[key])[0, 1] > 0.7, key


def test_a_firm_has_no_revenue_before_it_existed(generator, block):
    made = block.made
    age = np.datetime64(generator.as_of).astype(int) - made["established_on"].stored
    young = age < 693
    assert young.any()
    assert (made["revenue_two_years_ago"].stored[young] == 0).all()


def test_what_needs_a_loan_is_unknown_without_one(block):
    without = block.made["loan_principal"].stored == 0
    assert not block.made["loan_rate"].known[without].any()
    assert block.made["loan_rate"].known[~without].all()


def test_people_revenue_and_assets_are_in_the_class_that_was_drawn(generator):
    places, rng = generator.places, np.random.default_rng(3)
    industries = places.draw_industries(rng, 2000)
    sizes = places.draw_sizes(rng, industries)
    anchors = generator.anchors.draw(rng, industries, sizes, Pins())
    standard = places.standard
    for row in range(2000):
        facts = {key: values.at(row) for key, values in anchors.items()}
        found = standard.classify({**facts, "industry": int(industries[row])})
        assert found.size == places.sizes[sizes[row]], facts


def test_size_classes_follow_the_mix(generator, place):
    rng = np.random.default_rng(4)
    code = place.vocabulary["industry"].encode("H6210")
    drawn = generator.places.draw_sizes(rng, np.full(20_000, code))
    shares = np.bincount(drawn, minlength=5) / 20_000
    wanted = generator.assumptions.mix.sizes
    for size, share in zip(generator.places.sizes, shares, strict=True):
        assert share == pytest.approx(wanted.get(size, 0) / sum(wanted.values()), abs=0.02), size


def test_some_facts_are_unknown_and_identity_hardly_ever(block):
    shares = {key: values.known.mean() for key, values in block.facts.items()}
    assert 0.9 < shares["total_profit" if "total_profit" in shares else "total_liabilities"] < 0.99
    assert shares["revenue"] > 0.97
    assert shares["industry"] > 0.97


def test_every_value_is_one_the_vocabulary_allows(place, block):
    for key, values in block.facts.items():
        low, high = place.vocabulary[key].bounds
        stored = values.stored[values.known]
        assert ((stored >= low) & (stored <= high)).all(), key


# --- places ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["CN-6328", "demo"])
def test_firms_are_in_the_places_of_the_jurisdiction(code):
    jurisdiction = load_jurisdiction(jurisdictions(), code)
    made = Generator(jurisdiction, seed=1).block(0, 1, 500).made["area"].stored
    tree = jurisdiction.vocabulary.trees["area"]
    low, high = tree.span(jurisdiction.profile.home)
    assert ((made >= low) & (made <= high)).all()
    counties = {tree.ancestors(tree.code(int(position)))[0] for position in made}
    assert counties == set(tree.children(jurisdiction.profile.home))


def test_a_place_without_a_mix_gets_all_industries():
    jurisdiction = load_jurisdiction(jurisdictions(), "demo")
    assert load_assumptions(jurisdiction).mix is None
    made = Generator(jurisdiction, seed=1).block(0, 1, 2000).made["industry"].stored
    tree = jurisdiction.vocabulary.trees["industry"]
    sections = {[*tree.ancestors(tree.code(int(position)))][-1] for position in made}
    assert sections == set(tree.roots)


# --- fixed facts -----------------------------------------------------------------------------


def test_fixed_facts_are_kept_and_draw_others_along(place, generator):
    fixed = {"revenue": 5_000_000_000_00, "loan_principal": None, "court_defaulter": 1}
    found = generator.block(0, 1, 4, Pins({2: fixed}))
    assert {key: found.facts[key].at(2) for key in fixed} == fixed
    assert found.made["main_revenue"].stored[2] > 3_000_000_000_00
    assert found.made["employees"].stored[2] > 500


def test_a_fixed_part_makes_the_whole_large_enough(generator):
    loan = 10_000_000_00
    found = generator.block(0, 1, 4, Pins({1: {"loan_principal": loan}}))
    assert found.facts["loan_principal"].at(1) == loan
    assert found.made["revenue"].stored[1] > loan


# --- wrong files -----------------------------------------------------------------------------

CIRCLE = """court_defaulter: {where: {tax_arrears: 是}, chance: 1%}
  tax_arrears: {where: {court_defaulter: 是}, chance: 1%}"""


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ("no_such_fact: {chance: 5%}", "没有“no_such_fact”这个事实"),
        ("employees_quarterly_average: {of: revenue, median: 5%}", "单位不对"),
        ("court_defaulter: {chance: [1%, 2%]}", "应写 1 个比例，或 5 个"),
        ("court_defaulter: {chance: 120%}", "应在 0% 至 100% 之间"),
        ("court_defaulter: {where: {size: 巨型}, chance: 1%}", "规模没有“巨型”"),
        ("court_defaulter: {where: {revenue: 很多}, chance: 1%}", "应写作 有、无、满"),
        ("tax_credit_grade: {values: {E: 1}}", "纳税信用等级只能是"),
        (CIRCLE, "互相依赖"),
        ("court_defaulter: {odds: 1%}", "没有这个键"),
    ],
)
def test_a_wrong_recipe_is_refused_with_its_line(place, tmp_path, recipe, message):
    original = (jurisdictions() / "CN/sample/facts.yaml").read_text(encoding="utf-8")
    head = original[: original.index("\nfacts:\n")]
    folder = tmp_path / "jurisdictions" / "CN"
    (folder / "sample").mkdir(parents=True)
    (folder / "sample/facts.yaml").write_text(f"{head}\nfacts:\n  {recipe}\n", encoding="utf-8")
    names = (jurisdictions() / "CN/sample/names.yaml").read_text(encoding="utf-8")
    (folder / "sample/names.yaml").write_text(names, encoding="utf-8")
    with pytest.raises(DefinitionError, match=message) as caught:
        Generator(replace(place, chain=(folder,)), seed=1)
    assert caught.value.problems[0].line > head.count("\n")
