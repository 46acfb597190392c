"""From a setting (`claude-code`, `claude-code:MODEL`, `auto`) to an agent."""

from __future__ import annotations

from collections.abc import Mapping

from bot.agents.coding.agent import CodingAgent, Hold, Setting
from bot.agents.coding.command import by_command
from bot.agents.coding.files import AgentFile
from bot.agents.coding.find import AUTO, choose, program_of
from bot.agents.coding.host import Host
from bot.domain.errors import AgentUnavailable, UserError


def open_coding_agent(
    spec: str,
    files: Mapping[str, AgentFile],
    setting: Setting,
    host: Host | None,
) -> CodingAgent:
    """Return the agent that a setting names; without a host it cannot be asked, only checked.

    Raises UserError when there is no such agent or its program is not here.
    """
    name, _, model = spec.partition(":")
    file = choose(files) if name == AUTO else files.get(name)
    if file is None:
        raise UserError(
            f'there is no agent "{name}"; there are playbook:FILE, {", ".join([AUTO, *files])}'
        )
    try:
        program_of(file)
    except AgentUnavailable as error:
        raise UserError(str(error)) from error
    return CodingAgent(file, runtime_of(file), setting, host, model)


def runtime_of(file: AgentFile) -> Hold:
    """Return how conversations with an agent are held. Raises UserError when that is not here."""
    if file.runtime == "command":
        return by_command
    try:
        from bot.agents.coding.acp import by_acp
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "acp":
            raise
        raise UserError(
            f"{file.name} speaks the Agent Client Protocol, which is an extra: "
            "pip install 'specloop[acp]'"
        ) from error
    return by_acp
