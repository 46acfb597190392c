"""What was learned, shown on the spec: one sticky comment that people steer with commands."""

from __future__ import annotations

from bot.domain.effects import CreateComment, EditComment, Effect, Outcome
from bot.domain.run import Learnings
from bot.loop.house import House
from bot.rules.learning import current, tag
from bot.rules.text import digest

COMMENT = "learnings"
"""Key of the comment."""


def lessons_effects(house: House, before: Learnings, now: Learnings) -> list[Effect]:
    """Return the effect that makes the comment list what agents are told from now on, if any."""
    if (current(before), before.taught) == (current(now), now.taught):
        return []
    rows = [{"tag": tag(t), "text": t, "by_people": t in now.taught} for t in current(now)]
    body = house.words.render("comments/learnings", rows=rows)
    receipt = house.journal.receipt(COMMENT)
    if receipt is None:
        return [CreateComment(COMMENT, house.root, body)]
    if receipt.outcome is not Outcome.DONE or receipt.node_id is None:
        return []
    key = f"{COMMENT}/{digest(body, str(house.clock.boot()))}"
    return [EditComment(key, receipt.node_id, body)]
