"""Two firms, two counties, two departments: ids tried in path, query, body and export."""

from datetime import date

import pytest
from django.utils import timezone

from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.facts import actions as facts
from huiqi.kernel.facts.models import Observation
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.queries import memberships

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)
TAX_ONLY = "1234567"
"""Revenue in yuan that only the tax office brought."""


@pytest.fixture
def revenue():
    return rulebook().vocabulary.find("营业收入")


@pytest.fixture
def clerk(person, office, signed_in):
    def make(department="工信", area="632801"):
        return signed_in(person("clerk", office=office(department, area)))

    return make


@pytest.fixture
def taxed(firm, person, office, revenue):
    """The firm with revenue known from the tax office."""
    user = person("clerk", office=office("税务"))
    by = actor_for(user, list(memberships(user.pk, ON)), None)
    facts.observe(firm, {revenue.key: int(TAX_ONLY) * 100}, source="tax", by=by, on=ON)
    return firm


def exported(client, **given):
    answer = client.get("/enterprises", {"export": "csv", **given})
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_lists_and_exports_hold_ones_own_county_whatever_is_asked(firm, other_firm, clerk):
    county = clerk()
    for given in ({}, {"area": "632802"}, {"q": other_firm.credit_code}, {"q": "乙商贸"}):
        assert other_firm.credit_code not in exported(county, **given)
        listing = county.get("/enterprises", given).context["listing"]
        assert other_firm not in listing.objects
    assert firm.credit_code in exported(county)


def test_another_firm_cannot_be_reached_by_any_address(
    firm, other_firm, person, signed_in, revenue
):
    owner = signed_in(person("owner", enterprise=firm))
    start = f"/enterprises/{other_firm.credit_code}"
    for address in (
        start,
        f"{start}/facts/{revenue.key}",
        f"{start}/declare/{revenue.topic}",
        f"{start}/certificates",
    ):
        assert owner.get(address).status_code == 404, address
    assert owner.post(f"{start}/certificates/new").status_code == 404
    assert owner.get("/enterprises").status_code == 403


def test_another_firms_id_in_the_body_changes_nothing(firm, other_firm, person, signed_in, revenue):
    owner = signed_in(person("owner", enterprise=firm))
    told = {f"{revenue.key}_0": "12", f"{revenue.key}_1": "万元", revenue.key: "12"}
    theirs = {"enterprise": other_firm.pk, "credit_code": other_firm.credit_code}
    owner.post(f"/enterprises/{firm.credit_code}/declare/{revenue.topic}", {**told, **theirs})
    assert not Observation.objects.filter(enterprise=other_firm).exists()


@pytest.mark.parametrize("department", ["人社", "科技"])
def test_a_department_learns_nothing_of_anothers_source(taxed, clerk, revenue, department):
    other = clerk(department)
    shown = revenue.show(int(TAX_ONLY) * 100)
    start = f"/enterprises/{taxed.credit_code}"
    tax = clerk("税务").get(start).content.decode()
    assert shown in tax
    for address in (start, f"{start}/facts/{revenue.key}", f"{start}/certificates"):
        page = other.get(address)
        assert page.status_code == 200
        assert shown not in page.content.decode(), address


def test_numbers_of_a_county_are_of_that_county(firm, other_firm, clerk):
    found = clerk().get("/enterprises/statistics").context["found"]
    assert found.total == 1
    assert [code for code, *_ in found.by_county] == [firm.area]


def test_the_record_of_looks_is_the_firms_and_the_auditors(firm, person, signed_in, clerk):
    start = f"/enterprises/{firm.credit_code}"
    official = clerk()
    official.get(start)
    assert official.get(start).context["file"].looks == ()
    owner = signed_in(person("owner", enterprise=firm)).get(start).context["file"].looks
    assert [one.on_behalf for one in owner] == ["632801工信（示例）"]
    assert owner[0].at <= timezone.now()
