"""The broker's door: who is let in, to which provider, with what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.broker import admission
from bot.broker.apis import WIRE_FORMATS, Route
from bot.broker.forward import Forwarder, Wanted
from bot.broker.passes import Passes
from bot.broker.replies import error
from bot.broker.upstream import Upstream
from bot.domain.providers import Api

_OWN_HOSTS = ("127.0.0.1", "localhost", "::1")
_QUERY = 500


class _Refused(Exception):
    """An answer instead of the provider's."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def make_app(upstreams: Mapping[str, Upstream], passes: Passes, forwarder: Forwarder) -> ASGIApp:
    """Return the ASGI application of a broker."""

    async def answer(request: Request) -> Response:
        upstream, route = _provider(request, upstreams)
        admitted = passes.find(WIRE_FORMATS[upstream.api].token(request.headers))
        if admitted is None:
            raise _Refused(error(upstream.api, 401, "This pass is not, or no longer, valid."))
        wanted = await _wanted(request, upstream, route)
        return await forwarder.forward(wanted, admitted, request)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            response = await answer(Request(scope, receive))
        except _Refused as refused:
            response = refused.response
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    return app


def _provider(request: Request, upstreams: Mapping[str, Upstream]) -> tuple[Upstream, Route]:
    """Return the provider and the route that a path names."""
    if not _is_own_host(request.headers.get("host", "")):  # it may be DNS rebinding
        raise _Refused(error(Api.OPENAI, 403, "The broker answers to its own loopback name only."))
    name, _, path = request.scope["path"].lstrip("/").partition("/")
    upstream = upstreams.get(name)
    if upstream is None:
        raise _Refused(error(Api.OPENAI, 404, f"There is no provider {name[:80]!r} here."))
    route = WIRE_FORMATS[upstream.api].route(request.method, path)
    if route is None:
        sentence = f"{request.method} {path[:200]} is not admitted: it holds no conversation."
        raise _Refused(error(upstream.api, 403, sentence))
    return upstream, route


async def _wanted(request: Request, upstream: Upstream, route: Route) -> Wanted:
    if upstream.wants:
        sentence = f"There is no key for {upstream.name}: set {upstream.wants} and run again."
        raise _Refused(error(upstream.api, 401, sentence))
    query = request.url.query
    if len(query) > _QUERY:
        raise _Refused(error(upstream.api, 400, "The query is too long."))
    if why := WIRE_FORMATS[upstream.api].query_objection(route, query):
        raise _Refused(error(upstream.api, 403, why))
    body = await _body(request, upstream.api) if request.method == "POST" else None
    if why := WIRE_FORMATS[upstream.api].objection(body or {}):
        raise _Refused(error(upstream.api, 403, why))
    kept = {k: v for k, v in request.headers.items() if k in admission.HEADERS}
    return Wanted(upstream, request.method, route, query, kept, body)


async def _body(request: Request, api: Api) -> dict[str, Any]:
    if request.headers.get("content-encoding", "identity") != "identity":
        raise _Refused(error(api, 415, "Bodies are read here: send them uncompressed."))
    parts, size = [], 0
    async for chunk in request.stream():
        parts.append(chunk)
        size += len(chunk)
        if size > admission.BODY_BYTES:
            raise _Refused(error(api, 413, "The request is larger than any provider takes."))
    try:
        body = json.loads(b"".join(parts))
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise _Refused(error(api, 400, "The body is no JSON object."))
    return body


def _is_own_host(header: str) -> bool:
    try:
        return urlsplit(f"//{header}").hostname in _OWN_HOSTS
    except ValueError:
        return False
