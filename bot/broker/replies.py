"""What the broker itself answers, in the form in which the provider tells errors."""

from __future__ import annotations

import json

from starlette.responses import Response

from bot.broker.apis import WIRE_FORMATS
from bot.domain.providers import Api


def error(api: Api, status: int, sentence: str) -> Response:
    """Return an error; clients are told not to repeat what they did wrong."""
    body = WIRE_FORMATS[api].error(status, sentence)
    headers = {} if status >= 500 else {"x-should-retry": "false"}
    return Response(json.dumps(body), status, headers, "application/json")
