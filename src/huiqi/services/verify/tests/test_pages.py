"""Verifying without an account."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huiqi.kernel.access import VISITOR
from huiqi.kernel.pdf.actions import Holder, issue

ON = date(2026, 6, 1)


@pytest.fixture
def document(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return issue(
        "pdf/letter.typ",
        {"title": "划型证明", "paragraphs": ["小型"]},
        kind="size",
        key="K",
        holder=Holder("甲乙丙丁材料有限公司", "91632801MA0000001K"),
        by=VISITOR,
        on=ON,
    )


def test_a_code_leads_to_the_document_and_names_nobody(client, document):
    answer = client.get("/verify", {"code": document.code.lower().replace("-", "")}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[0][0] == f"/verify/{document.code}"
    assert "划型证明" in page
    assert "有效" in page
    assert document.holder not in page
    assert document.holder_code not in page


@pytest.mark.parametrize(("extra", "words"), [(b"", "一字不差"), (b"\n", "不一样")])
def test_a_file_is_compared(client, document, extra, words):
    with document.file.open() as file:
        content = file.read() + extra
    file = SimpleUploadedFile("x.pdf", content, "application/pdf")
    page = client.post(f"/verify/{document.code}", {"file": file})
    assert words in page.content.decode()


def test_without_a_file_the_form_says_so(client, document):
    assert client.post(f"/verify/{document.code}").status_code == 422


@pytest.mark.parametrize(("code", "status"), [("AAAA", 422), ("0000-0000-0000-0000", 404)])
def test_wrong_codes_are_said(client, db, code, status):
    assert client.get(f"/verify/{code}").status_code == status


def test_it_asks_the_database_little(client, document, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        client.get(f"/verify/{document.code}")
