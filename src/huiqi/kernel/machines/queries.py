"""Machine clients, for those who manage them and for the API."""

from __future__ import annotations

from django.db.models import QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.errors import NotFound
from huiqi.kernel.machines.models import MachineClient


def machines(actor: Actor) -> QuerySet[MachineClient]:
    """All clients, for administrators; nobody else sees any."""
    if not actor.may("machines.manage"):
        return MachineClient.objects.none()
    return MachineClient.objects.select_related("application", "office", "institution")


def machine(actor: Actor, pk: int) -> MachineClient:
    """Raises NotFound."""
    try:
        return machines(actor).get(pk=pk)
    except MachineClient.DoesNotExist:
        raise NotFound("没有这个接口客户端。") from None


def actor_of_client(client_id: str, scopes: list[str]) -> Actor | None:
    """The actor of an API request; None for a client that has ended. It holds only its scopes."""
    found = (
        MachineClient.objects.filter(application__client_id=client_id, revoked_at=None)
        .select_related("application", "office", "institution")
        .first()
    )
    if found is None:
        return None
    office = found.office
    return Actor(
        kind="office" if office else "institution",
        name=f"接口：{found.application.name}",
        role="machine",
        permissions=frozenset(scopes) & frozenset(found.scopes),
        office_id=found.office_id,
        institution_id=found.institution_id,
        area=office.area if office else "",
        department=office.department if office else "",
        on_behalf=str(office or found.institution),
    )
