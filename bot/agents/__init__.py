"""Agents: roles from files, prompts, tools, and the runtimes that answer.

Importing this costs nothing; what an agent needs is imported when one is opened or asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import UserError

if TYPE_CHECKING:
    from bot.agents.prompt import PromptWords
    from bot.agents.roles import Role
    from bot.agents.tools import RunCommand
    from bot.ports.agent import Agent
    from bot.ports.clock import Clock

__all__ = ["open_agent"]

EXISTING = "playbook:FILE"


def open_agent(
    spec: str,
    roles: Mapping[str, Role],
    words: PromptWords,
    clock: Clock,
    run_command: RunCommand | None = None,
    transcripts: Path | None = None,
) -> Agent:
    """Return the agent that a setting names: `playbook:FILE`.

    `roles` are all that can be asked, by name. Without `run_command` no agent runs commands;
    without `transcripts` (a folder) no conversation is kept. Raises UserError for an unknown
    setting and, with file and line, for a broken playbook.
    """
    kind, _, argument = spec.partition(":")
    if kind != "playbook" or not argument:
        raise UserError(f'there is no agent "{spec}"; what exists now: {EXISTING}')
    from bot.agents.playbook import PlaybookModels
    from bot.agents.playbook_format import read_playbook
    from bot.agents.runtime import ModelAgent, Surroundings
    from bot.agents.transcript import folder_sink

    playbook = read_playbook(Path(argument), roles)
    save = folder_sink(transcripts) if transcripts else None
    world = Surroundings(words, clock, run_command, save)
    return ModelAgent(roles, PlaybookModels(playbook, clock), world)
