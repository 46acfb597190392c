"""The nouns of a world as frozen records, one per table; instants are nanoseconds since 1970.

``key`` names the columns that identify an object across its versions.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Record:
    """Something kept in versions."""

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]] = ("id",)


@dataclass(frozen=True, slots=True)
class Collaborator(Record):
    """A role (read, triage, write, maintain, admin) that an account has in a repository."""

    table: ClassVar[str] = "collaborators"
    key: ClassVar[tuple[str, ...]] = ("repo_id", "account_id")
    repo_id: int
    account_id: int
    role: str


@dataclass(frozen=True, slots=True)
class Label(Record):
    """A label; ``color`` is six hex digits."""

    table: ClassVar[str] = "labels"
    id: int
    repo_id: int
    name: str
    color: str
    description: str | None
    is_default: bool
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Milestone(Record):
    """A milestone; ``state`` is open or closed."""

    table: ClassVar[str] = "milestones"
    id: int
    repo_id: int
    number: int
    title: str
    description: str | None
    state: str
    creator_id: int
    due_on: int | None
    created_at: int
    updated_at: int
    closed_at: int | None


@dataclass(frozen=True, slots=True)
class Issue(Record):
    """An issue, or the issue half of a pull request when ``pull_id`` is set."""

    table: ClassVar[str] = "issues"
    id: int
    repo_id: int
    number: int
    pull_id: int | None
    title: str
    body: str | None
    author_id: int
    state: str
    state_reason: str | None
    milestone_id: int | None
    locked: bool
    created_at: int
    updated_at: int
    closed_at: int | None
    closed_by_id: int | None
    edited_at: int | None
    editor_id: int | None


@dataclass(frozen=True, slots=True)
class Pull(Record):
    """The code half of a pull request. ``base_sha`` is the base's tip when the head last moved."""

    table: ClassVar[str] = "pulls"
    id: int
    issue_id: int
    repo_id: int
    head_repo_id: int
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    is_draft: bool
    merged_at: int | None
    merged_by_id: int | None
    merge_sha: str | None


@dataclass(frozen=True, slots=True)
class IssueLabel(Record):
    """A label on an issue."""

    table: ClassVar[str] = "issue_labels"
    key: ClassVar[tuple[str, ...]] = ("issue_id", "label_id")
    issue_id: int
    label_id: int


@dataclass(frozen=True, slots=True)
class IssueEvent(Record):
    """A line of an issue's timeline; ``kind`` is a GraphQL item type: LABELED_EVENT and so on.

    A label for the two kinds that have one, the titles for RENAMED_TITLE_EVENT.
    """

    table: ClassVar[str] = "issue_events"
    id: int
    issue_id: int
    actor_id: int
    kind: str
    label_id: int | None
    previous: str | None
    current: str | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Assignee(Record):
    """An account assigned to an issue."""

    table: ClassVar[str] = "assignees"
    key: ClassVar[tuple[str, ...]] = ("issue_id", "account_id")
    issue_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class Comment(Record):
    """A comment on an issue or pull request; ``minimized`` is the classifier in lower case."""

    table: ClassVar[str] = "comments"
    id: int
    repo_id: int
    issue_id: int
    author_id: int
    body: str
    created_at: int
    updated_at: int
    edited_at: int | None
    editor_id: int | None
    minimized: str | None


@dataclass(frozen=True, slots=True)
class Reaction(Record):
    """A reaction.

    ``subject`` is ``issue`` or ``comment``, ``content`` is REST's word (+1, eyes...).
    """

    table: ClassVar[str] = "reactions"
    id: int
    subject: str
    subject_id: int
    account_id: int
    content: str
    created_at: int


@dataclass(frozen=True, slots=True)
class SubIssue(Record):
    """The link from a child to its one parent."""

    table: ClassVar[str] = "sub_issues"
    key: ClassVar[tuple[str, ...]] = ("child_id",)
    parent_id: int
    child_id: int
    position: int


@dataclass(frozen=True, slots=True)
class Dependency(Record):
    """``blocked_id`` waits for ``blocking_id``."""

    table: ClassVar[str] = "dependencies"
    key: ClassVar[tuple[str, ...]] = ("blocked_id", "blocking_id")
    blocked_id: int
    blocking_id: int
    created_at: int


@dataclass(frozen=True, slots=True)
class ClosingReference(Record):
    """A pull request whose body says that it closes an issue."""

    table: ClassVar[str] = "closing_references"
    key: ClassVar[tuple[str, ...]] = ("pull_id", "issue_id")
    pull_id: int
    issue_id: int


@dataclass(frozen=True, slots=True)
class Review(Record):
    """A submitted review; ``state`` is APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED."""

    table: ClassVar[str] = "reviews"
    id: int
    pull_id: int
    author_id: int
    state: str
    body: str
    commit_oid: str
    submitted_at: int


@dataclass(frozen=True, slots=True)
class ReviewComment(Record):
    """A comment on a line of the diff; ``thread_id`` is the id of the thread's first comment."""

    table: ClassVar[str] = "review_comments"
    id: int
    pull_id: int
    review_id: int
    thread_id: int
    author_id: int
    path: str
    line: int | None
    side: str
    body: str
    commit_oid: str
    is_resolved: bool
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Status(Record):
    """A commit status; the newest of one context counts."""

    table: ClassVar[str] = "statuses"
    id: int
    repo_id: int
    sha: str
    context: str
    state: str
    description: str | None
    target_url: str | None
    creator_id: int
    created_at: int
