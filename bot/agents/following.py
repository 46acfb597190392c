"""Follows a conversation while it is held: what the model says and uses, as it arrives."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Awaitable, Callable

from pydantic_ai import RunContext
from pydantic_ai.messages import (
    AgentStreamEvent,
    FunctionToolCallEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
)

ARGUMENTS = 400
"""Characters of a tool's arguments that are logged."""

Follower = Callable[[RunContext[object], AsyncIterable[AgentStreamEvent]], Awaitable[None]]


def follower(log: Callable[[str], None] | None) -> Follower:
    """Return a handler of pydantic-ai's events that logs them; having one makes models stream."""

    async def follow(_: RunContext[object], events: AsyncIterable[AgentStreamEvent]) -> None:
        async for event in events:
            if log is not None and (text := _told(event)):
                log(text)
        if log is not None:
            log("\n")

    return follow


def _told(event: AgentStreamEvent) -> str:
    match event:
        case PartStartEvent(part=TextPart(content=text)):
            return f"\n{text}"
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
        case FunctionToolCallEvent(part=part):
            arguments = json.dumps(part.args, ensure_ascii=False, default=str)[:ARGUMENTS]
            return f"\n> {part.tool_name} {arguments}\n"
    return ""
