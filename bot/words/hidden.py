"""Characters that a reader cannot see, and how they are taken out."""

from __future__ import annotations

import re
import unicodedata

BREAK = "\N{ZERO WIDTH SPACE}"
"""What the bot itself puts into a word to break its meaning; taken out of every text first."""

# Letters and marks that draw nothing although Unicode does not class them as format characters:
# fillers, joiners, variation selectors. Hidden text can be spelled in any of them.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_NEWLINES = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Control, format (zero width, direction, tags), private use, lone surrogates, unassigned.
_HIDDEN_CLASSES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def show(text: str) -> str:
    """Return the text without hidden characters and with plain newlines; tabs stay.

    Joiners go too: a joined emoji falls apart into its visible parts.
    """
    lines = _INVISIBLE.sub("", _NEWLINES.sub("\n", text))
    if lines.isascii() and lines.isprintable():
        return lines
    return "".join(
        c for c in lines if c in "\n\t" or unicodedata.category(c) not in _HIDDEN_CLASSES
    )
