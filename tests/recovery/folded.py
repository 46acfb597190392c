"""Copies of one thing, as a story may leave them: counted, and taken out of the comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

Found = dict[str, Any]

MARKER = re.compile(r"<!-- specloop key=(\S+) nonce=\S+ -->")


@dataclass(frozen=True)
class Tally:
    """What was created beyond need, and how it was folded."""

    created: int = 0
    """Issues, pull requests and comments in all."""
    closed: int = 0
    """Copies of issues and pull requests, closed."""
    hidden: int = 0
    """Copies of comments, hidden as duplicates."""


def fold(found: Found) -> Tally:
    """Take the copies out that the bot has folded."""
    things = [*nodes(found, "issues"), *nodes(found, "pullRequests")]
    created = len(things) + sum(len(nodes(t, "comments")) for t in things)
    closed = hidden = 0
    for kind in ("issues", "pullRequests"):
        listed = nodes(found, kind)
        lives = {key_of(n["body"]) for n in listed if not _is_folded(n)}
        kept = [n for n in listed if not (_is_folded(n) and key_of(n["body"]) in lives)]
        closed += len(listed) - len(kept)
        found[kind]["nodes"] = kept
        for thing in kept:
            comments = nodes(thing, "comments")
            shown = [c for c in comments if c["minimizedReason"] != "duplicate"]
            hidden += len(comments) - len(shown)
            thing["comments"]["nodes"] = shown
    return Tally(created, closed, hidden)


def _is_folded(thing: Found) -> bool:
    """Whether an issue was closed as a duplicate, or a pull request unmerged."""
    return bool(key_of(thing["body"])) and (
        thing.get("stateReason") == "DUPLICATE"
        or ("headRefName" in thing and thing["state"] == "CLOSED")
    )


def key_of(body: str) -> str:
    """Return the key in a text's marker; empty when it has none."""
    marker = MARKER.search(body)
    return unquote(marker[1]) if marker else ""


def nodes(found: Found, name: str) -> list[Found]:
    """Return what a connection lists."""
    return list((found.get(name) or {}).get("nodes", ()))
