"""An agent that answers from a record: the same answer, and the same files, for the same key."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.agents import Invocation, Reply
from bot.domain.errors import AgentFailed, AgentUnavailable, SpecloopError
from bot.domain.invocations import Ended, InvocationRecord
from bot.ports.agent import Workplace

Lay = Callable[[str, Path], None]
"""Makes a folder hold exactly the files of a commit."""


class Unrecorded(SpecloopError):
    """An invocation that the record does not know."""

    def __init__(self, key: str) -> None:
        """`key` is what was asked."""
        super().__init__(f"{key} is asked, and the record has no answer to it.")
        self.key = key


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded conversation."""

    record: InvocationRecord
    reply: Reply | None
    head: str = ""
    """The commit with an Executor's work after it, answered or not; empty for who only reads."""


class RecordedAgent:
    """Answers each key's conversations in the order in which they were held."""

    def __init__(self, recordings: Mapping[str, Sequence[Recording]], lay: Lay) -> None:
        # What was stopped or met a provider's limit was held again: nothing came of it.
        again = (Ended.STOPPED, Ended.BUSY)
        self._left = {
            key: [r for r in held if r.record.ended not in again]
            for key, held in recordings.items()
        }
        self._lay = lay
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def answered(self) -> int:
        """How many conversations were answered so far."""
        return self._asked.total()

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Answer as it was answered; see the port. Raises Unrecorded."""
        with self._lock:
            held = self._left.get(invocation.key, [])
            number = self._asked[invocation.key]
            if number >= len(held):
                raise Unrecorded(invocation.key)
            self._asked[invocation.key] += 1
        recording = held[number]
        record = recording.record
        for tool, count in record.tools.items():
            for _ in range(count):
                told(tool, "as recorded")
        if recording.head and workplace is not None:
            self._lay(recording.head, workplace.path)
        if record.ended is Ended.FAILED:
            raise AgentFailed(record.why, record.usage, record.talk)
        if recording.reply is None:
            raise AgentUnavailable(record.why, record.usage, record.talk)
        return recording.reply
