"""Carrying plans out in the server: waiting without holding a thread, dropping connections."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.hub.faults.answers import DROPPED, failure
from bot.hub.faults.facts import plan_for, plan_for_git
from bot.hub.faults.plan import Plan
from bot.hub.server.messages import Incoming, Outgoing
from bot.hub.world.hub import Hub


async def respond_faultily(
    hub: Hub, request: Incoming, respond: Callable[[Incoming, Plan | None], Outgoing]
) -> ASGIApp:
    """Answer an API request as the rules say."""
    plan = await run_in_threadpool(plan_for, hub, request)
    if plan is not None:
        await asyncio.sleep(plan.before)
    answer = await run_in_threadpool(respond, request, plan)
    if plan is not None:
        await asyncio.sleep(plan.after)
    return _app(answer)


async def git_faultily(
    hub: Hub,
    visit: tuple[str, str, str | None],
    answer: Callable[[], Awaitable[ASGIApp]],
) -> ASGIApp:
    """Answer a git request as the rules say; ``visit`` is method, path and authorization."""
    plan = await run_in_threadpool(plan_for_git, hub, *visit)
    if plan is None:
        return await answer()
    await asyncio.sleep(plan.before)
    if plan.instead is not None:
        return _app(plan.instead)
    app = await answer()
    if plan.finally_ is not None:
        return _Lost(app, _app(plan.finally_))
    return app


def _app(answer: Outgoing) -> ASGIApp:
    if answer.status == DROPPED:
        return drop
    return Response(answer.body, answer.status, answer.headers)


async def drop(scope: Scope, receive: Receive, send: Send) -> None:
    """Close the connection without a word.

    ASGI has no way to say so: uvicorn's cycle, which ``send`` belongs to, has its transport.
    Without one (another server) the answer is a 502.
    """
    cycle = getattr(send, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if cycle is None or transport is None:
        await _app(failure(502))(scope, receive, send)
        return
    transport.abort()
    cycle.disconnected = True  # what uvicorn's protocol does when the client hangs up


class _Lost:
    """Runs an answer to its end without sending it, and sends another."""

    def __init__(self, true: ASGIApp, other: ASGIApp) -> None:
        self._true, self._other = true, other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def swallow(message: Message) -> None:
            pass

        await self._true(scope, receive, swallow)
        await self._other(scope, receive, send)
