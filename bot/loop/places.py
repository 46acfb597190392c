"""The places of the code that a spec, or an item, is likely about: where an agent may begin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bot.loop.house import House
from bot.ports.search import Place, SearchFailed

PLACES = 24
"""Places that a prompt shows at most."""
CHARACTERS = 3_000
_EACH = 8
"""Places of one question that count."""
_LATER = 10
"""How little it matters where in its list a question found a place (reciprocal rank fusion)."""


def places(house: House, commit: str, asked: Sequence[str]) -> tuple[str, ...]:
    """Return lines such as `src/parser.py:10-24 Parser.read`, the likeliest first.

    What several questions find comes before what one does. A search that fails costs nobody a
    run: then there are none.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    best: dict[str, tuple[int, Place]] = {}
    try:
        for question in asked:
            for rank, place in enumerate(house.search.find(question, commit, limit=_EACH)):
                scores[place.path] += 1 / (_LATER + rank)
                if place.path not in best or rank < best[place.path][0]:
                    best[place.path] = rank, place
    except SearchFailed:
        return ()
    order = sorted(scores, key=lambda path: (-scores[path], path))[:PLACES]
    return _bounded([best[path][1].line for path in order])


def _bounded(lines: Sequence[str]) -> tuple[str, ...]:
    kept: list[str] = []
    left = CHARACTERS
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            break
        kept.append(line)
    return tuple(kept)
