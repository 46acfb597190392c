"""The few lines of a place that tell what it is and why it was found."""

from __future__ import annotations

from collections.abc import Collection

SHOWN = 4
"""Lines of a snippet at most."""
CHARACTERS = 160
_ASIDE = ("@", "#", "//", "/*", "*", '"""', "'''", "--", "}", ")", "]", "<!--")


def snippet(
    text: str, first: int, symbol: str, stems: Collection[str]
) -> tuple[tuple[int, str], ...]:
    """Return the line that defines the symbol and those with most of the words, in order."""
    lines = text.split("\n")
    name = symbol.rpartition(".")[2]
    told = [n for n, line in enumerate(lines) if line.strip()]
    head = next(
        (n for n in told if name in lines[n] and not lines[n].lstrip().startswith(_ASIDE)),
        told[0] if told else None,
    )
    if head is None:
        return ()
    lowered = {n: lines[n].lower() for n in told if n != head}
    worth = {n: sum(stem in line for stem in stems) for n, line in lowered.items()}
    best = sorted((n for n in worth if worth[n]), key=lambda n: (-worth[n], n))[: SHOWN - 1]
    return tuple((first + n, lines[n].rstrip()[:CHARACTERS]) for n in sorted({head, *best}))
