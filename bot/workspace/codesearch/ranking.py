"""From what FTS5 found to what is shown: one place for each file, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.workspace.codesearch.store import Found
from bot.workspace.codesearch.words import names_of, terms_of

# Tried on half of the questions of bench/search; near these values little depends on them.
COVERED = 1.2
"""What it adds when a place holds all the query's words; half of them add half of it."""
PHRASE = 0.25
"""What each of the query's longer identifiers adds that stands there as it is."""
PHRASES = 4
DEFINED = 1.0
"""What it adds to define what the query names."""
PATH = 3.0
"""What it adds to lie in a file that the query names with its path or suffix."""
SECOND = 0.15
"""What the next best places of a file add to it, of what they are worth themselves."""
_ENDINGS = ("ations", "ation", "ings", "ing", "ions", "ion", "ies", "ed", "es", "er", "s")
_PATH = re.compile(r"[\w./-]*\w\.\w+|[\w.-]+(?:/[\w.-]+)+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query asks for, as it is compared with places."""

    terms: tuple[str, ...]
    """What FTS5 looks for."""
    stems: frozenset[str]
    whole: frozenset[str]
    """Its identifiers of several parts, as they may be written."""
    names: frozenset[str]
    """What a definition would be called."""
    paths: tuple[str, ...]


def wanted(query: str) -> Wanted:
    """Return what a query asks for."""
    names = names_of(query)
    terms = terms_of(names)
    joined = frozenset(form for n in names if len(n) > 1 for form in ("_".join(n), "".join(n)))
    single = {n[0] for n in names if len(n) == 1 and n[0] in terms}
    return Wanted(
        terms=tuple(terms),
        stems=frozenset(stem(t) for t in terms),
        whole=joined,
        # A word of plain language names nothing, unless it is all that was asked.
        names=joined | (single if len(names) == 1 else set()),
        paths=tuple(p.strip("/").lower() for p in _PATH.findall(query)),
    )


def ranked(query: Wanted, found: Sequence[Found]) -> list[Found]:
    """Return the best chunk of each file, best first; of a single file all of them."""
    files: dict[str, list[tuple[float, Found]]] = {}
    for one in found:
        files.setdefault(one.path, []).append((_score(one, query), one))
    for places in files.values():
        places.sort(key=lambda p: (-p[0], p[1].first))
    if len(files) == 1:
        return [one for places in files.values() for _, one in places]
    best = [
        (places[0][0] + SECOND * sum(score for score, _ in places[1:4]), places[0][1])
        for places in files.values()
    ]
    return [one for _, one in sorted(best, key=lambda b: (-b[0], b[1].path))]


def _score(one: Found, query: Wanted) -> float:
    path, symbol = one.path.lower(), one.symbol.lower()
    text = f"{path} {symbol} {one.text.lower()}"
    covered = sum(s in text for s in query.stems) / (len(query.stems) or 1)
    whole = min(sum(w in text for w in query.whole), PHRASES)
    defined = symbol.rpartition(".")[2].strip("_") in query.names
    named = any(path == p or path.endswith(f"/{p}") for p in query.paths)
    factor = 1 + COVERED * covered + PHRASE * whole + DEFINED * defined + PATH * named
    return one.score * one.weight * factor


def stem(word: str) -> str:
    """Return a word without its commonest endings, to be looked for inside of others."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
