"""From a request to a page: assets, the way in, routes, and the headers every answer carries."""

import hashlib
import re
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote

from bot.hub.clock import NANOSECONDS
from bot.hub.errors import Refusal
from bot.hub.pages import screens
from bot.hub.pages.door import ASSETS
from bot.hub.pages.rendering import asset, render
from bot.hub.pages.screens import Elsewhere, Screen
from bot.hub.pages.session import sign_in, visitor
from bot.hub.pages.visit import Visit
from bot.hub.server.messages import Incoming, Outgoing
from bot.hub.world.hub import Hub

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Authorization, Cookie",
}
_REPOSITORY = r"/(?P<owner>[^/]+)/(?P<name>[^/]+)"
_ROUTES: tuple[tuple[re.Pattern[str], Callable[..., Screen | Elsewhere]], ...] = tuple(
    (re.compile(pattern), screen)
    for pattern, screen in (
        (r"/", screens.front),
        (_REPOSITORY, screens.repository),
        (rf"{_REPOSITORY}/(?:issues|pulls|milestones)", screens.listing),
        (rf"{_REPOSITORY}/milestones/(?P<root>[^/]+)", screens.milestone),
        (rf"{_REPOSITORY}/milestones/(?P<root>[^/]+)/history", screens.run_history),
        (rf"{_REPOSITORY}/milestone/(?P<number>[^/]+)", screens.native_milestone),
        (rf"{_REPOSITORY}/issues/(?P<number>[^/]+)", screens.issue),
        (rf"{_REPOSITORY}/pull/(?P<number>[^/]+)", screens.pull),
        (rf"{_REPOSITORY}/commit/(?P<sha>[^/]+)", screens.commit),
        (rf"{_REPOSITORY}/blob/(?P<sha>[^/]+)/(?P<path>.+)", screens.file),
    )
)


def answer(hub: Hub, request: Incoming) -> Outgoing:
    """Answer a request for a page; never raises."""
    try:
        found = _answer(hub, request)
    except Refusal as refusal:
        found = _plain_page(refusal.status)
    except Exception:  # noqa: BLE001 - a bug gets a page that says so
        traceback.print_exc(file=sys.stderr)
        found = _plain_page(500)
    return Outgoing(found.status, found.body, {**_HEADERS, **found.headers})


def _answer(hub: Hub, request: Incoming) -> Outgoing:
    if request.path.startswith(ASSETS):
        return _asset(request)
    with hub.database.reading() as connection:
        view = hub.database.current(connection)
        if "token" in request.query:
            return sign_in(view, request) or _plain_page(401, "wrong")
        account = visitor(view, request)
        if account is None:
            return _plain_page(401)
        now = datetime.fromtimestamp(hub.database.clock.read() // NANOSECONDS, UTC)
        screen = _screen(Visit(hub, view, account, now, request.query), request.path)
        if screen is None:
            return _plain_page(404)
        if isinstance(screen, Elsewhere):
            return Outgoing(303, b"", {"Location": f"{request.origin}{screen.url}"})
        body = render(
            screen.template, screen.title, screen.above, screen.values, now, account.login
        )
    return _with_etag(_html(200, body), request)


def _screen(visit: Visit, path: str) -> Screen | Elsewhere | None:
    for pattern, screen in _ROUTES:
        match = pattern.fullmatch(path if path == "/" else path.removesuffix("/"))
        if match is not None:
            return screen(
                visit, **{name: unquote(part) for name, part in match.groupdict().items()}
            )
    return None


def _asset(request: Incoming) -> Outgoing:
    found = asset(request.path.removeprefix(ASSETS))
    if found is None:
        return _plain_page(404)
    kind, body = found
    headers = {"Content-Type": kind}
    if request.query_string:  # the pages name assets by their contents
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return _with_etag(Outgoing(200, body, headers), request)


def _plain_page(status: int, why: str = "") -> Outgoing:
    titles = {401: "The way in", 404: "Not found", 500: "Something broke"}
    title = titles.get(status, "Refused")
    return _html(status, render("plain.html", title, (), {"status": status, "why": why}))


def _html(status: int, body: str) -> Outgoing:
    return Outgoing(status, body.encode("utf-8"), {"Content-Type": "text/html; charset=utf-8"})


def _with_etag(found: Outgoing, request: Incoming) -> Outgoing:
    """Add the entity tag, or answer 304 to who has this very page."""
    tag = f'"{hashlib.sha256(found.body).hexdigest()[:32]}"'
    headers = {**found.headers, "ETag": tag}
    asked = request.headers.get("if-none-match", "")
    if tag in [part.strip().removeprefix("W/") for part in asked.split(",")]:
        headers.pop("Content-Type")
        return Outgoing(304, b"", headers)
    return Outgoing(found.status, found.body, headers)
