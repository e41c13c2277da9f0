"""Lists, files, declarations and numbers of enterprises; nobody sees what isn't theirs."""

from datetime import date

import pytest
from django.utils import timezone

from huiqi.kernel.audit.models import Event
from huiqi.kernel.definitions.rulebook import areas, rulebook
from huiqi.kernel.facts import actions as facts
from huiqi.kernel.facts.bulk import Row, insert
from huiqi.kernel.facts.models import Observation
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.models import Enterprise
from huiqi.kernel.parties.queries import memberships
from huiqi.services.enterprises import queries, rules
from huiqi.services.enterprises.forms import HONOURS

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)


@pytest.fixture
def many(db, firm, other_firm):
    counties = list(areas().children(rulebook().profile.home))
    sizes = ["微型", "小型", ""]
    Enterprise.objects.bulk_create(
        Enterprise(
            credit_code=f"91TEST{number:012d}",
            name=f"示例{number:03d}号企业",
            area=counties[number % len(counties)],
            industry="2613" if number % 2 else "5211",
            size=sizes[number % 3],
            established_on=date(2010 + number % 10, 1, 1),
        )
        for number in range(60)
    )


@pytest.fixture
def clerk(person, office, signed_in):
    def make(department="工信", area="632800"):
        return signed_in(person("clerk", office=office(department, area)))

    return make


def listed(client, **given):
    return client.get("/enterprises", given).context["listing"]


def actor(user):
    return actor_for(user, list(memberships(user.pk, ON)), None)


def test_an_office_lists_the_firms_of_its_area(many, clerk):
    assert listed(clerk()).count == 62
    in_county = listed(clerk(area="632801"))
    expected = Enterprise.objects.filter(area__startswith="632801").count()
    assert in_county.count == expected < 62


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"q": "商贸"}, {"name__contains": "商贸"}),
        ({"q": "91TEST000000000003"}, {"credit_code": "91TEST000000000003"}),
        ({"industry": "C"}, {"industry__startswith": "26"}),
        ({"size": "小型"}, {"size": "小型"}),
        ({"size": "unknown"}, {"size": ""}),
        ({"area": "632801"}, {"area__startswith": "632801"}),
        ({"since": "2015-01-01"}, {"established_on__gte": "2015-01-01"}),
        ({"until": "2015-01-01"}, {"established_on__lte": "2015-01-01"}),
        ({"status": "closed"}, {"status": "closed"}),
    ],
)
def test_filters_leave_what_they_say(many, clerk, given, wanted):
    assert listed(clerk(), **given).count == Enterprise.objects.filter(**wanted).count()


def test_firms_with_a_qualification(many, clerk, firm):
    both = "高新技术企业\n科技和创新型中小企业"
    row = Row(firm.pk, HONOURS, "", "qualification", None, both, ON, timezone.now(), "")
    insert([row])
    assert listed(clerk(), honour="高新技术企业").count == 1
    assert listed(clerk(), honour="科技和创新型中小企业").count == 1
    assert listed(clerk(), honour="创新型中小企业").count == 0


def test_a_list_page_asks_little_however_many_there_are(many, clerk, django_assert_max_num_queries):
    client = clerk()
    with django_assert_max_num_queries(12):
        client.get("/enterprises", {"size": "小型", "sort": "-established_on"})


def test_an_export_holds_what_the_filters_leave(many, clerk):
    answer = clerk().get("/enterprises", {"size": "小型", "export": "csv"})
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + Enterprise.objects.filter(size="小型").count()


def test_files_are_for_their_own_people_and_offices_of_the_area(
    firm, other_firm, person, office, signed_in, client, clerk
):
    address = f"/enterprises/{firm.credit_code}"
    assert signed_in(person("owner", enterprise=firm)).get(address).status_code == 200
    assert signed_in(person("owner", enterprise=other_firm)).get(address).status_code == 404
    assert clerk(area="632801").get(address).status_code == 200
    assert clerk(area="632802").get(address).status_code == 404
    assert signed_in(person("administrator")).get(address).status_code == 403
    assert client.get(address).status_code == 302


def test_a_firm_tells_its_facts_in_place(firm, person, signed_in):
    fact = rulebook().vocabulary.find("从业人员")
    client = signed_in(person("owner", enterprise=firm))
    address = f"/enterprises/{firm.credit_code}/declare/{fact.topic}"
    wrong = client.post(address, {fact.key: "很多"})
    assert wrong.status_code == 422
    assert "很多" in wrong.content.decode()
    assert client.post(address, {fact.key: "25"}).status_code == 302
    page = client.get(f"/enterprises/{firm.credit_code}").content.decode()
    assert "企业填报" in page
    assert "25人" in page.replace(" ", "")


def test_nobody_tells_for_another_firm(firm, other_firm, person, signed_in, clerk):
    fact = rulebook().vocabulary.find("从业人员")
    address = f"/enterprises/{firm.credit_code}/declare/{fact.topic}"
    other = signed_in(person("owner", enterprise=other_firm))
    assert other.post(address, {fact.key: "25"}).status_code == 404
    assert clerk().post(address, {fact.key: "25"}).status_code == 403
    assert not Observation.objects.exists()


def test_departments_see_their_own_sources_in_a_file(firm, person, office, signed_in):
    fact = rulebook().vocabulary.find("从业人员")
    tax = person("clerk", office=office("税务"))
    facts.observe(firm, {fact.key: 25}, source="tax", by=actor(tax), on=ON)
    labour = person("clerk", office=office("人社"))
    address = f"/enterprises/{firm.credit_code}"
    assert "25人" in signed_in(tax).get(address).content.decode().replace(" ", "")
    assert "25人" not in signed_in(labour).get(address).content.decode().replace(" ", "")


def test_what_differs_between_firm_and_register_is_shown(firm, person, office, signed_in):
    fact = rulebook().vocabulary.find("从业人员")
    owner, tax = person("owner", enterprise=firm), person("clerk", office=office("税务"))
    facts.declare(firm, {fact.key: 30}, by=actor(owner), on=ON)
    facts.observe(firm, {fact.key: 25}, source="tax", by=actor(tax), on=ON)
    page = signed_in(owner).get(f"/enterprises/{firm.credit_code}").content.decode()
    assert "不一致" in page
    assert "企业填报为30" in page.replace(" ", "")


def test_the_firm_sees_who_looked_once_an_hour(firm, person, signed_in, clerk):
    official = clerk(area="632801")
    for _ in range(3):
        official.get(f"/enterprises/{firm.credit_code}")
    assert Event.objects.filter(action=queries.LOOKED).count() == 1
    owner = signed_in(person("owner", enterprise=firm))
    page = owner.get(f"/enterprises/{firm.credit_code}")
    assert len(page.context["file"].looks) == 1


def test_the_size_of_a_year_rests_on_the_figures_of_that_year(firm, person):
    vocabulary = rulebook().vocabulary
    owner = actor(person("owner", enterprise=firm))
    for year, people, revenue in (("2024", 10, 100_00), ("2025", 400, 30_000_0000_00)):
        told = {"从业人员": people, "营业收入": revenue, "资产总额": revenue}
        values = {vocabulary.find(name).key: value for name, value in told.items()}
        facts.declare(firm, values, by=owner, on=ON, period=year)
    found = queries.file(owner, firm.credit_code, ON)
    assert [(one.year, one.found.size) for one in found.sizes] == [(2025, "中型"), (2024, "微型")]
    assert {word.period for word in found.sizes[0].words} == {"2025"}


def test_a_file_asks_little(firm, person, signed_in, django_assert_max_num_queries):
    client = signed_in(person("owner", enterprise=firm))
    with django_assert_max_num_queries(12):
        client.get(f"/enterprises/{firm.credit_code}")


def test_numbers_add_up_and_small_ones_are_kept_from_the_public(many, client, clerk):
    public = client.get("/enterprises/statistics").context["found"]
    inside = clerk().get("/enterprises/statistics").context["found"]
    assert public.total == inside.total == 62
    assert sum(total for *_, total in inside.by_county) == 62
    assert sum(total for *_, total in inside.by_section) == 62
    counts = [count for _, _, sizes, _ in public.by_county for count in sizes.values()]
    assert all(count is None or count == 0 or count >= rules.FEW for count in counts)


def test_what_is_left_out_cannot_be_worked_out_from_the_rest():
    table = rules.with_totals(
        {
            ("甲", "小型"): 3,
            ("甲", "微型"): 40,
            ("乙", "小型"): 12,
            ("乙", "微型"): 30,
            ("乙", "大型"): 0,
        }
    )
    hidden = rules.to_hide(table)
    assert ("甲", "小型") in hidden
    for side, name in [(0, "甲"), (0, "乙"), (1, "小型"), (1, "微型"), (1, rules.TOTAL)]:
        left_out = [cell for cell in hidden if cell[side] == name]
        assert not left_out or (
            len(left_out) > 1 and sum(table[cell] for cell in left_out) >= rules.FEW
        )
    assert rules.to_hide({("甲", "小型"): 30, ("甲", rules.TOTAL): 30}) == set()


def test_the_map_names_every_county(client):
    shapes = client.get("/enterprises/map.json").json()
    names = {one["properties"]["name"] for one in shapes["features"]}
    home = rulebook().profile.home
    assert {areas().name(code) for code in areas().children(home)} == names


def test_the_numbers_can_be_taken_away(many, client):
    rows = b"".join(client.get("/enterprises/statistics.csv").streaming_content).decode("utf-8-sig")
    assert rows.startswith("按,名称,")


def test_history_is_kept_from_those_who_may_not_read_it(firm, person, office, signed_in):
    fact = rulebook().vocabulary.find("从业人员")
    tax = person("clerk", office=office("税务"))
    facts.observe(firm, {fact.key: 25}, source="tax", by=actor(tax), on=ON)
    address = f"/enterprises/{firm.credit_code}/facts/{fact.key}"
    assert "25" in signed_in(tax).get(address).content.decode()
    labour = signed_in(person("clerk", office=office("人社")))
    assert labour.get(address).context["lines"] == []
