"""The `acp` runtime: an agent that speaks the Agent Client Protocol over its standard input.

Its process is watched as any other; the conversation itself is asynchronous and runs in a loop of
its own, in the thread that asked. See https://agentclientprotocol.com.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import TypeVar

from acp import PROTOCOL_VERSION, RequestError, text_block
from acp.client.connection import ClientSideConnection
from acp.schema import (
    ClientCapabilities,
    FileSystemCapabilities,
    Implementation,
    PromptResponse,
    SessionConfigOptionSelect,
)

from bot.agents.coding.acp_client import PolicyClient
from bot.agents.coding.acp_process import GRACE, AgentProcess
from bot.agents.coding.acp_wire import PipeTransport
from bot.agents.coding.endings import check_end, last_said
from bot.agents.coding.lines import plain
from bot.agents.coding.prompt import finish
from bot.agents.coding.result import RESULT
from bot.agents.coding.visit import Visit
from bot.agents.finishing import NEARLY
from bot.domain.errors import AgentFailed, AgentUnavailable, Cancelled
from bot.domain.usage import Usage

T = TypeVar("T")

LOOK = 0.2
"""Seconds between two looks whether somebody wants us to end."""
AUTH_REQUIRED = -32000
CANCELLED = "cancelled"


@contextmanager
def by_acp(visit: Visit) -> Iterator[AcpTalk]:
    """Start the agent, hold a conversation with it, and end it."""
    with asyncio.Runner() as runner:
        process = AgentProcess(visit, PipeTransport(runner.get_loop()))
        with process.running() as stdin:
            talk = AcpTalk(visit, runner, process)
            try:
                runner.run(talk.connect(stdin))
                yield talk
            finally:
                runner.run(talk.close())


class AcpTalk:
    """One session."""

    def __init__(self, visit: Visit, runner: asyncio.Runner, process: AgentProcess) -> None:
        self._visit = visit
        self._runner = runner
        self._process = process
        self._client = PolicyClient(visit)
        self._session = ""
        self._result = visit.home / RESULT
        self._given = visit.seconds_left()
        self._may_end = True
        """Whether a turn may be ended because time is nearly up: once, and before it is."""
        self._was_ended = False
        """Whether that happened to the turn that is held."""

    def say(self, prompt: str, more: str) -> int:
        """Send a prompt and wait for the end of the turn; see `Talk`."""
        # The session remembers what was said first.
        reason = self._runner.run(self._turn(more or prompt))
        if reason != "end_turn" and not self._result.exists():
            raise AgentFailed(
                f"{self._visit.name} stopped early ({reason}){last_said(self._visit.hearing.words)}"
            )
        return 0

    async def connect(self, stdin: int) -> None:
        """Agree on a protocol and open a session in the worktree."""
        await self._process.transport.connect(stdin)
        self._connection = ClientSideConnection(self._client, self._process.transport)
        name = self._visit.name
        ours = self._visit.subject.file.files == "asked"
        try:
            agreed = await self._within_time(
                self._connection.initialize(
                    PROTOCOL_VERSION,
                    ClientCapabilities(
                        fs=FileSystemCapabilities(read_text_file=ours, write_text_file=ours),
                        terminal=False,
                    ),
                    Implementation(name="specloop", version=version("specloop")),
                )
            )
            if agreed.protocol_version != PROTOCOL_VERSION:
                raise AgentUnavailable(
                    f"{name} speaks version {agreed.protocol_version} of the Agent Client "
                    f"Protocol, and {PROTOCOL_VERSION} is spoken here"
                )
            opened = await self._within_time(
                self._connection.new_session(cwd=str(self._visit.folder), mcp_servers=[])
            )
        except RequestError as error:
            raise AgentUnavailable(f"{name} could not be asked: {told_by(error)}") from error
        except (ValueError, TypeError) as error:  # an answer that is none of the protocol
            problem = " ".join(str(error).split())[:300]
            raise AgentFailed(f"{name} does not keep to the protocol: {problem}") from error
        self._session = opened.session_id
        await self._choose_model(opened.config_options or [])

    async def _choose_model(self, options: Sequence[object]) -> None:
        """Choose the model that was asked for, when the agent offers a choice of models."""
        wanted = self._visit.subject.model
        for option in options:
            if not isinstance(option, SessionConfigOptionSelect) or option.category != "model":
                continue
            offered = (getattr(value, "value", "") for value in option.options)
            for value in offered:
                if wanted and wanted in (value, value.rpartition("/")[2]):
                    await self._within_time(
                        self._connection.set_config_option(
                            config_id=option.id, session_id=self._session, value=value
                        )
                    )
                    return

    async def close(self) -> None:
        """Close the connection; the process is ended by who runs it."""
        if self._process.transport.connected:
            await self._connection.close()

    async def _turn(self, prompt: str) -> str:
        """Hold a turn and return why it ended.

        When time is nearly up it is ended, once, and the agent told to finish with what is left.
        """
        self._may_end = self._may_end and not self._is_nearly_up()
        reason = await self._prompted(prompt)
        if self._was_ended and reason == CANCELLED and not self._result.exists():
            self._was_ended = False
            self._visit.hearing.acts("time is nearly up: told to finish")
            reason = await self._prompted(finish(self._result))
        self._was_ended = False
        return reason

    async def _prompted(self, prompt: str) -> str:
        name = self._visit.name
        try:
            response = await self._within_time(
                self._connection.prompt(session_id=self._session, prompt=[text_block(prompt)])
            )
            self._count(response)
            return response.stop_reason
        except RequestError as error:
            if self._was_ended:  # some agents tell it as an error that they were asked to stop
                return CANCELLED
            if error.code == AUTH_REQUIRED:
                raise AgentUnavailable(f"{name} could not be asked: {told_by(error)}") from error
            raise AgentFailed(f"{name} could not go on: {told_by(error)}") from error
        except (ValueError, TypeError) as error:
            problem = " ".join(str(error).split())[:300]
            raise AgentFailed(f"{name} does not keep to the protocol: {problem}") from error

    async def _within_time(self, answer: Awaitable[T]) -> T:
        """Await an answer. Raises Cancelled, AgentFailed when time is up or the agent is gone."""
        task = asyncio.ensure_future(answer)
        try:
            while True:
                left = self._visit.seconds_left()
                await asyncio.wait({task}, timeout=max(min(LOOK, left), 0.01))
                if task.done():
                    return task.result()
                if self._visit.host.cancelled():
                    await self._end_turn(task)
                    raise Cancelled("Stopped during a conversation; it is held again.")
                if self._may_end and self._is_nearly_up() and not self._result.exists():
                    self._may_end, self._was_ended = False, True
                    await self._connection.cancel(session_id=self._session)
                if left <= 0:
                    await self._end_turn(task)
                    raise AgentFailed(
                        f"{self._visit.name} gave no answer within {self._given:.0f} seconds"
                        f"{last_said(self._visit.hearing.words)}"
                    )
        except ConnectionError as error:
            raise await self._gone() from error
        finally:
            task.cancel()

    def _is_nearly_up(self) -> bool:
        return bool(self._session) and self._visit.seconds_left() < (1 - NEARLY) * self._given

    async def _end_turn(self, task: asyncio.Future[T]) -> None:
        """Ask the agent to end its turn, and give it a moment."""
        if self._session:
            await self._connection.cancel(session_id=self._session)
            await asyncio.wait({task}, timeout=GRACE)

    async def _gone(self) -> Exception:
        """Return the error for an agent that ended in the middle of a turn."""
        visit, end = self._visit, self._process.end
        if end is None:
            return AgentFailed(f"{visit.name} closed its connection")
        try:
            check_end(end, visit.name, self._given, visit.subject.file.limits.silence)
        except (AgentFailed, AgentUnavailable, Cancelled) as error:
            return error
        said = last_said(plain(self._process.errors) or visit.hearing.words)
        return AgentFailed(
            f"{visit.name} ended with exit code {end.exit_code} in the middle of its turn{said}"
        )

    def _count(self, response: PromptResponse) -> None:
        """Keep what the agent says it used: the figures are of the whole session."""
        used = response.usage
        self._visit.hearing.usage = Usage(
            requests=self._visit.hearing.usage.requests + 1,
            input_tokens=used.input_tokens if used else 0,
            output_tokens=used.output_tokens if used else 0,
            cost_usd=self._client.cost_usd,
            cached_tokens=(used.cached_read_tokens or 0) if used else 0,
        )


def told_by(error: RequestError) -> str:
    """Return an agent's error on one line."""
    details = error.data.get("details") if isinstance(error.data, dict) else None
    return " ".join(f"{error} {details or ''}".split())[:600]
