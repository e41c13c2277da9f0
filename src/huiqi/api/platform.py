"""The one versioned JSON API; each service's router is mounted from its manifest."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.parser import Parser

from huiqi import __version__
from huiqi.api.access import PerCaller
from huiqi.kernel.errors import HuiqiError, Invalid, NotFound, SignInFailed, TooMany
from huiqi.kernel.registry import resolve, services
from huiqi.web.middleware import problem

_WAIT = 60
"""Seconds to wait where the throttle does not say."""

DESCRIPTION = (
    "政策、自测、划型、代码和企业数据的接口。金额一律为整数分。"
    "公开的接口不用登录，按来源限速；其余的用 OAuth 2.0 客户端凭据（/api/oauth/token）取得令牌。"
    "出错时返回 application/problem+json（RFC 9457）。"
)


class ExactParser(Parser):
    """JSON with decimals as they were written: money must not pass through binary floats."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return json.loads(request.body, parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise HttpError(400, "请求的内容不是正确的 JSON。") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "什么不对"},
        "advice": {"type": "string", "description": "怎么办"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
        "instance": {"type": "string", "description": "请求编号"},
    },
}


class PlatformAPI(NinjaAPI):
    """Says of every operation what it answers when something is wrong."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"]["4XX"] = {
                    "description": "出错了：说明什么不对、怎么办",
                    "content": {"application/problem+json": {"schema": _PROBLEM}},
                }
        return schema


@cache
def platform_api() -> NinjaAPI:
    """The API with all services' routers; no interactive page, which would load from elsewhere."""
    api = PlatformAPI(
        title="惠企开放接口",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        urls_namespace="api",
        parser=ExactParser(),
        throttle=[PerCaller()],
        openapi_extra={"info": {"x-huiqi-version": __version__}},
    )
    for service in services():
        if service.router:
            api.add_router("", resolve(service.router), tags=[service.title])
    _handle_errors(api)
    return api


def _handle_errors(api: NinjaAPI) -> None:
    """Everything that goes wrong in the API is answered as one of our errors."""
    for kind, translate in _TRANSLATIONS.items():
        api.add_exception_handler(kind, partial(_answer, translate))


def _answer(
    translate: Callable[[Any], HuiqiError], request: HttpRequest, error: Exception
) -> HttpResponse:
    ours = translate(error)
    text = json.dumps(problem(request, ours), ensure_ascii=False)
    response = HttpResponse(text, status=ours.status, content_type="application/problem+json")
    if ours.status == SignInFailed.status:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.wait or _WAIT)
    return response


def _unread(error: HttpError) -> HuiqiError:
    found = Invalid(str(error))
    found.status = error.status_code
    return found


def _wrong_fields(error: ValidationError) -> Invalid:
    fields = {".".join(map(str, one["loc"][1:])): str(one["msg"]) for one in error.errors}
    return Invalid("请求的内容有误。", "请按接口说明改正。", fields)


_TRANSLATIONS: dict[type[Exception], Callable[[Any], HuiqiError]] = {
    HuiqiError: lambda error: error,
    AuthenticationError: lambda _: SignInFailed("令牌缺失、失效或已停用。", "请重新取得令牌。"),
    Throttled: lambda error: TooMany("请求太频繁。", f"请在 {error.wait or _WAIT} 秒后再试。"),
    Http404: lambda _: NotFound("没有这个内容。"),
    ValidationError: _wrong_fields,
    HttpError: _unread,
}
