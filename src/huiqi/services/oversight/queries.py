"""The audit record as auditors may see it: what belongs to their area, and what to none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from huiqi.kernel.access import Actor, require
from huiqi.kernel.audit.anchors import usual_anchor
from huiqi.kernel.audit.models import Event, Seal
from huiqi.kernel.audit.names import ACTIONS
from huiqi.kernel.audit.verifying import Report, verify
from huiqi.kernel.definitions.rulebook import area_name, rulebook
from huiqi.kernel.errors import NotFound
from huiqi.kernel.facts.models import SOURCES
from huiqi.kernel.parties.queries import inside
from huiqi.kernel.roles import ROLES
from huiqi.rules.vocabulary import FactDefinition
from huiqi.services.oversight.rules import Difference, differences


def events(actor: Actor) -> QuerySet[Event]:
    """Events of the actor's area and those of no area (policies, accounts). Raises NotAllowed."""
    require(actor, "audit.read")
    return Event.objects.filter(Q(area="") | Q(area__startswith=inside(actor.area)))


def by_person(rows: QuerySet[Event], text: str) -> QuerySet[Event]:
    """Events of people, or on behalf of parties, of this name."""
    return rows.filter(Q(actor_name__contains=text) | Q(on_behalf__contains=text))


def by_action(rows: QuerySet[Event], text: str) -> QuerySet[Event]:
    """Events whose action is called so, in words or as recorded."""
    keys = [key for key, name in ACTIONS.items() if text in name]
    return rows.filter(Q(action__contains=text) | Q(action__in=keys))


def subject_kinds() -> list[tuple[str, str]]:
    """Kinds of subject that occur: (key, in words)."""
    found = Event.objects.order_by("subject_kind").values_list("subject_kind", flat=True).distinct()
    return [(kind, SUBJECTS.get(kind, kind)) for kind in found]


SUBJECTS = {
    "enterprise": "企业",
    "size_certificate": "划型证明",
    "policy": "政策",
    "user": "账号",
    "machine": "接口客户端",
    "snapshot": "数据快照",
    "work": "后台任务",
    "feedback": "找错",
    "document": "材料",
    "claim": "企业认领",
    "import": "数据导入",
}
_PAGES = {
    "enterprise": "enterprise",
    "size_certificate": "certificates",
    "policy": "policy",
    "work": "work",
}


def address(event: Event) -> str:
    """The page of an event's subject; empty where there is none."""
    route = _PAGES.get(event.subject_kind)
    if route is None:
        return ""
    try:
        return reverse(route, args=[event.subject])
    except NoReverseMatch:  # kept from a time when the subject had another form
        return ""


def role_name(event: Event) -> str:
    role = ROLES.get(event.actor_role)
    return role.title if role else _KINDS.get(event.actor_role, event.actor_role)


_KINDS = {"system": "系统", "visitor": "访客", "user": "用户", "machine": "接口客户端"}


# --- one event ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One difference, in words. ``before``, ``after``: empty where there was nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Detail:
    event: Event
    changes: tuple[Change, ...]
    seal: Seal | None
    """The batch it is sealed in; None: not yet."""


def event(actor: Actor, number: int) -> Detail:
    """Raises NotAllowed, NotFound."""
    found = events(actor).filter(pk=number).first()
    if found is None:
        raise NotFound("没有这条记录，或者它不属于您的辖区。", "请从操作记录的列表进入。")
    sealed = Seal.objects.filter(first_event__lte=number, last_event__gte=number)
    changes = tuple(_in_words(one) for one in differences(found.before, found.after))
    return Detail(found, changes, sealed.defer("marks").first())


_WORDS = {
    "source": "来源",
    "answer": "答复",
    "kind": "类别",
    "frequency": "频率",
    "channels": "渠道",
    "party": "单位",
    "scopes": "权限范围",
    "client_id": "客户端编号",
    "enterprises": "企业数",
    "sha256": "散列值",
    "file_hash": "文件散列值",
    "code": "校验码",
    "role": "角色",
    "status": "状态",
    "area": "地区",
    "reason": "理由",
    "accepted": "是否同意",
    "facts": "企业信息",
    "title": "名称",
    "name": "名称",
}


def _in_words(one: Difference) -> Change:
    facts = rulebook().vocabulary.facts
    fact = facts.get(one.path[-1]) if one.path else None
    names = [facts[key].name if key in facts else _WORDS.get(key, key) for key in one.path]
    if fact is not None and len(names) > 1:
        names = names[-1:]
    key = one.path[-1] if one.path else ""
    return Change(
        "：".join(names) or "内容", _value(one.before, key, fact), _value(one.after, key, fact)
    )


def _value(value: Any, key: str, fact: FactDefinition | None) -> str:
    if value is None:
        return ""
    if fact is not None and isinstance(value, list) and len(value) == 3:
        return _observation(fact, *value)
    if key == "source":
        return SOURCES.get(str(value), str(value))
    if key == "area":
        return area_name(str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _observation(fact: FactDefinition, period: str, number: int | None, text: str) -> str:
    """As kernel.facts records them: period, number, text."""
    said = text.replace("\n", "、") if text else fact.show(number) if number is not None else "撤回"
    return f"{said}（{period}）" if period else said


# --- the chain ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chain:
    """How the record stands. ``report``: computed anew just now, if asked for."""

    seals: int
    last: Seal | None
    waiting: int
    anchored: bool
    report: Report | None


def chain(actor: Actor, *, check: bool) -> Chain:
    """Raises NotAllowed. ``check`` reads the whole record: seconds for a million events."""
    require(actor, "audit.read")
    last = Seal.objects.defer("marks").order_by("-number").first()
    waiting = Event.objects.filter(pk__gt=last.last_event if last else 0).count()
    kept = usual_anchor()
    anchored = kept.is_file()
    report = verify(kept if anchored else None) if check else None
    return Chain(last.number if last else 0, last, waiting, anchored, report)


def seals(actor: Actor) -> QuerySet[Seal]:
    """Raises NotAllowed."""
    require(actor, "audit.read")
    return Seal.objects.defer("marks")
