"""GitHub (or the hub) as a Tracker; importing this package is light, opening a tracker is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.github.tracker import GitHubTracker
    from bot.github.turns import Created
    from bot.ports.clock import Clock
    from bot.ports.tracker import SendPermit


def open_tracker(
    base_url: str,
    token: str,
    repository: str,
    permit: SendPermit,
    clock: Clock,
    pace: bool = True,
    created: Created = tuple,
) -> GitHubTracker:
    """Return the Tracker of one repository, ready to be asked; nothing is sent yet.

    `base_url` is `https://api.github.com` or the hub's address, `repository` is `owner/name`.
    `pace` spaces out writes as GitHub asks its clients to; the hub needs none of it. `created`
    tells when objects were created that earlier processes made: GitHub's limits count them too.
    Use it in a `with` block, or call `close`, to give its connections back.
    """
    from bot.github.client import Client
    from bot.github.pace import GITHUB, UNPACED
    from bot.github.tracker import GitHubTracker

    client = Client(base_url, token, permit, clock, GITHUB if pace else UNPACED, created)
    return GitHubTracker(client, repository, clock)
