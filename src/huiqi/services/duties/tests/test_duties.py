"""The register says of every duty whether a service discharges it."""

from datetime import date

import pytest

from huiqi.kernel.registry import services
from huiqi.services.duties import queries

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)


def test_every_duty_has_the_text_of_its_article():
    register = queries.register()
    for duty in register.duties:
        assert register.articles[str(duty.article)].startswith("第")


def test_services_name_only_duties_that_exist():
    known = {duty.id for duty in queries.register().duties}
    assert {duty for service in services() for duty in service.duties} <= known


def test_what_no_service_does_is_said(client):
    unserved = [one for one in queries.entries(ON) if not one.services]
    page = client.get("/duties").content.decode()
    assert page.count("还没有</span>") == len(unserved)


def test_evidence_is_a_sentence():
    for entry in queries.entries(ON):
        for text in entry.evidence:
            assert isinstance(text, str)
            assert text


def test_one_duty_with_its_article(client):
    page = client.get("/duties/25.1").content.decode()
    assert "第二十五条" in page


def test_an_unknown_duty_is_not_found(client):
    assert client.get("/duties/99").status_code == 404
