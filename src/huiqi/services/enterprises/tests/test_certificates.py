"""Size certificates: issued from the file, verified by anybody, ended when the file changes."""

from datetime import date

import pytest
from django.utils import timezone

from huiqi.kernel.audit.models import Event
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import Conflict, NotAllowed
from huiqi.kernel.facts import actions as facts
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.queries import memberships
from huiqi.kernel.pdf.models import IssuedDocument
from huiqi.services.enterprises import actions, queries

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def actor(user):
    return actor_for(user, list(memberships(user.pk, ON)), None)


def tell(firm, user, people=25, on=ON):
    told = {"从业人员": people, "营业收入": 900_0000_00, "资产总额": 500_0000_00}
    vocabulary = rulebook().vocabulary
    values = {vocabulary.find(name).key: value for name, value in told.items()}
    facts.declare(firm, values, by=actor(user), on=on)


@pytest.fixture
def owner(firm, person):
    return person("owner", enterprise=firm)


def test_a_certificate_says_what_it_rests_on_and_has_no_number(firm, owner):
    tell(firm, owner)
    data = queries.certificate(firm, ON)
    said = dict(data["facts"])
    assert said["规模"] == "小型"
    assert said["数据来源"] == "企业填报"
    assert said["有效期至"] == "2026-12-31"
    assert rulebook().size_standard(ON).model.title in said["依据"]
    assert any("没有经过部门核对" in text for text in data["cautions"])
    assert not [name for name in said if "文号" in name or "编号" in name]


def test_issued_once_recorded_and_verified_by_anybody(firm, owner, client):
    tell(firm, owner)
    today = timezone.localdate()
    tell(firm, owner, people=26, on=today)
    made = actions.certify(firm, by=actor(owner), on=today)
    assert actions.certify(firm, by=actor(owner), on=today).pk == made.pk
    assert Event.objects.filter(subject=firm.credit_code, after__code=made.code).count() == 1
    page = client.get(f"/verify/{made.code}").content.decode()
    assert "有效" in page
    assert firm.name not in page
    with made.file.open("rb") as file:
        assert file.read().startswith(b"%PDF")


def test_a_firm_whose_size_is_not_known_gets_none(firm, owner):
    with pytest.raises(Conflict, match="不能确定规模"):
        actions.certify(firm, by=actor(owner), on=ON)


def test_a_change_of_the_file_ends_it(firm, owner, django_capture_on_commit_callbacks):
    tell(firm, owner)
    made = actions.certify(firm, by=actor(owner), on=ON)
    with django_capture_on_commit_callbacks(execute=True):
        tell(firm, owner, people=26)
    made.refresh_from_db()
    assert made.withdrawn_on is not None
    assert "变化" in made.withdrawal_reason


def test_facts_that_do_not_decide_the_size_leave_it(firm, owner):
    tell(firm, owner)
    actions.certify(firm, by=actor(owner), on=ON)
    assert actions.end_outdated(firm.pk, ["loan_balance"], on=ON) == 0
    assert not IssuedDocument.objects.exclude(withdrawn_on=None).exists()


def test_only_ones_own_firm_is_certified(firm, other_firm, owner, person, office):
    tell(firm, owner)
    other = person("owner", enterprise=other_firm)
    official = person("supervisor", office=office("工信"))
    for user in (other, official):
        with pytest.raises(NotAllowed):
            actions.certify(firm, by=actor(user), on=ON)
    assert not IssuedDocument.objects.exists()


def test_nobody_reads_the_certificates_of_others(
    firm, other_firm, owner, person, office, signed_in, client
):
    tell(firm, owner)
    made = actions.certify(firm, by=actor(owner), on=ON)
    listed = f"/enterprises/{firm.credit_code}/certificates"
    addresses = (listed, f"{listed}/{made.code}.pdf")
    strangers = [
        signed_in(person("owner", enterprise=other_firm)),
        signed_in(person("clerk", office=office("工信", "632802"))),
    ]
    for address in addresses:
        assert [one.get(address).status_code for one in strangers] == [404, 404]
        assert client.get(address).status_code == 302
    # Another firm's code under one's own address is not found either.
    own = f"/enterprises/{other_firm.credit_code}/certificates/{made.code}.pdf"
    assert strangers[0].get(own).status_code == 404
    official = signed_in(person("clerk", office=office("工信", "632801")))
    assert official.get(listed).status_code == 200
    # It tells figures of sources that the department may not read: it verifies the code instead.
    assert official.get(addresses[1]).status_code == 404
    assert official.post(f"{listed}/new").status_code == 403


def test_from_the_page_to_the_file(firm, owner, signed_in, django_assert_max_num_queries):
    tell(firm, owner, on=timezone.localdate())
    client = signed_in(owner)
    listed = f"/enterprises/{firm.credit_code}/certificates"
    assert "出具划型证明" in client.get(listed).content.decode()
    client.post(f"{listed}/new")
    with django_assert_max_num_queries(12):
        page = client.get(listed)
    ((document, standing),) = page.context["issued"]
    assert standing == "有效"
    answer = client.get(f"{listed}/{document.code}.pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    answer.close()
