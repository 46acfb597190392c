"""Small text helpers that several rules share."""

from __future__ import annotations

import hashlib
import re

KEY_LENGTH = 48
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NOT_KEY = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return a key made of a title: lower case, dashes, at most 48 characters, never empty."""
    return _NOT_KEY.sub("-", text.lower()).strip("-")[:KEY_LENGTH].strip("-") or "item"


def digest(*parts: str) -> str:
    """Return a short stable fingerprint of texts (SHA-256, 16 hex digits)."""
    joined = "\0".join(" ".join(part.split()) for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def visible(text: str) -> str:
    """Return a body as a reader sees it: without HTML comments, hidden markers among them.

    A blank takes the place of each, so that what stood around it cannot become another one.
    """
    return _HIDDEN.sub(" ", text).strip()


def counted(number: int, noun: str, several: str = "") -> str:
    """Return a number with its noun: `1 request`, `2 requests`."""
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"


def one_line(text: str, limit: int = 200) -> str:
    """Return the text on one line, cut with an ellipsis at `limit` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
