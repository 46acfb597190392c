"""The `model` runtime: a role's prompt, tools and answer around any pydantic-ai model."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.agents.access import ModelSource, ProviderBusy
from bot.agents.prompt import PromptWords
from bot.agents.roles import Role, role_of
from bot.agents.tools import RunCommand, Tools
from bot.agents.transcript import LogSink, TranscriptSink, as_lines
from bot.domain.agents import Invocation, Reply
from bot.domain.errors import (
    AgentTrouble,
    AgentUnavailable,
    LimitReached,
    SpecloopError,
    UserError,
)
from bot.domain.talk import Talk
from bot.ports.agent import Workplace
from bot.ports.clock import Clock

if TYPE_CHECKING:
    from bot.agents.conversation import Conversation

# Executors are asked side by side; the first import of pydantic-ai must not run twice at once.
_IMPORT = threading.Lock()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a conversation needs of the world."""

    words: PromptWords
    clock: Clock
    run_command: RunCommand | None = None
    """None: no agent can run commands."""
    save: TranscriptSink | None = None
    log: LogSink | None = None
    """Where a conversation can be followed while it is held."""


class ModelAgent:
    """An Agent that asks a model."""

    def __init__(
        self, roles: Mapping[str, Role], models: ModelSource, surroundings: Surroundings
    ) -> None:
        self._roles = roles
        self._models = models
        self._world = surroundings

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Hold the conversation in this thread; see the port."""
        start = self._world.clock.boot()
        talk = self._prepare(invocation, workplace, told, start)
        try:
            answer = talk.hold()
        except BaseException as error:
            ours = isinstance(error, SpecloopError)
            usage = talk.usage(self._world.clock.boot() - start)
            end = f"{type(error).__name__}: {error}" if ours else "unfinished"
            held = self._keep(invocation, talk, end, told)
            if isinstance(error, AgentTrouble):  # it was paid for all the same
                error.usage, error.talk = usage, held
            if isinstance(error, ProviderBusy):
                again_at = self._world.clock.now() + timedelta(seconds=error.seconds)
                raise LimitReached(str(error), again_at, usage, held) from error
            raise
        usage = talk.usage(self._world.clock.boot() - start)
        return Reply(answer, usage, self._keep(invocation, talk, "answered", told))

    def _prepare(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
        start: float,
    ) -> Conversation:
        role = role_of(self._roles, invocation)
        values = {
            "iteration": invocation.iteration,
            "subject": invocation.subject,
            "attempt": invocation.attempt,
            "round": invocation.round,
            **invocation.prompt,
        }
        try:
            prompt = role.render(self._world.words, values)
        except UserError as error:  # a role file that does not suit what the loop passes
            raise AgentUnavailable(f"the prompt of {role.name} is broken: {error}") from error
        with _IMPORT:
            from bot.agents.conversation import Conversation

            access = self._models.open(invocation, role)
        clock = self._world.clock
        tools: dict[str, Callable[..., str]] = {}
        if workplace is not None:
            box = Tools(
                workplace,
                self._world.run_command,
                told,
                lambda: start + role.seconds - clock.boot(),
            )
            tools = box.offered(role.tools)
        log = self._world.log(invocation.key) if self._world.log else None
        return Conversation(
            access, role, prompt, tools, invocation.prompt, log, lambda: clock.boot() - start
        )

    def _keep(
        self,
        invocation: Invocation,
        talk: Conversation,
        end: str,
        told: Callable[[str, str], None],
    ) -> Talk:
        """Keep the transcript, where there is a place for it, and tell how the talk was held."""
        asked = "\0".join((talk.prompt.system, *talk.prompt.said)).encode("utf-8", "replace")
        held = Talk("model", talk.access.name, hashlib.sha256(asked).hexdigest())
        if self._world.save is None:
            return held
        head = {
            "key": invocation.key,
            "role": invocation.role,
            "subject": invocation.subject,
            "system": talk.prompt.system,
        }
        used = talk.used
        tail = {
            "end": end,
            "requests": used.requests,
            "input_tokens": used.input_tokens,
            "output_tokens": used.output_tokens,
        }
        try:
            kept = self._world.save(invocation.key, as_lines([head, *talk.messages(), tail]))
        except OSError as error:
            # The answer is worth more than its transcript.
            told("transcript", f"not saved: {error}")
            return held
        return replace(held, transcript=kept)
