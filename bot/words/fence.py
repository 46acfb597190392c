"""Puts text of others between fences, so that it stands there as data."""

from __future__ import annotations

import re

from bot.words.hidden import show

LIMIT = 20_000
"""Characters of fenced text, unless told otherwise."""

_RUNS = re.compile(r"`{3,}")


def fence(text: object, info: str = "text", limit: int = LIMIT) -> str:
    """Return the text in a fence longer than any in it; hidden characters are taken out.

    HTML comments are broken, because a marker is one, and readers of markers do not parse fences.
    Of a text longer than `limit` characters the beginning and the end stay.
    """
    shown = cut_middle(show(str(text)), limit).replace("<!--", "<! --").strip("\n")
    longest = max((len(run) for run in _RUNS.findall(shown)), default=2)
    bar = "`" * (longest + 1)
    return f"{bar}{info}\n{shown}\n{bar}"


def cut_middle(text: str, limit: int) -> str:
    """Return the text, or its two ends with a line between them that says how much is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"
