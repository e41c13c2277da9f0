"""Size classes 划型 of enterprises from their facts, kept with the enterprise for lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.facts.queries import firm
from huiqi.kernel.parties.models import Enterprise
from huiqi.rules.errors import NotInForce
from huiqi.rules.size import UNDETERMINED, Classification


def classify(enterprise_id: int, on: date) -> Classification:
    """The size of one enterprise with its reasons. Raises NotInForce."""
    return rulebook().size_standard(on).classify(firm(enterprise_id, on).facts)


def reclassify(enterprise_ids: Iterable[int], on: date) -> None:
    """Write the size of each enterprise anew; 待定 is kept as nothing."""
    for pk in enterprise_ids:
        try:
            size = classify(pk, on).size
        except NotInForce:
            size = UNDETERMINED
        Enterprise.objects.filter(pk=pk).update(size="" if size == UNDETERMINED else size)
