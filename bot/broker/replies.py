"""What the broker itself answers, in the form in which the provider tells errors."""

from __future__ import annotations

import json

from starlette.responses import Response

from bot.domain.providers import Api

_ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
}


def error(api: Api, status: int, sentence: str) -> Response:
    """Return an error; clients are told not to repeat what they did wrong."""
    kind = _ANTHROPIC_TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
    body: dict[str, object]
    if api is Api.ANTHROPIC:
        body = {"type": "error", "error": {"type": kind, "message": sentence}}
    else:
        code = "insufficient_quota" if status == 402 else kind
        body = {"error": {"message": sentence, "type": code, "param": None, "code": code}}
    headers = {} if status >= 500 else {"x-should-retry": "false"}
    return Response(json.dumps(body), status, headers, "application/json")
