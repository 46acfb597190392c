"""A coding agent as the loop knows it: asked for a role, it answers in the role's kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bot.agents.answers import AnswerRefused
from bot.agents.coding.endings import last_said
from bot.agents.coding.files import AgentFile
from bot.agents.coding.hearing import Hearing
from bot.agents.coding.host import Host, Spending
from bot.agents.coding.log import Log
from bot.agents.coding.prompt import Prompter, again
from bot.agents.coding.result import (
    RESULT,
    answer_among,
    answer_in,
    done,
    failed,
    read_result,
    remove_result,
)
from bot.agents.coding.visit import Subject, Visit, open_visit
from bot.agents.prompt import PromptWords
from bot.agents.redacting import Redactor
from bot.agents.roles import Role, role_of
from bot.domain.agents import Answer, Invocation, Reply, RoleKind
from bot.domain.errors import (
    AgentFailed,
    AgentTrouble,
    AgentUnavailable,
    DiskFull,
    is_no_room,
)
from bot.domain.talk import Talk as Held
from bot.ports.agent import Workplace
from bot.ports.clock import Clock

REPAIRS = 2
"""How often an agent may mend an answer that breaks its rules."""


class Talk(Protocol):
    """A conversation that is being held."""

    def say(self, prompt: str, more: str) -> int:
        """Say something and return the exit code; 0 when the agent ended its turn well.

        `more` is empty at first, and says later why the answer could not be used.
        """
        ...


Hold = Callable[[Visit], AbstractContextManager[Talk]]
"""A runtime: starts the conversation, and ends it whatever comes."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What agents need besides the machine."""

    roles: Mapping[str, Role]
    words: PromptWords
    clock: Clock
    protocol: Path
    """The template that tells agents how to hand their answer back."""


class CodingAgent:
    """An Agent that is somebody else's program."""

    def __init__(
        self, file: AgentFile, hold: Hold, setting: Setting, host: Host | None, model: str = ""
    ) -> None:
        """Without a host it is only there to be checked. `model` fills its variable."""
        self._file = file
        self._hold = hold
        self._setting = setting
        self._host = host
        self._model = model

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Hold the conversation in this thread; see the port."""
        if self._host is None:
            raise AgentUnavailable(f"{self._file.name} has no machine to run on")
        role = role_of(self._setting.roles, invocation)
        start = self._setting.clock.boot()
        hearing = Hearing(self._file.output, self._file.name, told)
        subject = Subject(self._file, role, invocation, workplace, self._model)
        spending = Spending(self._host, self._file, role, invocation.key)
        redactor = Redactor(self._setting.words, (spending.token,))
        log = Log(self._host.logs, invocation.key, self._file.limits.output, redactor)
        held = Held(f"{self._file.runtime}: {self._file.name}", self._model)
        try:
            with closing(log), open_visit(subject, self._host, spending.token, hearing, log) as v:
                prompt = self._prompt(v)
                held = replace(held, prompt=digest_of(prompt, v.home))
                answer = self._converse(v, prompt)
        except AgentTrouble as error:  # it was paid for all the same
            error.usage = spending.settle(hearing.usage, self._setting.clock.boot() - start)
            error.talk = replace(held, transcript=log.digest)
            raise
        except BaseException as error:
            spending.settle(hearing.usage, 0.0)
            if isinstance(error, OSError) and is_no_room(error):
                raise DiskFull from error
            raise
        finally:
            if log.problem:
                told("transcript", f"not saved: {log.problem}")
        usage = spending.settle(hearing.usage, self._setting.clock.boot() - start)
        return Reply(answer, usage, replace(held, transcript=log.digest))

    def _prompt(self, visit: Visit) -> str:
        prompter = Prompter(self._setting.words, self._setting.protocol, visit.subject.role)
        return prompter.first(
            visit.subject.invocation, visit.folder, visit.writable, visit.home / RESULT
        )

    def _converse(self, visit: Visit, prompt: str) -> Answer:
        result = visit.home / RESULT
        visit.log.write(f"=== prompt\n{prompt}\n=== conversation\n".encode("utf-8", "replace"))
        more, refused = "", ""
        with self._hold(visit) as talk:
            for _ in range(1 + REPAIRS):
                remove_result(visit.home)
                code = talk.say(prompt, more)
                try:
                    return answer_after(visit, code)
                except AnswerRefused as error:
                    refused = str(error)
                    more = again(error.violations, result)
        raise AgentFailed(
            f"{visit.name} gave no usable answer, even after {REPAIRS} repairs: {refused[:600]}"
        )


def digest_of(prompt: str, home: Path) -> str:
    """Return a prompt's SHA-256, with the home as `~`: it is another one each time."""
    text = prompt.replace(str(home), "~")
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def answer_after(visit: Visit, code: int) -> Answer:
    """Return the answer that an agent left behind. Raises AnswerRefused or AgentFailed."""
    prompt, kind = visit.subject.invocation.prompt, visit.subject.role.kind
    words = visit.hearing.words
    text = read_result(visit.home, visit.name)
    if text is not None:
        return answer_in(text, kind, prompt)
    if code != 0 and visit.subject.file.result == "exit-code" and kind is RoleKind.EXECUTOR:
        return failed(f"Exit code {code}{last_said(words)}", prompt)
    if code != 0:
        raise AgentFailed(
            f"{visit.name} ended with exit code {code} and left no result{last_said(words)}"
        )
    if kind is RoleKind.EXECUTOR:
        return _told_or_done(words, prompt)
    answer = answer_among(words, kind, prompt)
    if answer is None:
        raise AnswerRefused((f"there is no answer: {RESULT} does not exist",))
    return answer


def _told_or_done(words: str, prompt: Mapping[str, object]) -> Answer:
    """Return the answer in an Executor's last words; words without one are its summary."""
    try:
        return answer_among(words, RoleKind.EXECUTOR, prompt) or done(words, prompt)
    except AnswerRefused:
        return done(words, prompt)
