"""The prompt of a coding agent: the role's, then how to hand the answer back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.agents.answers import ANSWERS
from bot.agents.prompt import PromptWords
from bot.agents.roles import Role
from bot.domain.agents import Invocation
from bot.domain.errors import AgentUnavailable, UserError

PROTOCOL = "protocol.md"
ARGUMENT_LIMIT = 100_000
"""Bytes of a prompt that may be an argument: Linux takes 128 KiB, the system's end included."""


@dataclass(frozen=True, slots=True)
class Prompter:
    """Writes prompts for one role."""

    words: PromptWords
    protocol: Path
    role: Role

    def first(self, invocation: Invocation, folder: Path, writable: bool, result: Path) -> str:
        """Return the whole prompt. Raises AgentUnavailable when a template is broken."""
        values = {
            "iteration": invocation.iteration,
            "subject": invocation.subject,
            "attempt": invocation.attempt,
            "round": invocation.round,
            **invocation.prompt,
        }
        schema = ANSWERS[self.role.kind].model_json_schema()
        told = {
            "kind": self.role.kind.value,
            "folder": str(folder),
            "writable": writable,
            "result_file": str(result),
            "schema": json.dumps(schema, ensure_ascii=False, separators=(",", ":")),
        }
        try:
            source = self.protocol.read_text(encoding="utf-8")
            prompt = self.role.render(self.words, values)
            protocol = self.words.render_text(source, str(self.protocol), told)
        except (UserError, OSError) as error:
            raise AgentUnavailable(f"the prompt of {self.role.name} is broken: {error}") from error
        return "\n\n".join((prompt.system, *prompt.said, protocol.strip())) + "\n"


def finish(result: Path) -> str:
    """Return what is said when time is nearly up."""
    return (
        "Time is nearly up, so your turn was ended. Finish now: begin nothing new, leave the files "
        "in a state that stands on its own, and write your answer, with what is missing named in "
        f"it, to {result}\n"
    )


def again(violations: Sequence[str], result: Path) -> str:
    """Return what is said when an answer breaks its rules."""
    problems = "\n".join(f"- {violation}" for violation in violations)
    return (
        "Your answer could not be used:\n\n"
        f"{problems[:8_000]}\n\n"
        "Your work is as you left it; do not do it again. Write only the answer anew, "
        f"whole and mended, to {result}\n"
    )
