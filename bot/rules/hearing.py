"""Which commands of a comment are new: each counts once, also one that is edited in later.

What was heard is remembered by the comment and the words of its line: a comment may be edited, and
then its lines move. What was edited away before anybody looked was never said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.commands import Command
from bot.domain.work import Comment
from bot.rules.grammar import spoken
from bot.rules.text import digest

BOT_SUFFIX = "[bot]"
"""What GitHub's REST ends the logins of Apps in; people's cannot hold brackets."""


@dataclass(frozen=True, slots=True)
class Uttered:
    """A command that was not heard yet."""

    ordinal: int
    """Its place among all commands that this comment ever held, in the order they were heard."""
    command: Command
    entry: str
    """What is remembered of it."""


def uttered(comment: Comment, heard: Iterable[str]) -> Iterator[Uttered]:
    """Yield the commands of a comment that `heard` (entries of all comments) does not hold."""
    start = f"{comment.id}/"
    known = Counter(entry for entry in heard if entry.startswith(start))
    ordinal = known.total()
    for entry, command in _entries(comment):
        if known[entry] > 0:
            known[entry] -= 1
            continue
        yield Uttered(ordinal, command, entry)
        ordinal += 1


def entries(comments: Iterable[Comment]) -> tuple[str, ...]:
    """Return what is remembered of comments whose commands count as heard."""
    return tuple(entry for comment in comments for entry, _ in _entries(comment))


def is_bot(login: str) -> bool:
    """Whether a login is an App's: what those say is never a command, nor answered.

    Every workflow of a repository writes as `github-actions[bot]`, whoever started it, and two
    bots that answer each other never end.
    """
    return login.endswith(BOT_SUFFIX)


def _entries(comment: Comment) -> Iterator[tuple[str, Command]]:
    for line, command in spoken(comment.body, own_thread=True):
        yield f"{comment.id}/{digest(line)[:8]}", command
