"""Channels: how a notice leaves the house. Each may fail; the outbox tries again.

An SMS provider is a class with ``send``, named in ``HUIQI_SMS``; the one that comes with the
platform writes files, so that nothing is sent by accident from a test or a demonstration.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage

from huiqi.kernel.registry import resolve


@dataclass(frozen=True)
class Letter:
    """What goes out. ``stop``: address under which the receiver can stop notices of this kind."""

    to: str
    subject: str
    text: str
    stop: str = ""


class Channel(Protocol):
    def send(self, letter: Letter) -> None:
        """Hand a letter to the provider. Raises any Exception when it did not take it."""


class Email:
    """SMTP, or files where no server is set; one-click unsubscribing as RFC 8058 has it."""

    def send(self, letter: Letter) -> None:
        headers = {}
        if letter.stop:
            headers = {
                "List-Unsubscribe": f"<{letter.stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        EmailMessage(letter.subject, letter.text, to=[letter.to], headers=headers).send()


class FileSms:
    """Writes each text message as a JSON file into the data folder."""

    def send(self, letter: Letter) -> None:
        folder = Path(settings.HUIQI_SMS_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(letter), ensure_ascii=False, indent=2)
        (folder / f"{uuid4().hex}.json").write_text(text, encoding="utf-8")


@cache
def channel(name: str) -> Channel:
    """The channel of this name, as the settings say."""
    made: Channel = Email() if name == "email" else resolve(settings.HUIQI_SMS)()
    return made
