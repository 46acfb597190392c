"""The hidden marker that every created object carries at its end: whose wish it is. Pure.

`<!-- specloop key=item/login nonce=4f2a -->`; values are percent-encoded, so they hold nothing
that could end the comment. A marker proves nothing by itself: it counts only on an object that
our own identity created.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

LONGEST = 60_000
"""Characters of a body that are always accepted: GitHub stores 65,536 of any kind."""
CUT = "\n\n*The rest was left out: GitHub takes no longer text.*"

_PLAIN = "/:#@+,"
_MARKER = re.compile(r"<!--[ \t]+specloop[ \t]+key=(\S+)[ \t]+nonce=(\S+)[ \t]+-->")
# Never looks past the next comment's start, so that hostile text costs no more than its length.
_ANY = re.compile(r"<!--\s*specloop(?:(?!<!--).)*?-->", re.DOTALL | re.IGNORECASE)
_OPENING = re.compile(r"<!--\s*specloop", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marker:
    """Which wish an object fulfils, and which sending of it."""

    key: str
    nonce: str


def render(marker: Marker) -> str:
    """Return the marker as it stands in a body."""
    return f"<!-- specloop key={_encode(marker.key)} nonce={_encode(marker.nonce)} -->"


def read(body: str) -> Marker | None:
    """Return the last marker in a body, or None."""
    found = None
    for found in _MARKER.finditer(body):  # noqa: B007 - the last one counts
        pass
    if found is None:
        return None
    return Marker(_decode(found.group(1)), _decode(found.group(2)))


def without_markers(text: str) -> str:
    """Return text that holds no marker, whole or begun, whatever it was made of."""
    # What a removal joins together, or what was only begun, loses its start instead.
    return _OPENING.sub("[specloop", _ANY.sub("", text))


def signed(body: str, marker: Marker) -> str:
    """Return a body that ends in the marker and is short enough to be stored."""
    tail = "\n\n" + render(marker)
    return fitted(body.rstrip(), LONGEST - len(tail)) + tail


def fitted(text: str, longest: int = LONGEST) -> str:
    """Return the text, cut with a plain sentence when it has more characters than `longest`."""
    return text if len(text) <= longest else text[: max(0, longest - len(CUT))] + CUT


def _encode(value: str) -> str:
    # An empty value would not be read back; "%" alone never comes out of the encoding.
    return quote(value, safe=_PLAIN, errors="replace") or "%"


def _decode(value: str) -> str:
    return "" if value == "%" else unquote(value, errors="replace")
