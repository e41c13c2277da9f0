"""Which word counts: the pure rule, and the same rule in the SQL of snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from huiqi.kernel.access import system
from huiqi.kernel.facts import snapshots
from huiqi.kernel.facts.choosing import chosen, contradicted
from huiqi.kernel.facts.models import Observation

ON = date(2026, 6, 1)


@dataclass(frozen=True)
class Said:
    pk: int
    fact: str
    period: str
    source: str
    number: int | None
    text: str = ""


def words():
    one = st.tuples(
        st.sampled_from(["employees", "tax_paid"]),
        st.sampled_from(["2023", "2024", "2025"]),
        st.sampled_from(["declared", "tax", "statistics"]),
        st.one_of(st.none(), st.integers(0, 5)),
    )
    return st.lists(one, max_size=12, unique_by=lambda word: word[:3]).map(
        lambda found: [Said(pk, *word) for pk, word in enumerate(found, 1)]
    )


def test_a_newer_period_counts_before_an_older_register():
    old = Said(1, "employees", "2024", "tax", 5)
    new = Said(2, "employees", "2025", "declared", 7)
    assert chosen([old, new])["employees"] is new


def test_a_register_counts_before_the_firms_own_word():
    own = Said(2, "employees", "2025", "declared", 7)
    register = Said(1, "employees", "2025", "tax", 5)
    assert chosen([own, register])["employees"] is register
    assert contradicted([own, register]) == {"employees": (own, register)}


def test_a_word_taken_back_does_not_count():
    assert chosen([Said(1, "employees", "2025", "tax", None)]) == {}


@given(words())
def test_the_order_in_which_words_come_does_not_matter(found):
    assert chosen(found) == chosen(reversed(found))
    for word in chosen(found).values():
        assert word.number is not None


@given(words())
def test_only_different_words_on_the_same_period_contradict(found):
    for own, theirs in contradicted(found).values():
        assert own.period == theirs.period
        assert own.number != theirs.number


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_a_snapshot_chooses_the_same(firm, seed):
    from random import Random

    rng = Random(seed)
    Observation.objects.bulk_create(
        Observation(
            enterprise=firm,
            fact="employees",
            period=period,
            source=source,
            number=rng.choice([None, 1, 2, 3, 4]),
            observed_on=date(2026, rng.randrange(1, 12), 1),
            recorded_at=timezone.now(),
        )
        for period in ("2023", "2024", "2025")
        for source in ("declared", "tax", "statistics")
        if rng.random() < 0.7
    )
    counted = chosen(Observation.objects.filter(enterprise=firm, observed_on__lte=ON))
    frame = snapshots.frame(snapshots.freeze(by=system("test"), on=ON))
    found = frame["employees"][0] if "employees" in frame.columns else None
    assert found == (counted["employees"].number if counted else None)
