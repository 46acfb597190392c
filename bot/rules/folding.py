"""Copies of one key: the lowest number lives, the others are closed as duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain.effects import CloseIssue, ClosePullRequest, SetEffect
from bot.domain.work import CloseReason, Snapshot


def fold(snapshot: Snapshot, marked: Iterable[tuple[str, int]]) -> tuple[SetEffect, ...]:
    """Return the effects that leave one live copy of every key.

    `marked` are (key, number) of the bot's own objects whose marker the journal knows: child
    issues and pull requests of the snapshot.
    """
    copies: dict[str, list[int]] = {}
    for key, number in marked:
        copies.setdefault(key, []).append(number)
    issues = {i.number: i for i in snapshot.items}
    effects: list[SetEffect] = []
    for key, numbers in sorted(copies.items()):
        keep, *extra = sorted(set(numbers))
        for number in extra:
            name = f"fold/{key}/{number}"
            if number in issues:
                if issues[number].is_open:
                    effects.append(CloseIssue(name, number, CloseReason.DUPLICATE, keep))
            else:
                pull_request = snapshot.pull_request(number)
                if pull_request is not None and pull_request.is_open:
                    effects.append(ClosePullRequest(name, number))
    return tuple(effects)


def survivors(marked: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Return the number that lives for each key."""
    kept: dict[str, int] = {}
    for key, number in marked:
        kept[key] = min(number, kept.get(key, number))
    return kept
