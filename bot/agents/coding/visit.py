"""One conversation with a coding agent: what is laid out for it, and what it may see."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.agents.coding.files import NO_PROVIDER, AgentFile
from bot.agents.coding.find import installation, program_of
from bot.agents.coding.hearing import Hearing
from bot.agents.coding.host import Host
from bot.agents.coding.log import Log
from bot.agents.coding.prompt import ARGUMENT_LIMIT
from bot.agents.coding.result import RESULT
from bot.agents.coding.variables import fill_arguments, fill_environment
from bot.agents.folder import Folder, Refused
from bot.agents.roles import Role
from bot.domain.agents import Invocation
from bot.domain.errors import AgentFailed
from bot.ports.agent import Workplace
from bot.ports.process import Care, Heard
from bot.ports.sandbox import Cell

PROMPT = ".specloop-prompt.md"
OWN_LOG = ".specloop-log"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is asked what, where."""

    file: AgentFile
    role: Role
    invocation: Invocation
    workplace: Workplace | None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """The agent's home, the folder it works in, and who listens."""

    subject: Subject
    host: Host
    token: str
    home: Path
    folder: Path
    program: Path
    log: Log
    hearing: Hearing
    deadline: float

    @property
    def name(self) -> str:
        """The agent's name, for sentences."""
        return self.subject.file.name

    @property
    def writable(self) -> bool:
        """Whether the agent may change the folder."""
        return self.subject.workplace is not None and self.subject.workplace.writable

    def seconds_left(self) -> float:
        """Return what remains of the conversation's time."""
        return max(self.deadline - time.monotonic(), 0.0)

    def argv(self, prompt: str) -> list[str]:
        """Return the command line; the prompt is one file in its home, too."""
        try:  # not through a link that it put there meanwhile
            Folder(self.home).write(PROMPT, prompt.encode("utf-8", "replace"))
        except Refused as error:
            raise AgentFailed(f"{self.name} put something else where its prompt is") from error
        arguments = fill_arguments(self.subject.file.command, self._values(prompt))
        return [str(self.program), *arguments[1:]]

    def cell(self) -> Cell:
        """Return what the agent may see and do."""
        file = self.subject.file
        named = (Path(path).expanduser() for path in file.readable)
        return Cell(
            folder=self.folder,
            writable=self.writable,
            environment=fill_environment(file.environment, self._values("")),
            readable=(*installation(self.program), *(path for path in named if path.exists())),
            models=file.provider != NO_PROVIDER,
            home=self.home,
        )

    def care(self, stdin: int | None, heard: Heard, apart: Heard | None = None) -> Care:
        """Return how its process is bounded, and who hears it."""
        return Care(
            timeout=self.seconds_left(),
            silence=self.subject.file.limits.silence,
            stdin=stdin,
            heard=heard,
            apart=apart,
            cancelled=self.host.cancelled,
        )

    def _values(self, prompt: str) -> dict[str, str]:
        invocation = self.subject.invocation
        file = self.home / PROMPT
        if len(prompt.encode("utf-8", "replace")) > ARGUMENT_LIMIT:
            prompt = f"Your task is in the file {file}. Read all of it first, then do it."
        url = self.host.sandbox.broker_url
        return {
            "prompt_file": str(file),
            "prompt": prompt.replace("\0", ""),
            "result_file": str(self.home / RESULT),
            "folder": str(self.folder),
            "role": invocation.role,
            "item": invocation.subject,
            "iteration": str(invocation.iteration),
            "attempt": str(invocation.attempt),
            "round": str(invocation.round),
            "model": self.subject.model,
            "broker_url": f"{url.rstrip('/')}/{self.subject.file.provider}" if url else "",
            "pass": self.token,
            "log_file": str(self.home / OWN_LOG),
        }


@contextmanager
def open_visit(
    subject: Subject, host: Host, token: str, hearing: Hearing, log: Log
) -> Iterator[Visit]:
    """Lay a home out and remove it afterwards; its log is kept. Raises AgentUnavailable."""
    file, role = subject.file, subject.role
    program = program_of(file)
    seconds = min(role.seconds, file.limits.seconds or role.seconds)
    # An agent can leave folders in its home that cannot be removed; the system will.
    with tempfile.TemporaryDirectory(prefix="specloop-", ignore_cleanup_errors=True) as place:
        home = Path(place, "home")
        nowhere = Path(place, "folder")
        home.mkdir()
        nowhere.mkdir()
        for path, text in file.home.items():
            Folder(home).write(path, text.encode("utf-8", "replace"))
        try:
            yield Visit(
                subject=subject,
                host=host,
                token=token,
                home=home,
                folder=subject.workplace.path if subject.workplace else nowhere,
                program=program,
                log=log,
                hearing=hearing,
                deadline=time.monotonic() + seconds,
            )
        finally:
            _keep_own_log(home, log)


def _keep_own_log(home: Path, log: Log) -> None:
    try:
        own = Folder(home).read(OWN_LOG)
    except (Refused, OSError):
        return  # most agents have none; one that is a link or huge is not worth a word
    log.write(b"\n=== its own log\n" + own)
