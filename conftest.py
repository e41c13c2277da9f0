"""Parties and people for the platform's tests: synthetic, two of what must stay apart."""

from __future__ import annotations

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from huiqi.kernel.accounts.models import User
from huiqi.kernel.audit.append_only import protect, unprotect
from huiqi.kernel.definitions import fixed, rulebook
from huiqi.kernel.parties.models import Enterprise, Membership, Office

START = date(2024, 1, 1)
APPEND_ONLY = ("audit_event", "audit_seal")


@pytest.fixture(autouse=True, scope="session")
def emptying_between_tests():
    """Tests with transactions of their own end by emptying all tables: the protected ones too."""
    operations = type(connection.ops)
    flush = operations.sql_flush

    def unprotected(self, style, tables, **options):
        def each(statements):
            vendor = self.connection.vendor
            some = [one for table in APPEND_ONLY for one in statements(table, vendor)]
            versions = fixed.protect if statements is protect else fixed.unprotect
            return some + versions(vendor)

        protected = set(APPEND_ONLY) <= set(tables)
        emptying = flush(self, style, tables, **options)
        return [*each(unprotect), *emptying, *each(protect)] if protected else emptying

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", unprotected)
        yield


@pytest.fixture
def firm(db) -> Enterprise:
    return Enterprise.objects.create(
        credit_code="91632801MA0000001K",
        name="甲材料有限公司（示例）",
        entity_type="企业",
        area="632801",
        industry="2613",
        established_on=date(2021, 3, 1),
    )


@pytest.fixture
def other_firm(db) -> Enterprise:
    return Enterprise.objects.create(
        credit_code="91632802MA0000002Q",
        name="乙商贸有限公司（示例）",
        entity_type="企业",
        area="632802",
        industry="5211",
        established_on=date(2019, 6, 1),
    )


@pytest.fixture
def person(db):
    """Make an account with a role: ``person("owner", enterprise=firm)``."""

    def make(role: str | None = None, username: str = "", **party) -> User:
        username = username or f"{role or 'user'}-{User.objects.count() + 1}"
        user = User.objects.create_user(username, "long enough 42", name=f"测试{username}")
        if role:
            Membership.objects.create(user=user, role=role, starts_on=START, **party)
        return user

    return make


@pytest.fixture
def office(db):
    """Make or get an office: ``office("工信", "632801")``."""

    def make(department: str, area: str = "632800") -> Office:
        return Office.objects.get_or_create(
            department=department, area=area, defaults={"name": f"{area}{department}（示例）"}
        )[0]

    return make


@pytest.fixture
def signed_in():
    """A client signed in as a person; whoever isn't of a firm has a second factor, as they must."""

    def make(user: User) -> Client:
        client = Client()
        if user.memberships.filter(enterprise=None).exists():
            factor = {"type": Authenticator.Type.TOTP, "defaults": {"data": {"secret": "test"}}}
            Authenticator.objects.get_or_create(user=user, **factor)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        client.get("/accessibility")  # the first request of a session costs more than the others
        return client

    return make


@pytest.fixture(autouse=True)
def only_the_files():
    """What a test has published is rolled back with it; the rules in memory must follow."""
    yield
    rulebook.forget()
