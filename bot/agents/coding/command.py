"""The `command` runtime: a program that is started, reads its prompt, and ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from bot.agents.coding.endings import check_end
from bot.agents.coding.lines import Lines
from bot.agents.coding.visit import PROMPT, Visit
from bot.domain.errors import AgentFailed


@contextmanager
def by_command(visit: Visit) -> Iterator[CommandTalk]:
    """Hold a conversation by starting the program for each thing that is said."""
    yield CommandTalk(visit)


class CommandTalk:
    """A conversation in which the program remembers nothing: it is told everything again."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def say(self, prompt: str, more: str) -> int:
        """Run the program once and return its exit code; see `Talk`."""
        visit = self._visit
        seconds = visit.seconds_left()
        if seconds <= 0:
            raise AgentFailed(f"{visit.name} had no time left to mend its answer")
        whole = f"{prompt}\n{more}" if more else prompt
        argv = visit.argv(whole)
        lines = Lines(visit.hearing.line)

        def heard(chunk: bytes) -> None:
            visit.log.write(chunk)
            lines.feed(chunk)

        with visit.host.sandbox.enclose(argv, visit.cell()) as enclosed:
            stdin = self._stdin()
            try:
                care = visit.care(stdin, heard)
                ended = visit.host.run(enclosed.argv, visit.folder, enclosed.environment, care)
            finally:
                if stdin is not None:
                    os.close(stdin)
        lines.close()
        visit.hearing.close()
        check_end(ended, visit.name, seconds, visit.subject.file.limits.silence)
        return ended.exit_code

    def _stdin(self) -> int | None:
        """Return the prompt's file, opened: unlike a pipe it waits for no reader."""
        if self._visit.subject.file.prompt != "stdin":
            return None
        return os.open(self._visit.home / PROMPT, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
