"""What coding agents are given of this machine, and what their questions cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.agents.coding.files import NO_PROVIDER, AgentFile
from bot.agents.roles import Role
from bot.domain.errors import AgentUnavailable
from bot.domain.usage import Usage
from bot.ports.broker import Broker, Pass
from bot.ports.process import RunProcess, never
from bot.ports.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Host:
    """Where coding agents run."""

    sandbox: Sandbox
    run: RunProcess
    broker: Broker | None = None
    """None: no provider's key is known, so only agents without a provider can be asked."""
    cancelled: Callable[[], bool] = never
    logs: Path | None = None
    """Folder for what the agents print; None: it is not kept."""
    cap_usd: float = 10.0
    """What one conversation may cost, when its role does not say."""


class Spending:
    """One conversation's account at the broker."""

    def __init__(self, host: Host, file: AgentFile, role: Role, key: str) -> None:
        """Open it under an invocation's key. Raises AgentUnavailable."""
        self._broker = host.broker
        self._pass: Pass | None = None
        if file.provider == NO_PROVIDER:
            return
        if host.broker is None or not host.sandbox.broker_url:
            raise AgentUnavailable(no_key(file))
        cap = host.cap_usd if role.cost_usd is None else role.cost_usd
        self._pass = host.broker.admit(key, cap)

    @property
    def token(self) -> str:
        """What stands for the key; empty when the agent asks no provider."""
        return self._pass.token if self._pass else ""

    def settle(self, heard: Usage, seconds: float) -> Usage:
        """Return what was used, and end the pass; what the agent said itself is second best."""
        used = heard
        if self._pass is not None and self._broker is not None:
            try:
                used = self._broker.settle(self._pass)
            except AgentUnavailable:  # the answer is worth more than its bill
                used = heard
            self._pass = None
        return replace(used, seconds=seconds)


def no_key(file: AgentFile) -> str:
    """Return why an agent cannot be asked without a key, and what to do."""
    variable = f"{file.provider.upper().replace('-', '_')}_API_KEY"
    sentence = f"{file.name} asks {file.provider}, and no key for it is known: set {variable}"
    logins = [p for p in file.subscription if Path(p).expanduser().exists()]
    if logins:
        sentence += f" (your login in {logins[0]} cannot be used: agents see nothing of your home)"
    return sentence
