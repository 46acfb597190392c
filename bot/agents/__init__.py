"""Agents: roles from files, prompts, tools, and the runtimes that answer.

Importing this costs nothing; what an agent needs is imported when one is opened or asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import UserError

if TYPE_CHECKING:
    from bot.agents.prompt import PromptWords
    from bot.agents.tools import RunCommand
    from bot.ports.agent import Agent
    from bot.ports.clock import Clock

__all__ = ["open_agent"]

EXISTING = "playbook:FILE"


def open_agent(
    spec: str,
    role_folders: Sequence[Path],
    words: PromptWords,
    clock: Clock,
    run_command: RunCommand | None = None,
    transcripts: Path | None = None,
) -> Agent:
    """Return the agent that a setting names: `playbook:FILE`.

    Roles are read from the folders, later ones first in rank. Without `run_command` no agent runs
    commands; without `transcripts` (a folder) no conversation is kept. Raises UserError, with file
    and line, for an unknown setting, a broken role or a broken playbook.
    """
    kind, _, argument = spec.partition(":")
    if kind != "playbook" or not argument:
        raise UserError(f'there is no agent "{spec}"; what exists now: {EXISTING}')
    from bot.agents.playbook import PlaybookModels
    from bot.agents.playbook_format import read_playbook
    from bot.agents.roles import load_roles
    from bot.agents.runtime import ModelAgent, Surroundings
    from bot.agents.transcript import folder_sink

    roles = load_roles(role_folders, words)
    playbook = read_playbook(Path(argument), roles)
    save = folder_sink(transcripts) if transcripts else None
    world = Surroundings(words, clock, run_command, save)
    return ModelAgent(roles, PlaybookModels(playbook, clock), world)
