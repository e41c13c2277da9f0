"""``huiqi audit``: seal, verify, anchor; the exit code says whether the record is whole."""

from __future__ import annotations

import pytest
from django.db import connection

from huiqi.cli import main
from huiqi.kernel.access import Actor
from huiqi.kernel.audit.append_only import protect, unprotect
from huiqi.kernel.audit.recording import record

pytestmark = pytest.mark.django_db
SOMEBODY = Actor("office", "测试经办", user_id=7, role="clerk")


@pytest.fixture
def events(settings, tmp_path):
    settings.HUIQI_DATA = tmp_path
    return [record("test", by=SOMEBODY, subject_kind="test", subject=str(n)) for n in range(3)]


def test_seal_verify_and_anchor(events, tmp_path, capsys):
    kept = tmp_path / "elsewhere.txt"
    assert main(["audit", "seal"]) == 0
    assert main(["audit", "anchor", "--out", str(kept)]) == 0
    assert kept.read_text() == (tmp_path / "anchors" / "audit.txt").read_text()
    assert main(["audit", "verify", "--anchor", str(kept)]) == 0
    said = capsys.readouterr().out
    assert "封存了 3 条记录（1 批）" in said
    assert "全部一致" in said


def test_a_changed_record_ends_with_one_and_is_named(events, capsys):
    main(["audit", "seal"])
    with connection.cursor() as cursor:
        for statement in unprotect("audit_event", connection.vendor):
            cursor.execute(statement)
        cursor.execute("UPDATE audit_event SET subject = 'x' WHERE id = %s", [events[1].pk])
        for statement in protect("audit_event", connection.vendor):
            cursor.execute(statement)
    assert main(["audit", "verify"]) == 1
    assert f"第 {events[1].pk} 条记录被改动" in capsys.readouterr().out


def test_a_file_that_is_no_anchor_is_refused(events, tmp_path, capsys):
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("something else\n")
    assert main(["audit", "verify", "--anchor", str(wrong)]) == 2
    assert "不是存证行" in capsys.readouterr().err
