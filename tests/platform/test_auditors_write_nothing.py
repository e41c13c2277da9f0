"""Auditors write nothing: every address that takes a POST is tried as one, from the route table.

What is open to everyone (self-check, feedback, larger print) and what people do with their own
account, notices and work stays open to auditors too.
"""

from __future__ import annotations

import inspect
import re

import pytest
from django.db import connection

from huiqi.kernel.registry import permissions
from tests.platform.test_routes import routes, rule_of

pytestmark = pytest.mark.django_db

WRITES = re.compile(r'^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
OWN_TABLES = {"django_session", "usersessions_usersession"}


def filled(address: str) -> str:
    """An address with something in the place of its variables."""
    return re.sub(r"<(?:(\w+):)?\w+>", lambda part: "1" if part[1] == "int" else "x1", address)


def takes_post(view) -> bool:
    """Whether the outermost decorator, the rule of methods, lets a POST through."""
    methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")
    return methods is None or "POST" in methods


def posts():
    """Addresses whose POST needs a permission: (address, its key)."""
    for address, view in routes():
        text = rule_of(view).text
        if text in permissions() and takes_post(view):
            yield address, text


def test_no_post_of_an_auditor_is_done(person, office, signed_in, firm):
    written: list[str] = []

    def watch(execute, sql, parameters, many, context):
        match = WRITES.match(sql)
        if match and match[1] not in OWN_TABLES:
            written.append(sql[:120])
        return execute(sql, parameters, many, context)

    auditor = signed_in(person("auditor", office=office("审计")))
    tried = 0
    for address, key in posts():
        with connection.execute_wrapper(watch):
            answer = auditor.post(f"/{filled(address)}")
        tried += 1
        if "auditor" not in permissions()[key].roles:
            assert answer.status_code == 403, f"POST /{address} as an auditor"
        assert written == [], f"POST /{address} as an auditor"
    assert tried
