"""Making and ending machine clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import AccessToken, Application

from huiqi.kernel.access import Actor, require
from huiqi.kernel.audit.recording import record
from huiqi.kernel.errors import Conflict, Invalid
from huiqi.kernel.machines.models import MachineClient
from huiqi.kernel.machines.scopes import all_scopes
from huiqi.kernel.parties.models import Institution, Office


@transaction.atomic
def create(
    name: str, party: Office | Institution, scopes: Sequence[str], *, by: Actor
) -> tuple[MachineClient, str]:
    """A new client and its secret, which is shown once and kept only as a hash.

    Raises NotAllowed, or Invalid for scopes that don't exist.
    """
    require(by, "machines.manage")
    unknown = sorted(set(scopes) - set(all_scopes()))
    if unknown or not scopes:
        raise Invalid("请从列表中至少选择一个数据范围。", fields={"scopes": "、".join(unknown)})
    secret = generate_client_secret()
    application = Application.objects.create(
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    office = party if isinstance(party, Office) else None
    machine = MachineClient.objects.create(
        application=application,
        office=office,
        institution=party if isinstance(party, Institution) else None,
        scopes=list(scopes),
        created_by_id=by.account_id,
    )
    _record("machine.created", machine, by)
    return machine, secret


@transaction.atomic
def revoke(machine: MachineClient, *, by: Actor, at: datetime) -> None:
    """End a client at once: its tokens with it. Raises Conflict when it has ended already."""
    require(by, "machines.manage")
    changed = MachineClient.objects.filter(pk=machine.pk, revoked_at=None).update(revoked_at=at)
    if not changed:
        raise Conflict("这个客户端已经停用了。")
    AccessToken.objects.filter(application=machine.application).delete()
    # Nobody knows the new secret: the client can't sign in again.
    machine.application.client_secret = generate_client_secret()
    machine.application.save(update_fields=["client_secret"])
    _record("machine.revoked", machine, by)


def _record(action: str, machine: MachineClient, by: Actor) -> None:
    after = {
        "client_id": machine.application.client_id,
        "party": str(machine.office or machine.institution),
        "scopes": machine.scopes,
    }
    record(action, by=by, subject_kind="machine", subject=str(machine.pk), after=after)
