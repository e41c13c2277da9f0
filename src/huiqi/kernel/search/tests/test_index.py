"""The index on the database: recall and precision, kept up to date, only what is public."""

import random

import pytest
from django.db import connection

from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.search.index import Item, find, index, matching, rebuild, remove
from huiqi.kernel.search.models import Indexed
from huiqi.kernel.search.tokens import normal

pytestmark = pytest.mark.django_db


def findable():
    for number, policy in enumerate(rulebook().policies):
        text = "。".join([policy.model.summary, *(one.text for one in policy.criteria)])
        yield Item(str(number), policy.title, text)


def keys(query, kind="policy"):
    return sorted(matching(kind, query).values_list("key", flat=True))


def is_chinese(text):
    return all("\u4e00" <= c <= "\u9fff" for c in text)


def test_recall_and_precision_are_whole_on_the_texts_of_policies():
    items = list(findable())
    rebuild("policy", items)
    texts = {item.key: normal(f"{item.title} {item.text}") for item in items}
    everything = " ".join(texts.values())
    chance = random.Random(7)
    words = set()
    while len(words) < 150:
        at, length = chance.randrange(len(everything) - 6), chance.choice((1, 2, 2, 2, 3, 4))
        if is_chinese(word := everything[at : at + length]):
            words.add(word)
    # Words that are nearly there: two characters that stand in texts, seldom together.
    letters = sorted({c for c in everything if is_chinese(c)})
    words |= {"".join(chance.sample(letters, 2)) for _ in range(100)}
    for word in sorted(words):
        assert keys(word) == sorted(key for key, text in texts.items() if word in text), word


def test_several_words_must_all_be_there():
    rebuild("policy", [Item("a", "小微企业贷款贴息"), Item("b", "贷款担保"), Item("c", "贴息")])
    assert keys("贷款 贴息") == ["a"]


def test_the_title_comes_first_and_what_is_not_public_does_not_come():
    index("policy", "text", "甲", "社保补贴")
    index("policy", "title", "乙社保", "")
    index("policy", "secret", "丙社保", "", public=False)
    index("other", "other", "社保")
    assert find("policy", "社保", 10) == ["title", "text"]
    assert find("policy", "社保", 1) == ["title"]


def test_new_words_replace_the_old():
    index("policy", "a", "社保补贴")
    index("policy", "a", "稳岗返还")
    assert (keys("社保"), keys("稳岗")) == ([], ["a"])
    remove("policy", "a")
    assert keys("稳岗") == []


def test_rebuilding_writes_only_what_changed(django_assert_num_queries):
    items = [Item(str(n), f"企业{n}") for n in range(50)]
    assert rebuild("firm", items) == 50
    assert rebuild("firm", items) == 0
    assert rebuild("firm", [Item("0", "改名"), *items[2:]]) == 2
    assert keys("改名", "firm") == ["0"]
    assert Indexed.objects.filter(kind="firm").count() == 49


@pytest.mark.parametrize(
    "query",
    [
        '"',
        'a" OR 1',
        "社保'); DROP TABLE",
        "NEAR(社 保)",
        "*",
        "社*",
        "a:*",
        "\x00",
        "（)",
        "-社保",
        "𠀀",
    ],
)
def test_whatever_is_typed_is_only_looked_for(query):
    index("policy", "a", "稳岗返还")
    assert keys(query) == []
    assert Indexed.objects.count() == 1


def test_an_index_is_used():
    rebuild("firm", [Item(str(n), f"企业{n}") for n in range(2000)])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE search_indexed")
            # Of 2,000 rows any plan is quick: is the index one that can be used?
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    plan = matching("firm", "企业77").explain()
    assert "search_vector" in plan or "VIRTUAL TABLE INDEX" in plan
