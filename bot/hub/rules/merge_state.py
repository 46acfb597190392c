"""The one word GitHub gives for how far a pull request is from being merged."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MergeFacts:
    """What decides; ``mergeable`` is None when there is nothing to merge into any more."""

    mergeable: bool | None
    is_draft: bool
    rollup: str | None


def merge_state_status(facts: MergeFacts) -> str:
    """Return MergeStateStatus.

    The hub has no branch protection, so BLOCKED and BEHIND never come.
    """
    if facts.mergeable is None:
        return "UNKNOWN"
    if not facts.mergeable:
        return "DIRTY"
    if facts.is_draft:
        return "DRAFT"
    return "CLEAN" if facts.rollup in (None, "SUCCESS") else "UNSTABLE"
