"""Which feedback is new: compared with the known items and with itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.board import Board, Item
from bot.domain.outputs import FiledFeedback
from bot.domain.verdict import Feedback
from bot.rules.text import slug

ALIKE = 0.6
"""Share of common words from which two titles count as the same observation."""
ALIKE_IN_PLACE = 0.34
"""The same, when both also name the same file."""

_WORD = re.compile(r"\w+")
_EMPTY_WORDS = frozenset("a an and are be for in is it of on or that the this to with".split())


def triage(
    given: Sequence[tuple[str, Feedback]],
    board: Board,
    known_keys: frozenset[str],
    limit: int,
) -> tuple[FiledFeedback, ...]:
    """Return every piece of feedback with its key and, if it is known already, what it repeats.

    `given` are (specialist, feedback) in order; at most `limit` new ones per specialist are kept
    (the highest priority first is the specialist's own order). Closed items count as known too:
    what a person dropped is not filed again.
    """
    filed: list[FiledFeedback] = []
    taken = set(known_keys)
    count: dict[str, int] = {}
    for specialist, feedback in given:
        repeats = _known(feedback, board) or _among(feedback, filed)
        if not repeats:
            if count.get(specialist, 0) >= limit:
                continue
            count[specialist] = count.get(specialist, 0) + 1
        key = _free_key(slug(feedback.title), taken)
        taken.add(key)
        filed.append(FiledFeedback(feedback, specialist, key, repeats))
    return tuple(filed)


def likeness(one: str, other: str) -> float:
    """Return the share of common words of two titles (Jaccard), 0 to 1."""
    a, b = _words(one), _words(other)
    return len(a & b) / len(a | b) if a | b else float(one.split() == other.split())


def _known(feedback: Feedback, board: Board) -> str:
    return next((f"#{i.number}" for i in board.items if _same_item(feedback, i)), "")


def _same_item(feedback: Feedback, item: Item) -> bool:
    place = bool(feedback.path) and str(feedback.path) in item.issue.body
    return likeness(feedback.title, item.issue.title) >= (ALIKE_IN_PLACE if place else ALIKE)


def _among(feedback: Feedback, filed: Sequence[FiledFeedback]) -> str:
    for other in filed:
        place = bool(feedback.path) and feedback.path == other.feedback.path
        alike = likeness(feedback.title, other.feedback.title)
        if not other.repeats and alike >= (ALIKE_IN_PLACE if place else ALIKE):
            return other.key
    return ""


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower())) - _EMPTY_WORDS


def _free_key(wanted: str, taken: set[str]) -> str:
    key, n = wanted, 2
    while key in taken:
        key, n = f"{wanted[:44]}-{n}", n + 1
    return key
