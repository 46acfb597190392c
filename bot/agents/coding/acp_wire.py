"""The Agent Client Protocol's messages over a process's pipes: bounded, and forgiving of noise."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from typing import Any

from acp.schema import SessionNotification
from pydantic import ValidationError

from bot.agents.coding.lines import Lines

WAITING = 1000
"""Messages that may wait to be handled; then the agent has to wait."""
PATIENCE = 10.0
_UPDATE = "session/update"


class PipeTransport:
    """A Transport of the `acp` package: one JSON object per line.

    What is no message is left to the log: agents print banners and warnings, too. So is what the
    package would print a traceback for.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._room = threading.Semaphore(WAITING)
        self._lines = Lines(self._line)
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self, stdin: int) -> None:
        """Write to this descriptor, which is the agent's standard input and closed with us."""
        pipe = os.fdopen(stdin, "wb", buffering=0)
        made = await self._loop.connect_write_pipe(
            lambda: asyncio.streams.FlowControlMixin(loop=self._loop), pipe
        )
        self._writer = asyncio.StreamWriter(made[0], made[1], None, self._loop)

    @property
    def connected(self) -> bool:
        """Whether there is anybody to write to."""
        return self._writer is not None

    def heard(self, chunk: bytes) -> None:
        """Take bytes of the agent's standard output, from the thread that reads them."""
        self._lines.feed(chunk)

    def ended(self) -> None:
        """The agent's process has ended; called from the thread that waited for it."""
        self._hand_on(None)

    async def send(self, message: dict[str, Any]) -> None:
        """Send one message; to an agent that has ended, none."""
        if self._writer is None or self._writer.is_closing():
            return
        try:
            self._writer.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
            await self._writer.drain()
        except (ConnectionError, RuntimeError):
            return  # that it ended is told by `receive`

    async def receive(self) -> dict[str, Any] | None:
        """Return the next message, or None when there will be none."""
        message = await self._queue.get()
        self._room.release()
        return message

    async def close(self) -> None:
        """Close the agent's standard input."""
        if self._writer is not None:
            self._writer.close()

    def _line(self, text: str) -> None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return
        if isinstance(message, dict) and is_sound(message):
            self._hand_on(message)

    def _hand_on(self, message: dict[str, Any] | None) -> None:
        if not self._room.acquire(timeout=PATIENCE) and message is not None:
            return
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, message)
        except RuntimeError:
            return  # the conversation is over, and its loop closed


def is_sound(message: dict[str, Any]) -> bool:
    """Whether a message is an answer, a request, or a notification that we know."""
    method = message.get("method")
    if "id" in message:
        return isinstance(message["id"], int | str) and isinstance(method, str | None)
    if method != _UPDATE:
        return False
    try:
        SessionNotification.model_validate(message.get("params"))
    except ValidationError:
        return False
    return True
