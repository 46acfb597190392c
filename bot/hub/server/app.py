"""The ASGI application: Host check, then git, a page or the API, the latter two in threads."""

import asyncio
import functools

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.hub.faults.serving import git_faultily, respond_faultily
from bot.hub.pages.door import answer_page, is_page
from bot.hub.rules.limits import MAX_REQUEST_BODY
from bot.hub.server.api import Api
from bot.hub.server.git_http import answer_git, is_git_path
from bot.hub.server.hosts import is_own_host
from bot.hub.server.messages import Incoming, Outgoing, json_answer

PATIENCE = 30.0
"""Seconds a client may take for the head of a request, and again for its body."""


def make_app(api: Api, also_hosts: frozenset[str], patience: float = PATIENCE) -> ASGIApp:
    """Return the application for one open world.

    ``also_hosts`` are Host names beside the loopback ones. A body that is not there after
    ``patience`` seconds is answered with 408.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await _respond(api, also_hosts, request, patience)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    return app


async def _respond(
    api: Api, also_hosts: frozenset[str], request: Request, patience: float
) -> ASGIApp:
    host = request.headers.get("host", "")
    if not is_own_host(host, also_hosts):
        named = host or "a request without a Host header"
        words = f"The hub answers to loopback names only, not to {named}."
        return _send(json_answer(403, {"message": words, "status": "403"}))
    raw_path = request.scope["raw_path"].decode("latin-1")
    if is_git_path(raw_path):
        if api.hub.faults.is_quiet:
            return await answer_git(api.hub, request, raw_path)
        visit = (request.method, raw_path, request.headers.get("authorization"))
        return await git_faultily(api.hub, visit, lambda: answer_git(api.hub, request, raw_path))
    try:
        async with asyncio.timeout(patience):
            body = await _read(request)
    except TimeoutError:
        words = f"The request body did not come within {patience:g} seconds."
        late = {"message": words, "status": "408"}
        return _send(json_answer(408, late, {"Connection": "close"}))
    if body is None:
        words = f"The request body is longer than {MAX_REQUEST_BODY} bytes."
        return _send(json_answer(413, {"message": words, "status": "413"}))
    incoming = Incoming(
        method=request.method,
        path=raw_path,
        query_string=request.url.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        origin=f"{request.url.scheme}://{host}",
    )
    if is_page(incoming):
        return _send(await run_in_threadpool(answer_page, api.hub, incoming))
    if not api.hub.faults.is_quiet and not raw_path.startswith("/_hub/"):
        return await respond_faultily(api.hub, incoming, api.respond)
    return _send(await run_in_threadpool(functools.partial(api.respond, incoming)))


async def _read(request: Request) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_REQUEST_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _send(answer: Outgoing) -> Response:
    return Response(answer.body, answer.status, answer.headers)
