"""The API does what its OpenAPI document says, whatever it is sent (schemathesis)."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from huiqi.api.access import PerCaller
from huiqi.project.wsgi import application

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(autouse=True)
def no_limit(monkeypatch):
    """Hundreds of requests in a second are the point here."""
    monkeypatch.setattr(PerCaller, "allow_request", lambda self, request: True)


@pytest.fixture(autouse=True)
def one_transaction():
    """A server would take a new connection for the next request; the test's must stay open."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def test_nothing_sent_to_the_api_makes_it_fail_or_lie():
    contract = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    operations = [found.ok() for found in contract.get_all_operations()]
    assert operations
    for operation in operations:

        @settings(max_examples=15)
        @given(case=operation.as_strategy())
        def check(case):
            case.call_and_validate(checks=CHECKS)

        check()
