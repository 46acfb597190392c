"""From a question, an identifier or a path to terms, and to a query that FTS5 takes.

Text is indexed with `camelCase` parted; FTS5's own tokenizer parts the rest and stems it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

TERMS = 24
"""Terms of a query at most; what people ask has fewer."""
CHARACTERS = 4000
"""Characters of a query that are looked at."""

_CAMEL = re.compile(r"[a-z0-9](?=[A-Z])")
_ACRONYM = re.compile(r"([A-Z]+)([A-Z][a-z])")
_NAME = re.compile(r"[^\W_]+(?:_+[^\W_]+)*", re.UNICODE)
_PART = re.compile(r"[^\W_]+", re.UNICODE)

# Words of questions and specs that say nothing of where something is.
STOP = frozenset(
    "a about above after again all also am an and any are as at be because been before being below "
    "between both but by can cannot could did do does doing done down each either else ever every "
    "for from further get gets getting given go goes had has have having he her here hers him his "
    "how i if in into is it its itself just let like make makes may me might more most must my "
    "need needs neither no nor not now of off on once one only or other others our out over own "
    "per please same shall she should so some such than that the their them then there these they "
    "this those through to too under until up use used uses using very via want was we were what "
    "when where whether which while who whom why will with within without would you your "
    "s t re ve ll don doesn isn".split()
)


def parted(text: str) -> str:
    """Return text with `camelCase` as `camel Case`."""
    return _CAMEL.sub(lambda found: f"{found[0]} ", text)


def wholly_parted(text: str) -> str:
    """Return text with `HTTPServer` as `HTTP Server`, besides what `parted` does."""
    return _ACRONYM.sub(r"\1 \2", parted(text))


def names_of(query: str) -> list[tuple[str, ...]]:
    """Return the query's words in order, each with its parts in lower case, once.

    `readFile` and `read_file` have the parts `read` and `file`; a plain word is its only part.
    """
    found: dict[tuple[str, ...], None] = {}
    for name in _NAME.findall(query[:CHARACTERS]):
        found[tuple(p.lower() for p in _PART.findall(wholly_parted(name)))] = None
        found[tuple(p.lower() for p in _PART.findall(parted(name)))] = None
    return list(found)


def terms_of(names: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the different parts that say something; all of them when none does."""
    every = dict.fromkeys(part for name in names for part in name)
    telling = [p for p in every if p not in STOP and (len(p) > 1 or not p.isascii())]
    return (telling or list(every))[:TERMS]


def quoted(term: str) -> str:
    """Return a term as FTS5 takes it: letters and digits in quotes are never syntax."""
    return f'"{term}"'


def expression(terms: Iterable[str]) -> str:
    """Return the FTS5 expression for places with any of the terms."""
    return " OR ".join(quoted(term) for term in terms)
