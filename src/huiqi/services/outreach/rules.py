"""What is worth telling a firm, and in which words. Pure."""

from __future__ import annotations

from huiqi.rules.policy import Policy
from huiqi.rules.units import format_money

NEAR = 0.5
"""A step that asks for more than this share of change is no step one can take by being told."""

_SHOWN = 3


def is_news(status: str, effort: float | None) -> bool:
    """Whether a firm is told: it is eligible, or nearly so."""
    return status == "eligible" or (status == "one_step" and effort is not None and effort <= NEAR)


def title(policy: Policy, status: str) -> str:
    words = "您的企业符合" if status == "eligible" else "您的企业差一步就符合"
    example = "（示例措施）" if policy.model.status == "illustrative" else ""
    return f"{words}：{policy.title}{example}"


def text(policy: Policy, amount: int | None, caution: str) -> str:
    """What there is to get, and how sure that is."""
    benefit = policy.model.benefit.text
    money = "" if amount is None else f"按现有信息推算：{format_money(amount)}。"
    return "\n".join(part for part in (f"{benefit}。{money}", caution) if part)


def reason(policy: Policy, status: str, step: str) -> str:
    """Why the firm is told."""
    if status != "eligible":
        return f"因为：其他条件都符合，只差一步——{step}。"
    texts = [criterion.text for criterion in policy.criteria]
    more = f"等 {len(texts)} 条" if len(texts) > _SHOWN else ""
    return f"因为：{'；'.join(texts[:_SHOWN])}{more}，全部符合。"[:300]
