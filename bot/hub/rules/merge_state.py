"""The one word GitHub gives for how far a pull request is from being merged."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MergeFacts:
    """What decides; ``mergeable`` is None when there is nothing to merge into any more."""

    mergeable: bool | None
    is_draft: bool
    rollup: str | None
    is_blocked: bool = False
    """Whether branch protection demands what is not there."""
    is_behind: bool = False
    """Whether branch protection demands a head that contains the base."""


def merge_state_status(facts: MergeFacts) -> str:
    """Return MergeStateStatus."""
    if facts.mergeable is None:
        return "UNKNOWN"
    if not facts.mergeable:
        return "DIRTY"
    if facts.is_draft:
        return "DRAFT"
    if facts.is_blocked:
        return "BLOCKED"
    if facts.is_behind:
        return "BEHIND"
    return "CLEAN" if facts.rollup in (None, "SUCCESS") else "UNSTABLE"
