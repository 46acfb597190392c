"""Learnings: what agents wished they had known, what people taught, and who is told which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.domain.run import Learnings
from bot.rules.text import digest, one_line

LENGTH = 400
"""Characters of one learning."""
TAUGHT = 40
"""Learnings of people that are kept; the oldest gives way."""
FORGOTTEN = 200
"""Learnings taken back that are remembered, so that no agent brings them back."""
SHARED = 4_000
"""Characters of the learnings that every prompt begins with."""
MORE = 1_500
"""Characters of the further ones that a task is given because they are near to it."""

_WORD = re.compile(r"[^\W_]{3,}")


def tag(text: str) -> str:
    """Return the six letters by which people name a learning: they go with its text alone.

    A number would go with its place, and the Planner may change the list while a person writes.
    """
    return digest(text)[:6]


def current(known: Learnings) -> tuple[str, ...]:
    """Return what agents are told: what people taught, then what the Planner curated."""
    return tuple(dict.fromkeys((*known.taught, *_allowed(known.curated, known))))


def teach(known: Learnings, text: str) -> Learnings:
    """Return the learnings with one that a person says; the Planner cannot take it back."""
    said = one_line(text, LENGTH)
    taught = (*(t for t in known.taught if t != said), said)[-TAUGHT:]
    return replace(known, taught=taught, forgotten=tuple(f for f in known.forgotten if f != said))


def forget(known: Learnings, wanted: str) -> Learnings | None:
    """Return the learnings without the one of that tag, for good; None when there is none."""
    gone = tuple(text for text in current(known) if tag(text) == wanted)
    if not gone:
        return None
    return replace(
        known,
        taught=tuple(t for t in known.taught if t not in gone),
        curated=tuple(c for c in known.curated if c not in gone),
        inbox=tuple(i for i in known.inbox if i not in gone),
        forgotten=(*known.forgotten, *gone)[-FORGOTTEN:],
    )


def curated(known: Learnings, texts: Iterable[str]) -> Learnings:
    """Return the learnings with the set that the Planner curated, less what people took back."""
    short = (one_line(text, LENGTH) for text in texts if text.strip())
    kept = tuple(dict.fromkeys(_allowed(short, known)))
    return replace(known, curated=tuple(text for text in kept if text not in known.taught))


def inbox_with(known: Learnings, wishes: Iterable[str], limit: int) -> Learnings:
    """Return the learnings with new wishes in the inbox; the newest `limit` are kept."""
    short = (one_line(wish, LENGTH) for wish in wishes if wish.strip())
    told = current(known)
    fresh = dict.fromkeys((*known.inbox, *_allowed(short, known)))
    return replace(known, inbox=tuple(w for w in fresh if w not in told)[-limit:])


def with_words_of(decided: Learnings, now: Learnings) -> Learnings:
    """Return learnings that were decided earlier, with what people said of them since."""
    return curated(replace(decided, taught=now.taught, forgotten=now.forgotten), decided.curated)


def told(known: Iterable[str], task: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what every prompt begins with, and what this task is given beside it.

    All stand at the beginning while they fit. Of the rest, those that share the most words with the
    task follow it: the beginning stays the same for every task.
    """
    texts = tuple(known)
    first = _fitting(texts, SHARED)
    words = _words(task)
    rest = [text for text in texts[len(first) :] if _words(text) & words]
    ranked = sorted(rest, key=lambda text: -len(_words(text) & words))
    return first, _fitting(ranked, MORE)


def _fitting(texts: Iterable[str], room: int) -> tuple[str, ...]:
    """Return the first texts, up to the one for which there is no room."""
    kept: list[str] = []
    for text in texts:
        room -= len(text) + 1
        if room < 0:
            break
        kept.append(text)
    return tuple(kept)


def _allowed(texts: Iterable[str], known: Learnings) -> Iterable[str]:
    return (text for text in texts if text not in known.forgotten)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
