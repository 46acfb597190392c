"""The embedded GitHub of a world: started or joined, with a copy of the checkout in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.domain.errors import ServiceError, UserError
from bot.hub import (
    BOT,
    MAINTAINER,
    BrokenWorld,
    HubNotStarted,
    found_world,
    running_hub,
    start_hub,
)
from bot.wiring.places import World

LAG = 0.25
"""Seconds by which the embedded GitHub's listings lag behind writes, as the real one's do."""
SETTLE = 1.0
"""Seconds after which absence from its listings counts; well above the lag."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the embedded GitHub answers, and with whose tokens."""

    url: str
    bot_token: str
    maintainer_token: str
    paced: bool = False
    """Whether writes are spaced out as GitHub asks; the embedded one needs none of it."""
    settle: float | None = None
    """Seconds after which absence from listings counts; None: as everywhere."""
    web: str = ""
    """Where pages are; empty: at the same address."""
    git: str = ""
    """Where repositories are; empty: where the pages are."""

    def page(self, repository: str) -> str:
        """Return the address of a repository's page, without a final slash."""
        return f"{self.web or self.url}/{repository}"

    def git_url(self, repository: str) -> str:
        """Return the address that git uses."""
        return f"{self.git or self.web or self.url}/{repository}.git"


@contextmanager
def embedded_github(world: World, port: int = 0, *, late: bool = True) -> Iterator[Endpoint]:
    """Serve a world's GitHub while the block runs, or join the server that already does.

    Its listings lag unless `late` is off. Raises UserError when the world is another version's,
    ServiceError when it cannot be served.
    """
    try:
        home = found_world(world.hub)
        tokens = home.tokens
        running = running_hub(world.hub)
        if running is not None:
            yield Endpoint(running, tokens[BOT], tokens[MAINTAINER])
            return
        with start_hub(home, port=port, lag=LAG if late else 0.0) as hub:
            settle = None if late else 0.0
            yield Endpoint(hub.url, tokens[BOT], tokens[MAINTAINER], settle=settle)
    except BrokenWorld as error:
        raise UserError(str(error)) from error
    except HubNotStarted as error:
        raise ServiceError(f"The embedded GitHub did not start: {error}") from error


def is_served(world: World) -> bool:
    """Whether some process serves this world's GitHub now."""
    return running_hub(world.hub) is not None
