"""The hub: an embedded GitHub on loopback. REST, GraphQL and git over HTTP, a world in one folder.

Nothing else of ``bot`` is imported here. Importing this package is cheap: it loads no web server.
"""

from bot.hub.errors import BrokenWorld
from bot.hub.folder import BOT, MAINTAINER, World, found_world, running_hub
from bot.hub.process import HubNotStarted, HubProcess, start_hub
from bot.hub.server.tokens import read_tokens

__all__ = [
    "BOT",
    "MAINTAINER",
    "BrokenWorld",
    "HubNotStarted",
    "HubProcess",
    "World",
    "found_world",
    "read_tokens",
    "running_hub",
    "start_hub",
]
