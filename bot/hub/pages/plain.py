"""Making any text fit to be shown: control characters that deceive the eye become visible."""

import re

_DECEIVING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
_STACKED = re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+")


def plain(text: str) -> str:
    """Return a text without line tricks: controls and bidirectional overrides are spelled out, and
    at most three marks stand on one letter.
    """
    text = text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    return _STACKED.sub(r"\1", _DECEIVING.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text))


def first_line(text: str, most: int = 300) -> str:
    """Return the first line of a text, cut where it is too long."""
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= most else line[: most - 1] + "…"
