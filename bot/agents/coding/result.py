"""What an agent hands back: a file with its answer, or with one word and a sentence.

`docs/agents.md` and `templates/agents/protocol.md` tell agents and their authors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from bot.agents.answer_parts import TEXT_LIMIT
from bot.agents.answers import AnswerRefused, parse_answer
from bot.agents.coding.lines import plain
from bot.agents.folder import Folder, Refused
from bot.agents.tools import as_text, reason_of
from bot.domain.agents import Answer, RoleKind
from bot.domain.errors import AgentFailed

RESULT = ".specloop-result"
"""The file's name in the agent's home: outside the worktree, so that it is never committed."""
_SIMPLE = re.compile(r"(done|failed|blocked)\b[ \t]*:?\s*(.*)", re.DOTALL | re.IGNORECASE)
_BLOCK = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n[ \t]*```", re.DOTALL)


def read_result(home: Path, name: str) -> str | None:
    """Return the result file's text, or None when there is none.

    Raises AgentFailed when it is no file one may read: a link, a pipe, something huge or binary.
    """
    try:
        text = as_text("the file", Folder(home).read(RESULT))
    except FileNotFoundError:
        return None
    except (Refused, OSError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        raise AgentFailed(f"{name} left a result that cannot be read: {reason}") from error
    return text if text.strip() else None


def remove_result(home: Path) -> None:
    """Remove an earlier result, whatever it is."""
    try:
        (home / RESULT).unlink(missing_ok=True)
    except OSError as error:
        raise AgentFailed(f"the result cannot be replaced: {reason_of(error)}") from error


def answer_in(text: str, kind: RoleKind, prompt: Mapping[str, object]) -> Answer:
    """Return the answer that a result file holds. Raises AnswerRefused."""
    text = text.strip()
    simple = _SIMPLE.fullmatch(text)
    if kind is RoleKind.EXECUTOR and simple:
        return parse_answer(kind, _as_data(simple[1].lower(), plain(simple[2])), prompt)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        words = " or begin with done, failed or blocked" if kind is RoleKind.EXECUTOR else ""
        raise AnswerRefused((f"the result must be one JSON object{words}: {error}",)) from error
    return parse_answer(kind, data, prompt)


def answer_among(words: str, kind: RoleKind, prompt: Mapping[str, object]) -> Answer | None:
    """Return the answer that last words hold: they are JSON, or end with a block of it.

    None when they hold no JSON at all; raises AnswerRefused when it breaks the rules.
    """
    blocks = _BLOCK.findall(words)
    for text in (words, *reversed(blocks)):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            continue
        return parse_answer(kind, data, prompt)
    return None


def done(words: str, prompt: Mapping[str, object]) -> Answer:
    """Return what it means when an Executor just ends: done, with its last words as summary."""
    return parse_answer(RoleKind.EXECUTOR, _as_data("done", words), prompt)


def failed(why: str, prompt: Mapping[str, object]) -> Answer:
    """Return the answer of an Executor that gave up."""
    return parse_answer(RoleKind.EXECUTOR, _as_data("failed", why), prompt)


def _as_data(outcome: str, text: str) -> dict[str, str]:
    text = text[-TEXT_LIMIT:]
    if outcome == "blocked":
        return {"outcome": outcome, "summary": "A person must answer.", "question": text}
    return {"outcome": outcome, "summary": text or f"It said {outcome} and nothing else."}
