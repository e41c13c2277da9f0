"""Filters and tags of all templates (built in: no ``load`` needed)."""

from __future__ import annotations

from typing import Any

from django import template

from huiqi.kernel.audit.names import ACTIONS
from huiqi.kernel.definitions.rulebook import area_name, industry_name
from huiqi.kernel.registry import permissions

register = template.Library()

FEN = 100
_WAN = 10_000


@register.filter
def money(fen: int | None) -> str:
    """Fen as yuan, with separators and two decimals; nothing for nothing."""
    if fen is None:
        return ""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // FEN:,}.{fen % FEN:02d}"


@register.filter
def money_in_words(fen: int | None) -> str:
    """Fen as people say it: 12万元, 3,500元, 1.25万元."""
    if fen is None:
        return ""
    yuan, rest = divmod(abs(fen), FEN)
    sign = "-" if fen < 0 else ""
    if rest or yuan < _WAN or yuan % FEN:
        return f"{sign}{yuan:,}{f'.{rest:02d}' if rest else ''}元"
    return f"{sign}{f'{yuan / _WAN:,.2f}'.rstrip('0').rstrip('.')}万元"


@register.filter
def area(code: str) -> str:
    return area_name(code)


@register.filter
def industry(code: str) -> str:
    return industry_name(code)


@register.filter
def attribute(thing: Any, name: str) -> Any:
    return getattr(thing, name, "")


@register.filter
def action_name(action: str) -> str:
    """What an audit record is about, in words."""
    return ACTIONS.get(action, action)


@register.filter
def permission_names(keys: list[str]) -> str:
    """Permissions in words."""
    known = permissions()
    return "、".join(known[key].title for key in keys if key in known)
