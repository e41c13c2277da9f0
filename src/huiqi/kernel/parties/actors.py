"""From an account and one of its memberships to the actor that everything else takes."""

from __future__ import annotations

from collections.abc import Sequence

from huiqi.kernel.access import Actor, Kind
from huiqi.kernel.accounts.models import User
from huiqi.kernel.parties.models import Membership
from huiqi.kernel.registry import permissions


def actor_for(user: User, held: Sequence[Membership], chosen: int | None) -> Actor:
    """The actor of a signed-in person: in the chosen role if it is theirs, else in the first."""
    if not held:
        return Actor("user", user.name, user_id=user.pk)
    membership = next((one for one in held if one.pk == chosen), held[0])
    office = membership.office
    party = membership.enterprise or office or membership.institution
    return Actor(
        kind=_kind(membership),
        name=user.name,
        user_id=user.pk,
        membership_id=membership.pk,
        role=membership.role,
        permissions=_permissions(membership),
        enterprise_id=membership.enterprise_id,
        office_id=membership.office_id,
        institution_id=membership.institution_id,
        area=office.area if office else "",
        department=office.department if office else "",
        on_behalf=party.name if party else "",
    )


def _kind(membership: Membership) -> Kind:
    if membership.role == "auditor":
        return "auditor"
    if membership.enterprise_id:
        return "enterprise"
    if membership.office_id:
        return "office"
    if membership.institution_id:
        return "institution"
    return "administrator" if membership.role == "administrator" else "user"


def _permissions(membership: Membership) -> frozenset[str]:
    held = {
        key
        for key, permission in permissions().items()
        if membership.role in permission.roles
        and _department_fits(permission.departments, membership)
    }
    if membership.role == "agent":
        held &= set(membership.scope)
    return frozenset(held)


def _department_fits(departments: Sequence[str], membership: Membership) -> bool:
    if not departments or membership.office is None:
        return True
    return membership.office.department in departments
