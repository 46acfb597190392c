"""Work as the tracker shows it: issues, comments, reviews, pull requests; a Snapshot of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Priority(StrEnum):
    """High blocks DONE; Medium blocks it unless deferred by name; Low becomes backlog."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ItemKind(StrEnum):
    """What a child issue is for."""

    WORK = "work"
    FEEDBACK = "feedback"
    DECISION = "decision"


class Status(StrEnum):
    """Where an item stands; derived from facts by `rules.status`, never stored."""

    OPEN = "open"
    IN_PROGRESS = "in progress"
    IN_REVIEW = "in review"
    BLOCKED = "blocked"
    DONE = "done"
    DROPPED = "dropped"


class IssueState(StrEnum):
    """An issue's state as GitHub names it."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class CloseReason(StrEnum):
    """Why an issue is closed, as GitHub names it."""

    COMPLETED = "COMPLETED"
    NOT_PLANNED = "NOT_PLANNED"
    DUPLICATE = "DUPLICATE"


class Permission(StrEnum):
    """What a person may do in the repository, after GitHub folds maintain and triage."""

    ADMIN = "admin"
    WRITE = "write"
    READ = "read"
    NONE = "none"

    @property
    def can_write(self) -> bool:
        """Whether this permission lets a person steer the bot."""
        return self in (Permission.ADMIN, Permission.WRITE)


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment on an issue or a pull request."""

    id: int
    """GitHub's database id, which REST and the receipts use."""
    node_id: str
    author: str
    editor: str | None
    """Who edited it last; None when nobody did."""
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Labelled:
    """Somebody put a label on an issue, or took it off."""

    label: str
    by: str
    at: datetime
    off: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of how an issue's words came to be: read of the root alone."""

    edited_at: datetime | None = None
    """When its body was last edited; None when nobody did."""
    renamed_at: datetime | None = None
    """When it last got another title, as far as its latest events tell."""
    renamed_by: str | None = None
    labelled: tuple[Labelled, ...] = ()
    """The latest labels that were put on and taken off, oldest first."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue: the root or a child."""

    number: int
    node_id: str
    title: str
    body: str
    author: str
    editor: str | None
    state: IssueState
    state_reason: CloseReason | None
    labels: tuple[str, ...]
    created_at: datetime
    parent: int | None
    blocked_by: tuple[int, ...]
    """Numbers of the *open or closed* issues that GitHub lists as blocking this one."""
    comments: tuple[Comment, ...]
    """The latest comments, oldest first; all of them when `comment_count` equals their number."""
    comment_count: int
    past: Past = Past()

    @property
    def is_open(self) -> bool:
        """Whether the issue is open."""
        return self.state is IssueState.OPEN


class ReviewState(StrEnum):
    """A reviewer's opinion, as GitHub names it."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    COMMENTED = "COMMENTED"
    DISMISSED = "DISMISSED"
    PENDING = "PENDING"


@dataclass(frozen=True, slots=True)
class Review:
    """One review of a pull request, bound to the head it was given for."""

    author: str
    state: ReviewState
    body: str
    commit_sha: str | None
    submitted_at: datetime | None
    id: int = 0
    """GitHub's database id."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said about a place in a pull request's diff, in a thread that is unresolved."""

    author: str
    path: str
    line: int | None
    """None: about the whole file, or about a line that is gone."""
    body: str


class PullRequestState(StrEnum):
    """A pull request's state, as GitHub names it."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    MERGED = "MERGED"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One pull request."""

    number: int
    node_id: str
    title: str
    body: str
    author: str
    state: PullRequestState
    head_branch: str
    head_sha: str
    head_repository: str | None
    """`owner/name` of the head's repository; None when it was deleted."""
    base_branch: str
    is_draft: bool
    closes: tuple[int, ...]
    merge_commit: str | None
    reviews: tuple[Review, ...]
    """Opinions, oldest first, dismissed ones included; mere comments may be missing."""
    comments: tuple[Comment, ...]
    remarks: tuple[Remark, ...] = ()
    """Read only where somebody asked for changes."""
    labels: tuple[str, ...] = ()
    merge_state: str = ""
    """How far GitHub says it is from being merged (`CLEAN`, `BLOCKED` and so on); empty when it
    was not asked."""

    @property
    def is_open(self) -> bool:
        """Whether the pull request can still be merged."""
        return self.state is PullRequestState.OPEN


@dataclass(frozen=True, slots=True)
class MilestoneRef:
    """The native GitHub Milestone that groups a spec's children."""

    number: int
    node_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything one iteration knows of the tracker and the code, read at one time."""

    taken_at: datetime
    repository: str
    """`owner/name`."""
    viewer: str
    """The login the bot acts as; only its objects can carry our markers."""
    root: Issue
    milestone: MilestoneRef | None
    items: tuple[Issue, ...]
    pull_requests: tuple[PullRequest, ...]
    base_branch: str
    base_sha: str
    base_tree: str

    def item(self, number: int) -> Issue | None:
        """Return the child issue of that number, or None."""
        return next((i for i in self.items if i.number == number), None)

    def pull_request(self, number: int) -> PullRequest | None:
        """Return the pull request of that number, or None."""
        return next((p for p in self.pull_requests if p.number == number), None)
