"""What the pages of machine clients show."""

from __future__ import annotations

from huiqi.kernel.parties.models import Institution
from huiqi.kernel.parties.queries import offices
from huiqi.services.clients.forms import MachineForm


def machine_form(data: object = None) -> MachineForm:
    """The form with all offices and institutions to choose from."""
    return MachineForm(
        data,
        offices=list(offices()),
        institutions=list(Institution.objects.order_by("name")),
    )
