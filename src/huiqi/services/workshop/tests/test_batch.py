"""All firms × all policies: the same answers as one by one, one's own area only, repeatable."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huiqi.demo.seed import seed
from huiqi.kernel.accounts.models import User
from huiqi.kernel.facts.queries import firm as firm_of
from huiqi.kernel.jobs.models import Work
from huiqi.kernel.parties.models import Enterprise
from huiqi.rules.determination import Explainer
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.services.workshop.models import Batch, BatchTotal

pytestmark = pytest.mark.django_db
FIRMS = 30
TODAY = timezone.localdate()
WORDS = {"eligible": "符合", "ineligible": "不符合", "undetermined": "待定"}


@pytest.fixture
def run(settings, signed_in, django_capture_on_commit_callbacks) -> Batch:
    settings.HUIQI_DEMO = True
    seed(FIRMS)
    supervisor = signed_in(User.objects.get(username="supervisor"))
    with django_capture_on_commit_callbacks(execute=True):
        supervisor.post("/workshop/batches/run")
    work = Work.objects.get()
    assert (work.state, work.error) == ("done", "")
    return Batch.objects.get()


def _export(client, address) -> list[list[str]]:
    answer = client.get(f"{address}{'&' if '?' in address else '?'}export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [line.split(",") for line in text.splitlines()]


def test_a_run_says_what_is_said_one_by_one(run, signed_in, django_assert_max_num_queries):
    from huiqi.kernel.definitions.rulebook import rulebook

    supervisor = signed_in(User.objects.get(username="supervisor"))
    book: Jurisdiction = rulebook()
    explainer = Explainer(book, TODAY, book.in_force(TODAY))
    enterprise = Enterprise.objects.order_by("pk").first()
    expected = sorted(WORDS[one.status] for one in explainer.explain(firm_of(enterprise.pk, TODAY)))
    rows = _export(supervisor, f"/workshop/batches/{run.pk}/rows")[1:]
    assert len(rows) == FIRMS * len(explainer.policies)
    found = sorted(row[5] for row in rows if row[1] == enterprise.credit_code)
    assert found == expected
    eligible = sum(row[5] == "符合" for row in rows)
    assert eligible == sum(BatchTotal.objects.values_list("eligible", flat=True))
    for address in ("", f"/{run.pk}", f"/{run.pk}/rows?state=1&size=小型&policy=3"):
        with django_assert_max_num_queries(12):
            assert supervisor.get(f"/workshop/batches{address}").status_code == 200


def test_a_county_sees_its_own_firms_only(run, signed_in):
    county = signed_in(User.objects.get(username="county"))
    rows = _export(county, f"/workshop/batches/{run.pk}/rows")[1:]
    mine = set(
        Enterprise.objects.filter(area__startswith="632801").values_list("credit_code", flat=True)
    )
    assert {row[1] for row in rows} == mine
    assert 0 < len(mine) < FIRMS


def test_a_run_says_on_what_it_was_made_and_comes_out_the_same_again(
    run, signed_in, django_capture_on_commit_callbacks
):
    supervisor = signed_in(User.objects.get(username="supervisor"))
    with django_capture_on_commit_callbacks(execute=True):
        supervisor.post("/workshop/batches/run")
    again = Batch.objects.order_by("-pk").first()
    assert again.pk != run.pk
    assert again.rulebook_hash == run.rulebook_hash != ""
    assert again.sha256 == run.sha256
    page = supervisor.get(f"/workshop/batches/{run.pk}").content.decode()
    assert run.rulebook_hash[:12] in page
    assert run.snapshot.sha256[:12] in page


def test_who_may_run_and_read(run, signed_in):
    for username, reads, runs in (
        ("auditor", 200, 403),
        ("tax", 200, 403),
        ("owner", 403, 403),
        ("admin", 403, 403),
    ):
        client = signed_in(User.objects.get(username=username))
        assert client.get(f"/workshop/batches/{run.pk}").status_code == reads
        assert client.post("/workshop/batches/run").status_code == runs
