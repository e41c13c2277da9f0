"""Events: what happened, told to the services that asked to hear of it, after the commit.

A handler runs as a background task of its own, so a slow or failing one holds up nobody, and it is
tried again. Payloads are plain data (JSON); a handler must do no harm when it is called twice.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django_tasks import task

from huiqi.kernel import registry
from huiqi.kernel.definitions.rulebook import look_again


def publish(event: str, **payload: Any) -> None:
    """Tell every handler of ``event``, once the current transaction has committed."""
    for handler in registry.handlers(event):
        transaction.on_commit(partial(_enqueue, handler, payload))


def _enqueue(handler: str, payload: dict[str, Any]) -> None:
    deliver.enqueue(handler=handler, payload=payload)


@task()
def deliver(handler: str, payload: dict[str, Any]) -> None:
    look_again()
    registry.resolve(handler)(**payload)
