"""What to search the code for: the sentences of a spec, the titles of items."""

from __future__ import annotations

import re

QUESTIONS = 30
"""Questions that one text gives at most."""
CHARACTERS = 400
_WORDS = 2
"""Sentences with fewer words are left out."""
_PARTS = re.compile(r"\n\s*\n|\n\s*(?:[-*+]|\d+[.)])\s+|(?<=[.!?;:])\s+|\n(?=#)")
_FRAME = " \t\r\n#>*-_"


def questions(*texts: str) -> list[str]:
    """Return the different sentences and points of texts, in order, each on one line."""
    found: dict[str, None] = {}
    for text in texts:
        for part in _PARTS.split(text):
            line = " ".join(part.split()).strip(_FRAME)
            if len(line.split()) >= _WORDS:
                found[line[:CHARACTERS]] = None
    return list(found)[:QUESTIONS]
