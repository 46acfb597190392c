"""Puts text of others between fences, so that it stands there as data."""

from __future__ import annotations

import hashlib
import re

from bot.words.hidden import show

LIMIT = 20_000
"""Characters of fenced text, unless told otherwise."""

DATA_LIMIT = 200_000
"""Characters of one piece of data in a prompt; which to leave out is decided before."""

_RUNS = re.compile(r"`{3,}")


def fence(text: object, info: str = "text", limit: int = LIMIT) -> str:
    """Return the text in a fence longer than any in it; hidden characters are taken out.

    HTML comments are broken, because a marker is one, and readers of markers do not parse fences.
    Of a text longer than `limit` characters the beginning and the end stay.
    """
    shown = _shown(text, limit)
    bar = _bar(shown)
    return f"{bar}{info}\n{shown}\n{bar}"


def data(text: object, limit: int = DATA_LIMIT) -> str:
    """Return the text in a fence for a model's eyes, which a tag begins and ends.

    The tag is a digest of the text: nobody can write a text that holds its own, and the same text
    always stands in the same fence, so that prompts keep their common beginning.
    """
    shown = _shown(text, limit)
    bar = _bar(shown)
    tag = hashlib.sha256(shown.encode()).hexdigest()[:16]
    return f"{bar}text\ndata {tag}\n{shown}\nend of data {tag}\n{bar}"


def _shown(text: object, limit: int) -> str:
    return cut_middle(show(str(text)), limit).replace("<!--", "<! --").strip("\n")


def _bar(shown: str) -> str:
    return "`" * (max((len(run) for run in _RUNS.findall(shown)), default=2) + 1)


def cut_middle(text: str, limit: int) -> str:
    """Return the text, or its two ends with a line between them that says how much is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"
