"""Where one milestone is worked on: its folders, its GitHub, its repository, and who thinks."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.findings import Gate
from bot.ports.agent import Agent
from bot.ports.desk import Desk
from bot.wiring.checkout import Checkout
from bot.wiring.embedded import Endpoint
from bot.wiring.places import World
from bot.wiring.register import Milestone
from bot.workspace.remote import Remote


@dataclass(frozen=True, slots=True)
class Site:
    """Where one milestone is worked on."""

    world: World
    endpoint: Endpoint
    milestone: Milestone
    checkout: Checkout | None
    """Where gates are looked for when none is configured; None: in the base branch."""
    agent: Agent | None = None
    """Who answers; None: whoever the milestone's choices name."""
    desk: Desk | None = None
    """Who takes orders for what may not be done in this process."""
    gates: tuple[Gate, ...] = ()
    """Gates that an order names; they replace the configured ones."""

    @property
    def name(self) -> str:
        """The repository's name without its owner: what folders are named after."""
        return self.milestone.repository.partition("/")[2]

    @property
    def remote(self) -> Remote:
        """Where git finds the repository, with the bot's token."""
        token = self.endpoint.bot_token
        return Remote(self.endpoint.git_url(self.milestone.repository), lambda: token)
