"""Wished changes of the outside world, in four classes, and what came of them.

GitHub has no idempotency and no transactions, so each class carries its own promise:
Create is journaled before it is sent and recovered by its nonce; Set is dropped and decided anew
when its answer is lost; Move is compare-and-swap; Wake is at-least-once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.work import CloseReason


@dataclass(frozen=True, slots=True)
class CreateIssue:
    """Open a child issue with its labels, milestone and parent in one request."""

    key: str
    title: str
    body: str
    labels: tuple[str, ...]
    parent: int | None
    """The root's number, or None when the root has no room for another sub-issue."""
    milestone: int


@dataclass(frozen=True, slots=True)
class CreateComment:
    """Comment on an issue or a pull request."""

    key: str
    subject: int
    body: str


@dataclass(frozen=True, slots=True)
class CreatePullRequest:
    """Open a pull request."""

    key: str
    head: str
    base: str
    title: str
    body: str
    head_sha: str = ""
    """The commit that was pushed to `head`."""


Create = CreateIssue | CreateComment | CreatePullRequest


@dataclass(frozen=True, slots=True)
class AddLabels:
    """Add labels one by one; what a person set stays."""

    key: str
    number: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveLabels:
    """Remove labels one by one; an absent one is no error."""

    key: str
    number: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CloseIssue:
    """Close an issue with a reason."""

    key: str
    number: int
    reason: CloseReason
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True)
class ClosePullRequest:
    """Close a pull request unmerged."""

    key: str
    number: int


@dataclass(frozen=True, slots=True)
class LinkBlockedBy:
    """Record that one issue is blocked by another."""

    key: str
    number: int
    blocked_by: int


@dataclass(frozen=True, slots=True)
class LeaveMilestone:
    """Take an open issue off the native Milestone, so that it becomes backlog."""

    key: str
    number: int


@dataclass(frozen=True, slots=True)
class CloseMilestone:
    """Close the native Milestone."""

    key: str
    number: int


@dataclass(frozen=True, slots=True)
class EditComment:
    """Replace the text of one of the bot's own comments."""

    key: str
    comment_node_id: str
    body: str


@dataclass(frozen=True, slots=True)
class HideComment:
    """Hide a copy of one of the bot's own comments as a duplicate."""

    key: str
    comment_node_id: str


class Reaction(StrEnum):
    """The receipts of a command."""

    ACCEPTED = "THUMBS_UP"
    REFUSED = "CONFUSED"


@dataclass(frozen=True, slots=True)
class React:
    """React to a comment."""

    key: str
    comment_node_id: str
    reaction: Reaction


@dataclass(frozen=True, slots=True)
class SetCommitStatus:
    """Publish a gate's colour on a commit."""

    key: str
    sha: str
    context: str
    green: bool
    description: str


SetEffect = (
    AddLabels
    | RemoveLabels
    | CloseIssue
    | ClosePullRequest
    | LinkBlockedBy
    | LeaveMilestone
    | CloseMilestone
    | EditComment
    | HideComment
    | React
    | SetCommitStatus
)


class MergeMethod(StrEnum):
    """How a pull request lands, as GitHub names it."""

    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


@dataclass(frozen=True, slots=True)
class MergePullRequest:
    """Merge a pull request, provided its head is still the one that was judged."""

    key: str
    number: int
    head_sha: str
    method: MergeMethod
    title: str
    message: str


Move = MergePullRequest
"""Branches and the state ref move by git push, which is a compare-and-swap of its own."""


@dataclass(frozen=True, slots=True)
class WakeNext:
    """Make the next iteration due."""

    key: str
    root: int


Effect = Create | SetEffect | Move | WakeNext


class Outcome(StrEnum):
    """What came of one effect."""

    DONE = "done"
    REFUSED = "refused"
    """The other side said no: sending it again changes nothing."""
    UNKNOWN = "unknown"
    """The answer was lost or ambiguous: it may or may not have happened."""
    UNSENT = "unsent"
    """It certainly did not happen and may be sent later: a limit was met, or nobody answered."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of one effect, with the identity of what it made."""

    key: str
    outcome: Outcome
    number: int | None = None
    """Issue or pull request number; for a comment its database id."""
    node_id: str | None = None
    sha: str | None = None
    """For a merge: the commit that landed."""
    note: str = ""
    """Why it was refused, is unknown or was not sent."""
    at: datetime | None = None
    """When the answer came; it dates what was created."""
    again_at: datetime | None = None
    """When the limit ends that kept it from being sent."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A Create that is about to be sent; both `key` and `nonce` stand in the object's marker."""

    key: str
    nonce: str
    effect: Create
    at: datetime
