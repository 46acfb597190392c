"""One conversation through pydantic-ai: tools, validated answer, repairs, limits.

Imports pydantic-ai, which takes half a second: only `runtime` imports this, when first asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, cast

from pydantic_ai import (
    Agent,
    AgentRetries,
    RunUsage,
    Tool,
    ToolOutput,
    UsageLimits,
    capture_run_messages,
)
from pydantic_ai.messages import (
    CachePoint,
    ModelMessage,
    ModelMessagesTypeAdapter,
    UserContent,
)
from pydantic_ai.settings import ModelSettings

from bot.agents.access import Access
from bot.agents.answers import ANSWERS, AnyAnswerModel
from bot.agents.failures import told_apart
from bot.agents.finishing import finish_now
from bot.agents.following import follower
from bot.agents.prompt import Prompt
from bot.agents.roles import Role
from bot.domain.agents import Answer
from bot.domain.usage import Usage

REPAIRS = 2
"""How often a model may mend an answer that breaks its rules."""
TOOL_REPAIRS = 5
"""How often it may mend the arguments of one tool."""
ANSWER_TOOL = "answer"


@dataclass(slots=True)
class Conversation:
    """One conversation: what it is held with, and afterwards what was said and used."""

    access: Access
    role: Role
    prompt: Prompt
    tools: Mapping[str, Callable[..., str]]
    values: Mapping[str, object]
    """The invocation's; the answer's validation asks them which items exist."""
    log: Callable[[str], None] | None = None
    """Follows what the model says, while it says it."""
    elapsed: Callable[[], float] = lambda: 0.0
    """Seconds since it began."""
    used: RunUsage = field(default_factory=RunUsage)
    said: list[ModelMessage] = field(default_factory=list)
    _counted: Usage | None = None

    def hold(self) -> Answer:
        """Hold it in this thread. Raises AgentUnavailable or AgentFailed."""
        try:
            return asyncio.run(self._closing()).to_domain(self.values)
        finally:
            self._counted = self.access.settle()

    def usage(self, seconds: float) -> Usage:
        """Return what it used so far, whether or not it ended well; counted elsewhere, if it was.

        The broker has also counted requests whose answers never arrived.
        """
        counted = self._counted
        if counted is not None:
            return replace(counted, seconds=seconds)
        return Usage(
            self.used.requests,
            self.used.input_tokens,
            self.used.output_tokens,
            round(float(self.used.cost or 0), 6),
            seconds,
            self.used.cache_read_tokens,
        )

    def messages(self) -> list[object]:
        """Return what was said as JSON-like data."""
        messages: list[object] = ModelMessagesTypeAdapter.dump_python(self.said, mode="json")
        return messages

    def _hint(self) -> str:
        """Return what stands behind the next tool's result."""
        return finish_now(self.role, self.used, self.elapsed())

    async def _closing(self) -> AnyAnswerModel:
        try:
            return await self._hold()
        finally:
            await self.access.close()

    async def _hold(self) -> AnyAnswerModel:
        agent: Agent[object, AnyAnswerModel] = Agent(
            self.access.model,
            output_type=ToolOutput(ANSWERS[self.role.kind], name=ANSWER_TOOL),
            instructions=self.prompt.system,
            name=self.role.name,
            tools=[Tool(in_this_thread(t, self._hint), name=n) for n, t in self.tools.items()],
            retries=AgentRetries(tools=TOOL_REPAIRS, output=REPAIRS),
            validation_context=dict(self.values),
            model_settings=cast("ModelSettings", dict(self.access.settings)),
        )
        # What it may cost is the broker's to keep: it knows prices, and asks before each request.
        limits = UsageLimits(
            request_limit=self.role.requests,
            output_tokens_limit=self.role.output_tokens,
            total_tokens_limit=self.role.tokens,
        )
        scope = asyncio.timeout(self.role.seconds)
        # Of a conversation that fails, the messages are what explains it.
        with capture_run_messages() as self.said:
            try:
                async with scope:
                    result = await agent.run(
                        user_side(self.prompt),
                        usage=self.used,
                        usage_limits=limits,
                        event_stream_handler=follower(self.log) if self.access.streams else None,
                    )
            except Exception as error:
                failure = told_apart(error, self.role, REPAIRS, timed_out=scope.expired())
                if failure is None:
                    raise
                raise failure from error
        return result.output


def user_side(prompt: Prompt) -> list[UserContent]:
    """Return what the user's side says; a provider that can is told to remember the shared part."""
    shared, *moving = prompt.said
    return [shared, CachePoint(), *moving] if moving else [shared]


def in_this_thread(
    tool: Callable[..., str], hint: Callable[[], str]
) -> Callable[..., Coroutine[Any, Any, str]]:
    """Return the tool as a coroutine that never waits; `hint()` is added to its result.

    So tools run one after the other, in the order they were called, in the conversation's own
    thread: two writes of one turn cannot cross, and no thread outlives the conversation.
    """

    @wraps(tool)
    async def use(*arguments: Any, **named: Any) -> str:
        return tool(*arguments, **named) + hint()

    return use
