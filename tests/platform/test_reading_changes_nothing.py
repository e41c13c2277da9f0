"""No GET changes state: every page of every role is opened with writing forbidden.

What may be written while reading: the session, and the record of who looked at a firm's file.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection

from huiqi.kernel.registry import permissions
from tests.platform.test_routes import routes, rule_of

pytestmark = pytest.mark.django_db

WRITES = re.compile(r"^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)\"?", re.IGNORECASE)
ALLOWED = {"django_session", "audit_event", "usersessions_usersession"}
PARTIES = ("owner", "accountant", "clerk", "supervisor", "head", "auditor", "administrator")


@pytest.fixture
def clients(client, person, firm, office, signed_in):
    """One client a role, and a visitor's."""
    found = {"": client}
    for role in PARTIES:
        party = {"office": office("审计" if role == "auditor" else "工信")}
        if role in ("owner", "accountant"):
            party = {"enterprise": firm}
        found[role] = signed_in(person(role, **({} if role == "administrator" else party)))
    return found


def test_no_get_changes_state(clients):
    written = []

    def watch(execute, sql, parameters, many, context):
        match = WRITES.match(sql)
        if match and match[1] not in ALLOWED:
            written.append(sql[:160])
        return execute(sql, parameters, many, context)

    opened = 0
    for address, view in routes():
        if "<" in address:
            continue
        text = rule_of(view).text
        roles = permissions()[text].roles if text in permissions() else PARTIES
        for role in [role for role in ("", *roles) if role in clients]:
            with connection.execute_wrapper(watch):
                answer = clients[role].get(f"/{address}")
            opened += answer.status_code == 200
            assert written == [], f"GET /{address} as {role or 'visitor'}"
    assert opened > len(clients)
