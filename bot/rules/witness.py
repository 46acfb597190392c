"""Who bears witness to a verdict: the bot's own comment, since anybody may have forged a record."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.verdict import Verdict
from bot.domain.work import Comment

_NOTE = re.compile(r"<!-- specloop verdict=met tree=([0-9a-f]{40,64}) -->")


def is_witnessed(verdict: Verdict, comments: Iterable[Comment], viewer: str) -> bool:
    """Whether a verdict may stand: one that says met was told by the bot, of that very tree.

    `comments` are the root's. One that somebody edited bears no witness; a verdict that is not met
    allows nothing and needs none.
    """
    if not verdict.met:
        return True
    return any(
        verdict.tree in _NOTE.findall(comment.body)
        for comment in comments
        if comment.author == viewer and comment.editor in (None, viewer)
    )
