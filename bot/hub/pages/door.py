"""Which requests are for a page, and the one way in: a page is asked for by a browser's GET."""

from bot.hub.server.messages import Incoming, Outgoing
from bot.hub.world.accounts import RESERVED
from bot.hub.world.hub import Hub

ASSETS = "/_pages/"
"""Where the style sheet, the script and the icon are; no account may be called so."""


def is_page(request: Incoming) -> bool:
    """Return whether a request wants a page: a read that names ``text/html``, no address of the
    API's, or one of the pages' own assets.
    """
    if request.method not in ("GET", "HEAD"):
        return False
    if request.path.startswith(ASSETS):
        return True
    first = request.path.strip("/").partition("/")[0].lower()
    return "text/html" in request.headers.get("accept", "").lower() and first not in RESERVED


def answer_page(hub: Hub, request: Incoming) -> Outgoing:
    """Answer a request for a page; never raises."""
    from bot.hub.pages.answer import answer  # imported when first used: it brings the renderers

    return answer(hub, request)
