"""Which sandbox holds whom: agents must be enclosed, gates are wherever that can be done."""

from __future__ import annotations

import os
from pathlib import Path

from bot.domain.errors import UserError
from bot.ports.sandbox import Sandbox
from bot.wiring.places import World
from bot.wiring.register import Choices
from bot.workspace.sandbox import Bubblewrap
from bot.workspace.sandbox_probe import available
from bot.workspace.unconfined import Unconfined


def require_sandbox(choices: Choices) -> None:
    """Raise UserError when the agent must be enclosed and cannot be, before anything is written."""
    if choices.unsandboxed and os.environ.get("GITHUB_ACTIONS"):
        raise UserError("On GitHub Actions no agent runs without a sandbox: drop --unsandboxed.")
    if _is_free(choices):
        return
    problem = available()
    if problem:
        raise UserError(
            f"Agents run in a sandbox, and none can be made here. {problem} Or say "
            "`specloop run --unsandboxed`: then agents can read and reach what you can."
        )


def agents_sandbox(
    world: World, choices: Choices, broker_socket: Path | None = None, broker_url: str = ""
) -> Sandbox:
    """Return what holds agents' processes; `broker_*` say where they reach their models."""
    if _is_free(choices):
        return Unconfined(world.cells, broker_url)
    return Bubblewrap(world.cells, broker_socket)


def gates_sandbox(world: World) -> Sandbox:
    """Return what holds gates: they run what agents wrote, so a sandbox where one can be made."""
    return Unconfined(world.cells) if available() else Bubblewrap(world.cells)


def _is_free(choices: Choices) -> bool:
    """Whether agents run as they are: a person said so, or wrote a playbook's commands."""
    if os.environ.get("GITHUB_ACTIONS"):
        return False
    return choices.unsandboxed or choices.agent.startswith("playbook:")
