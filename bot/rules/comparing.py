"""Two runs of one milestone, compared deed by deed; identifiers and times aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_URL = re.compile(r"https?://127\.0\.0\.1:\d+")
_TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z)?")
_SECONDS = re.compile(r"\b\d+(\.\d+)? s\b")
_COMMIT = re.compile(r"\b[0-9a-f]{7,40}\b")
"""A short commit need hold no digit: one in a thousand does not."""
_KEYS = (
    (re.compile(r"^progress/.*"), "progress/*"),
    (re.compile(r"^command/\d+"), "command/*"),
)
SHOWN = 700
"""Characters shown of a side of a difference."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One effect with what came of it, or the end of one iteration."""

    iteration: int
    key: str
    says: tuple[tuple[str, str], ...]
    """Names and values, as people read them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two runs part."""

    position: int
    """From 1, among all deeds."""
    what: str
    recorded: str
    rehearsed: str


def plain(text: str) -> str:
    """Return a text without what differs from run to run: addresses, times, commits."""
    for pattern, stands in (
        (_URL, "<here>"), (_TIME, "<time>"), (_SECONDS, "<time>"), (_COMMIT, "<commit>"),
    ):  # fmt: skip
        text = pattern.sub(stands, text)
    return text


def plain_key(key: str) -> str:
    """Return an effect's key without ids that the tracker chose."""
    for pattern, stands in _KEYS:
        key = pattern.sub(stands, key)
    return plain(key)


def first_difference(
    recorded: Sequence[Deed], rehearsed: Sequence[Deed], *, to_the_end: bool
) -> Difference | None:
    """Return where two runs part, or None when they do not.

    `to_the_end` says that the record is of a run that stood still: the other may not do more.
    """
    for position, (one, other) in enumerate(zip(recorded, rehearsed, strict=False), 1):
        if one != other:
            return _between(position, one, other)
    position = min(len(recorded), len(rehearsed)) + 1
    if len(recorded) > len(rehearsed):
        gone = recorded[len(rehearsed)]
        return Difference(position, _named(gone), _shown(gone), "nothing more")
    if len(rehearsed) > len(recorded) and to_the_end:
        more = rehearsed[len(recorded)]
        return Difference(position, _named(more), "nothing more", _shown(more))
    return None


def _between(position: int, one: Deed, other: Deed) -> Difference:
    if (one.iteration, one.key) != (other.iteration, other.key):
        return Difference(position, _named(one), _shown(one), _shown(other))
    mine, its = dict(one.says), dict(other.says)
    name = next(n for n in {**mine, **its} if mine.get(n) != its.get(n))
    what = f"{_named(one)}, {name}"
    return Difference(position, what, *_apart(mine.get(name, ""), its.get(name, "")))


def _apart(one: str, other: str) -> tuple[str, str]:
    """Return two texts from the first line on in which they differ."""
    mine, its = one.splitlines(), other.splitlines()
    same = next(
        (n for n, (a, b) in enumerate(zip(mine, its, strict=False)) if a != b),
        min(len(mine), len(its)),
    )
    return "\n".join(mine[same:])[:SHOWN] or "(ends)", "\n".join(its[same:])[:SHOWN] or "(ends)"


def _named(deed: Deed) -> str:
    return f"iteration {deed.iteration}, {deed.key}"


def _shown(deed: Deed) -> str:
    says = "; ".join(f"{name}: {value}" for name, value in deed.says if value)
    return f"{_named(deed)} ({says})"[:SHOWN]
