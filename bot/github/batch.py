"""Many mutations in few requests: what goes into one document, and what its answer says of each.

A batch is no transaction: some aliases may have happened when others did not. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.effects import Outcome, Receipt
from bot.github.answer import Answer, GraphQLError
from bot.github.documents import compose
from bot.github.pacing import is_broken, is_limit
from bot.github.parse import Node

MOST_STEPS = 20
"""Mutations in one request; about 100 are known to time out."""
MOST_BYTES = 60_000
"""Bytes of the variables of one request."""

_ALREADY_SO = re.compile(
    r"already (been |is )?(closed|exists?|added|blocked|taken|a dependency)|has already been taken",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One mutation of a batch."""

    key: str
    field: str
    """The mutation's name."""
    input: Mapping[str, Any]
    read: Callable[[Node], Receipt | Again]
    """Makes the receipt from the mutation's payload."""
    objects: int = 0
    """How many issues, comments or pull requests it creates."""
    lenient: bool = False
    """Whether "it is so already" is as good as done."""


@dataclass(frozen=True, slots=True)
class Again:
    """It certainly did not happen, and sending it once more may help; a limit, if it passes."""

    wait: float
    """Seconds to wait before."""
    note: str
    stale: bool = False
    """Whether a node id was not known to GitHub: new, gone, or not everywhere yet."""
    passes: bool = True
    """Whether it may help later still, when it did not help after a few tries."""


def take(steps: Sequence[Step], most: int) -> int:
    """Return how many of the first steps fit into one request; at least one."""
    size = 0
    for count, step in enumerate(steps):
        size += len(json.dumps(step.input, ensure_ascii=False).encode())
        if count and (count >= most or size > MOST_BYTES):
            return count
    return len(steps)


def document(steps: Sequence[Step]) -> tuple[str, dict[str, Any]]:
    """Return the request: its document and variables; step i has the alias `c<i>`."""
    aliases = [(f"c{i}", step.field) for i, step in enumerate(steps)]
    return compose(aliases), {f"c{i}": dict(step.input) for i, step in enumerate(steps)}


def outcomes(steps: Sequence[Step], answer: Answer) -> list[Receipt | Again]:
    """Return what a complete answer says of every step, in order."""
    whole = [e for e in answer.errors if not e.path]
    if not answer.executed:
        # Refused before the first mutation ran (GraphQL, section 7.1: no `data` entry at all).
        said = whole[0].message if whole else answer.message or f"HTTP {answer.status}"
        return [Receipt(step.key, Outcome.REFUSED, note=said) for step in steps]
    by_alias = {e.alias: e for e in reversed(answer.errors) if e.path}
    return [
        _outcome(step, (answer.data or {}).get(f"c{i}"), by_alias.get(f"c{i}"), whole)
        for i, step in enumerate(steps)
    ]


def _outcome(
    step: Step, payload: Any, error: GraphQLError | None, whole: Sequence[GraphQLError]
) -> Receipt | Again:
    if isinstance(payload, Mapping):
        return step.read(payload)
    if error is None:
        note = whole[0].message if whole else "GitHub's answer does not mention it"
        return Receipt(step.key, Outcome.UNKNOWN, note=note)
    if is_limit(error):
        return Again(60.0, error.message)
    if is_broken(error):
        return Receipt(step.key, Outcome.UNKNOWN, note=error.message)
    if step.lenient and _ALREADY_SO.search(error.message):
        return Receipt(step.key, Outcome.DONE, note=error.message)
    if error.kind == "NOT_FOUND":
        return Again(1.0, error.message, stale=True, passes=False)
    return Receipt(step.key, Outcome.REFUSED, note=error.message)


def too_heavy(answer: Answer) -> bool:
    """Whether a batch ran into GitHub's time or resource limits, so that the next be smaller."""
    return any(is_broken(e) for e in answer.errors)
