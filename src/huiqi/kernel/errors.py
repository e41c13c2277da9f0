"""The one tree of errors that people meet; each says what is wrong and what to do next.

A middleware turns them into a page, a fragment or problem+json (RFC 9457) with ``status``.
``DefinitionError`` of the rules stays apart: it stops the start, not a request.
"""

from __future__ import annotations

from collections.abc import Mapping


class HuiqiError(Exception):
    """A request that can't be done. ``message``: what is wrong; ``advice``: what to do."""

    status = 500
    title = "出错了"

    def __init__(self, message: str, advice: str = "", fields: Mapping[str, str] | None = None):
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.fields = dict(fields or {})
        """Field name → what is wrong with it."""


class SignInFailed(HuiqiError):
    """A program's token is missing, spent or withdrawn."""

    status = 401
    title = "没有登录"


class NotAllowed(HuiqiError):
    """The person may not do this."""

    status = 403
    title = "没有权限"


class NotFound(HuiqiError):
    """There is no such thing, or it isn't this person's: the answer is the same for both."""

    status = 404
    title = "没有找到"


class Invalid(HuiqiError):
    """What was given can't be right."""

    status = 422
    title = "填写有误"


class Conflict(HuiqiError):
    """Somebody else was quicker, or the thing has moved on."""

    status = 409
    title = "内容已有变化"


class OutOfTime(Conflict):
    """Too early or too late."""

    title = "不在办理时间内"


class Unbalanced(Conflict):
    """A posting whose debits and credits differ, or that would overdraw."""

    title = "账目不平"


class TooMany(HuiqiError):
    """More requests than allowed in a time."""

    status = 429
    title = "操作太频繁"


class Unavailable(HuiqiError):
    """A part that is needed does not answer."""

    status = 503
    title = "暂时不能用"
