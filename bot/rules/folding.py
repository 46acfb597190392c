"""Copies of one key: one of them lives, the others are closed as duplicates, or hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.domain.effects import CloseIssue, ClosePullRequest, HideComment, SetEffect
from bot.domain.work import CloseReason, Snapshot


def extras(
    marked: Iterable[tuple[str, int]], kept: Mapping[str, int]
) -> dict[int, tuple[str, int]]:
    """Return key and survivor of every number that is one too many.

    `marked` are (key, number) of objects whose marker the journal knows. The one in `kept` lives,
    because everything since was built on it; where there is none, the lowest number does.
    """
    copies: dict[str, list[int]] = {}
    for key, number in marked:
        copies.setdefault(key, []).append(number)
    found: dict[int, tuple[str, int]] = {}
    for key, numbers in sorted(copies.items()):
        keep = kept.get(key, min(numbers))
        found.update((n, (key, keep)) for n in sorted(set(numbers)) if n != keep)
    return found


def fold(
    snapshot: Snapshot, marked: Iterable[tuple[str, int]], kept: Mapping[str, int]
) -> tuple[SetEffect, ...]:
    """Return the effects that leave one live copy of every child issue and pull request."""
    issues = {i.number: i for i in snapshot.items}
    effects: list[SetEffect] = []
    for number, (key, keep) in extras(marked, kept).items():
        name = f"fold/{key}/{number}"
        if number in issues:
            if issues[number].is_open:
                effects.append(CloseIssue(name, number, CloseReason.DUPLICATE, keep))
        else:
            pull_request = snapshot.pull_request(number)
            if pull_request is not None and pull_request.is_open:
                effects.append(ClosePullRequest(name, number))
    return tuple(effects)


def fold_comments(
    marked: Iterable[tuple[str, int, str]], kept: Mapping[str, int]
) -> tuple[SetEffect, ...]:
    """Return the effects that leave one comment of every key in sight.

    `marked` are key, database id and node id of the bot's own comments.
    """
    comments = list(marked)
    nodes = {number: node_id for _, number, node_id in comments}
    found = extras(((key, number) for key, number, _ in comments), kept)
    return tuple(HideComment(f"fold/{key}/{n}", nodes[n]) for n, (key, _) in found.items())


def without_copies(
    snapshot: Snapshot, marked: Iterable[tuple[str, int]], kept: Mapping[str, int]
) -> Snapshot:
    """Return the snapshot in which each child issue and pull request is there once."""
    gone = extras(marked, kept)
    return replace(
        snapshot,
        items=tuple(i for i in snapshot.items if i.number not in gone),
        pull_requests=tuple(p for p in snapshot.pull_requests if p.number not in gone),
    )
