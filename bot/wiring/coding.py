"""Coding agents: which files describe them, and what they are given of this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

from bot.agents import Coding
from bot.agents.coding.host import Host
from bot.domain.errors import UserError
from bot.ports.sandbox import Sandbox
from bot.wiring.places import World
from bot.words import TemplateWords
from bot.workspace.process import run_watched

FOLDER = ".github/specloop/agents/"
"""Where a repository keeps agent files of its own, on its base branch."""


def own_agents(paths: Iterable[str], read: Callable[[str], bytes | None]) -> dict[str, str]:
    """Return the agent files among a commit's paths. Raises UserError for one that is no text."""
    return {
        path: _text(path, read(path) or b"")
        for path in sorted(paths)
        if path.startswith(FOLDER) and path.endswith(".yml")
    }


def coding(
    words: TemplateWords,
    own: Mapping[str, str],
    world: World | None = None,
    sandbox: Sandbox | None = None,
    stop: threading.Event | None = None,
) -> Coding:
    """Return what is known of coding agents; without world and sandbox they can be checked only."""
    host = None
    if world is not None and sandbox is not None:
        cancelled = (stop or threading.Event()).is_set
        host = Host(sandbox, run_watched, cancelled=cancelled, logs=world.transcripts)
    return Coding(words.root / "agents", own, host)


def _text(path: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: an agent file must be UTF-8 text.") from error
