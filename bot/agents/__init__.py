"""Agents: roles from files, prompts, tools, and the runtimes that answer.

Importing this costs nothing; what an agent needs is imported when one is opened or asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import UserError

if TYPE_CHECKING:
    from bot.agents.coding.host import Host
    from bot.agents.prompt import PromptWords
    from bot.agents.roles import Role
    from bot.agents.tools import RunCommand
    from bot.domain.providers import Models
    from bot.ports.agent import Agent
    from bot.ports.broker import Broker
    from bot.ports.clock import Clock

__all__ = ["Coding", "open_agent", "open_model_agent"]

EXISTING = "playbook:FILE, auto, or a coding agent's name"


@dataclass(frozen=True, slots=True)
class Coding:
    """Where coding agents are described, and where they run."""

    shipped: Path
    """The agent files that came with specloop, and the protocol that agents are told."""
    own: Mapping[str, str] = field(default_factory=dict)
    """The repository's own agent files, path to text, as they are on the base branch."""
    host: Host | None = None
    """None: agents can be checked, not asked."""


def open_agent(
    spec: str,
    roles: Mapping[str, Role],
    words: PromptWords,
    clock: Clock,
    run_command: RunCommand | None = None,
    transcripts: Path | None = None,
    coding: Coding | None = None,
) -> Agent:
    """Return the agent that a setting names: `playbook:FILE`, `claude-code[:MODEL]` or `auto`.

    `roles` are all that can be asked, by name. Without `run_command` no agent runs commands;
    without `transcripts` (a folder) no conversation is kept; without `coding` there are no coding
    agents. Raises UserError for an unknown setting, a program that is missing and, with file and
    line, for a broken playbook or agent file.
    """
    kind, _, argument = spec.partition(":")
    if kind not in ("playbook", "") and coding is not None:
        return _open_coding(spec, roles, words, clock, coding)
    if kind != "playbook" or not argument:
        raise UserError(f'there is no agent "{spec}"; what exists now: {EXISTING}')
    from bot.agents.playbook import PlaybookModels
    from bot.agents.playbook_format import read_playbook
    from bot.agents.runtime import ModelAgent, Surroundings
    from bot.agents.transcript import folder_sink

    playbook = read_playbook(Path(argument), roles)
    save = folder_sink(transcripts, words.redact) if transcripts else None
    world = Surroundings(words, clock, run_command, save)
    return ModelAgent(roles, PlaybookModels(playbook, clock), world)


def open_model_agent(
    models: Models,
    broker: Broker,
    roles: Mapping[str, Role],
    words: PromptWords,
    clock: Clock,
    run_command: RunCommand | None,
    transcripts: Path | None,
) -> Agent:
    """Return the agent that asks providers' models through the broker.

    Each conversation is kept in the folder `transcripts`, with a log that grows while it is held.
    """
    from bot.agents.providers import ProviderModels
    from bot.agents.runtime import ModelAgent, Surroundings
    from bot.agents.transcript import folder_log, folder_sink

    save = folder_sink(transcripts, words.redact) if transcripts else None
    log = folder_log(transcripts, words) if transcripts else None
    world = Surroundings(words, clock, run_command, save, log)
    return ModelAgent(roles, ProviderModels(models, broker), world)


def _open_coding(
    spec: str, roles: Mapping[str, Role], words: PromptWords, clock: Clock, coding: Coding
) -> Agent:
    from bot.agents.coding.agent import Setting
    from bot.agents.coding.files import agent_files
    from bot.agents.coding.opening import open_coding_agent
    from bot.agents.coding.prompt import PROTOCOL

    setting = Setting(roles, words, clock, coding.shipped / PROTOCOL)
    return open_coding_agent(spec, agent_files(coding.shipped, coding.own), setting, coding.host)
