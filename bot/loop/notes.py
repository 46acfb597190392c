"""An item's one comment about its attempts, which the next attempt edits in place."""

from __future__ import annotations

from bot.domain.effects import CreateComment, EditComment, Effect
from bot.loop.house import House


def attempt_note(house: House, item: int, key: str, body: str) -> Effect:
    """Return the effect that makes the comment say this; `key` names the attempt.

    Edits notify nobody: what a person must answer is a comment of its own.
    """
    receipt = house.journal.receipt(f"attempts/{item}")
    if receipt is None or receipt.node_id is None:
        return CreateComment(f"attempts/{item}", item, body)
    return EditComment(f"{key}/note", receipt.node_id, body)
