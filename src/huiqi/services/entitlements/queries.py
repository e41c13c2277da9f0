"""What a firm is entitled to, on the facts the asker may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.core import signing
from django.urls import reverse

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.explainers import explainer, explainer_of
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import NotFound
from huiqi.kernel.facts import queries as facts
from huiqi.kernel.parties import queries as parties
from huiqi.kernel.parties.models import Enterprise
from huiqi.kernel.standings import queries as standings
from huiqi.kernel.standings.models import Standing
from huiqi.rules import record as records
from huiqi.rules.determination import Firm
from huiqi.rules.vocabulary import FactDefinition
from huiqi.services.entitlements.rules import MOST, Changes, most_useful, read_changes
from huiqi.web.determinations import Findings

_SALT = "huiqi.entitlements.changes"


def enterprise(actor: Actor, code: str) -> Enterprise:
    """A firm whose file the actor may open. Raises NotFound."""
    return parties.enterprise(actor, code)


def own(actor: Actor) -> Enterprise:
    """The firm the actor acts for. Raises NotFound."""
    found = parties.enterprises(actor).filter(pk=actor.enterprise_id or 0).first()
    if found is None:
        message = "您现在的身份不代表任何企业。"
        raise NotFound(message, "请先认领企业，或者从企业名单里打开一家企业。")
    return found


class FactLine(NamedTuple):
    """A fact the answers rest on; ``value`` in words."""

    fact: FactDefinition
    value: str
    source: str
    on: date | None


@dataclass(frozen=True, eq=False)
class Sheet:
    """A firm's entitlements as one page shows them."""

    enterprise: Enterprise
    firm: Firm
    findings: Findings
    asked: str = ""
    """Key of the fact that is wished to be asked for first."""

    changes: Changes | None = None
    marks: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def questions(self) -> list[FactDefinition]:
        """Facts to ask for: the one wished for first."""
        missing = {fact.key: fact for one in self.findings.all for fact, _ in one.missing}
        first = [missing[self.asked]] if self.asked in missing else []
        useful = [fact for fact in most_useful(self.findings.all) if fact not in first]
        return [*first, *useful][:MOST]

    @property
    def facts(self) -> list[FactLine]:
        """Everything known of the firm, with who says so."""
        vocabulary, lines = rulebook().vocabulary, []
        for key, value in self.firm.facts.items():
            fact, origin = vocabulary[key], self.firm.origins.get(key)
            if value is not None:
                source, on = (origin.source, origin.on) if origin else ("", None)
                lines.append(FactLine(fact, fact.show(value), source, on))
        return sorted(lines, key=lambda line: line.fact.position)


def firm_as_seen(actor: Actor, found: Enterprise, on: date) -> Firm:
    """A firm on the facts the actor may read: to an office more may stay open."""
    return facts.as_firm(found, facts.visible(actor, found, on))


def sheet(
    actor: Actor, found: Enterprise, on: date, *, asked: str = "", since: Changes | None = None
) -> Sheet:
    """The entitlements of a firm the actor may see."""
    firm = firm_as_seen(actor, found, on)
    said = standings.marks(found)
    marks = {policy: take_up.get_state_display() for policy, take_up in said.items()}
    answering = actor.enterprise_id == found.pk

    page = reverse("entitlements", args=[found.credit_code])

    def ask(fact: FactDefinition) -> str:
        return f"{page}?ask={fact.key}#answers" if answering else ""

    findings = Findings.of(
        explainer(on).explain(firm),
        ask,
        since.notes() if since else {},
        marks,
    )
    states = {policy: take_up.state for policy, take_up in said.items()}
    return Sheet(found, firm, findings, asked, since, states)


def record(actor: Actor, found: Enterprise, policy: str, on: date) -> dict[str, Any]:
    """The record of a determination, to be replayed by anyone. Raises NotFound."""
    try:
        rule = rulebook().policy(policy, on)
    except LookupError as error:
        raise NotFound(str(error.args[0]), "请从“我的政策”里选一项。") from None
    firm = firm_as_seen(actor, found, on)
    return records.record(explainer_of(rule, on).explain(firm)[0])


def change(actor: Actor, found: Enterprise, number: int) -> tuple[Standing, Standing | None]:
    """One entry of a firm's history and the one before it. Raises NotFound."""
    now = standings.history(actor, found).filter(pk=number).first()
    if now is None:
        raise NotFound("没有这条变化记录。", "请从历史页进入。")
    return now, standings.previous(now)


def title(policy: str) -> str:
    """The title of a policy, whether in force or not; its key for one that is gone."""
    titles = [one.title for one in rulebook().policies if one.key == policy]
    return titles[-1] if titles else policy


def token(changes: Changes) -> str:
    return signing.dumps(changes.plain(), salt=_SALT, compress=True)


def since(word: str) -> Changes | None:
    """What ``token`` made; nothing for anything else: it only lights up what has changed."""
    try:
        return read_changes(signing.loads(word, salt=_SALT))
    except (signing.BadSignature, AttributeError, KeyError, TypeError, ValueError):
        return None
