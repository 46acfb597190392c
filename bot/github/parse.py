"""GraphQL answers to domain values. Pure, and lenient: what is left out becomes a harmless default.

Deleted accounts come as null authors (shown as `ghost`), and enums gain values over time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from bot.domain.work import (
    CloseReason,
    Comment,
    Issue,
    IssueState,
    Labelled,
    MilestoneRef,
    Past,
    PullRequest,
    PullRequestState,
    Remark,
    Review,
    ReviewState,
)

GHOST = "ghost"
"""The login GitHub shows for deleted accounts."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Node = Mapping[str, Any]
E = TypeVar("E", bound=StrEnum)


def issue(node: Node, repository: str) -> Issue:
    """Return an issue with the comments that came along."""
    comments = tuple(comment(c) for c in nodes(node, "comments"))
    return Issue(
        number=number(node, "number"),
        node_id=text(node, "id"),
        title=text(node, "title"),
        body=text(node, "body"),
        author=login(node, "author") or GHOST,
        editor=login(node, "editor"),
        state=_member(IssueState, node.get("state"), IssueState.OPEN),
        state_reason=_member(CloseReason, node.get("stateReason"), None),
        labels=tuple(text(label, "name") for label in nodes(node, "labels")),
        created_at=moment(node, "createdAt") or LONG_AGO,
        parent=number(child(node, "parent"), "number") or None,
        blocked_by=_numbers(nodes(node, "blockedBy"), repository),
        comments=comments,
        comment_count=max(number(child(node, "comments"), "totalCount"), len(comments)),
        past=_past(node),
    )


def _past(node: Node) -> Past:
    events = [
        (text(e, "__typename"), e, at, login(e, "actor") or GHOST)
        for e in nodes(node, "timelineItems")
        if (at := moment(e, "createdAt"))
    ]
    renamed = [(at, by) for kind, _, at, by in events if kind == "RenamedTitleEvent"]
    renamed_at, renamed_by = renamed[-1] if renamed else (None, None)
    return Past(
        edited_at=moment(node, "lastEditedAt"),
        renamed_at=renamed_at,
        renamed_by=renamed_by,
        labelled=tuple(
            Labelled(text(child(e, "label"), "name"), by, at, off=kind == "UnlabeledEvent")
            for kind, e, at, by in events
            if kind in ("LabeledEvent", "UnlabeledEvent")
        ),
    )


def comment(node: Node) -> Comment:
    """Return a comment. Its id comes as text, because it outgrew GraphQL's integers."""
    created = moment(node, "createdAt") or LONG_AGO
    return Comment(
        id=number(node, "fullDatabaseId"),
        node_id=text(node, "id"),
        author=login(node, "author") or GHOST,
        editor=login(node, "editor"),
        body=text(node, "body"),
        created_at=created,
        updated_at=moment(node, "updatedAt") or created,
    )


def pull_request(node: Node, repository: str, closes: Iterable[int] = ()) -> PullRequest:
    """Return a pull request; `closes` adds issues that are known to name it as their closer."""
    named = _numbers(nodes(node, "closingIssuesReferences"), repository)
    return PullRequest(
        number=number(node, "number"),
        node_id=text(node, "id"),
        title=text(node, "title"),
        body=text(node, "body"),
        author=login(node, "author") or GHOST,
        state=_member(PullRequestState, node.get("state"), PullRequestState.OPEN),
        head_branch=text(node, "headRefName"),
        head_sha=text(node, "headRefOid"),
        head_repository=text(child(node, "headRepository"), "nameWithOwner") or None,
        base_branch=text(node, "baseRefName"),
        is_draft=node.get("isDraft") is True,
        closes=tuple(sorted({*named, *closes})),
        merge_commit=text(child(node, "mergeCommit"), "oid") or None,
        reviews=tuple(review(r) for r in nodes(node, "reviews")),
        comments=tuple(comment(c) for c in nodes(node, "comments")),
        labels=tuple(text(label, "name") for label in nodes(node, "labels")),
        merge_state=text(node, "mergeStateStatus"),
    )


def review(node: Node) -> Review:
    """Return a review; a state of a future GitHub neither approves nor refuses."""
    return Review(
        author=login(node, "author") or GHOST,
        state=_member(ReviewState, node.get("state"), ReviewState.COMMENTED),
        body=text(node, "body"),
        commit_sha=text(child(node, "commit"), "oid") or None,
        submitted_at=moment(node, "submittedAt"),
        id=number(node, "fullDatabaseId"),
    )


def remarks(node: Node) -> Iterator[Remark]:
    """Yield what is said in a pull request's unresolved threads, in their order."""
    for thread in nodes(node, "reviewThreads"):
        if thread.get("isResolved") is True:
            continue
        path, line = text(thread, "path"), number(thread, "line") or None
        for said in nodes(thread, "comments"):
            yield Remark(login(said, "author") or GHOST, path, line, text(said, "body"))


def milestone(node: Node) -> MilestoneRef:
    """Return a native milestone's identity."""
    return MilestoneRef(number(node, "number"), text(node, "id"), text(node, "title"))


def login(node: Node, name: str) -> str | None:
    """Return an actor's login as REST and `viewer` spell it: bots end in `[bot]`."""
    actor = child(node, name)
    found = text(actor, "login")
    if actor.get("__typename") == "Bot" and found and not found.endswith("[bot]"):
        return f"{found}[bot]"
    return found or None


def child(node: Any, *names: str) -> Node:
    """Return the object at a path of names; empty when there is none."""
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def nodes(node: Node, connection: str) -> Iterator[Node]:
    """Yield the objects of a connection, without the nulls of what may not be seen."""
    found = child(node, connection).get("nodes")
    if isinstance(found, list):
        yield from (n for n in found if isinstance(n, Mapping))


def text(node: Node, name: str) -> str:
    """Return a text; empty when there is none."""
    found = node.get(name)
    return found if isinstance(found, str) else ""


def number(node: Node, name: str) -> int:
    """Return a whole number, also one that came as text; 0 when there is none."""
    found = node.get(name)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= 20:
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def moment(node: Node, name: str) -> datetime | None:
    """Return a date-time in UTC, or None."""
    try:
        found = datetime.fromisoformat(text(node, name))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _numbers(references: Iterable[Node], repository: str) -> tuple[int, ...]:
    """Return the numbers of issues in this repository; other repositories count from 1 as well."""
    return tuple(
        number(r, "number")
        for r in references
        if number(r, "number")
        and (text(child(r, "repository"), "nameWithOwner") or repository).lower()
        == repository.lower()
    )


def _member(kind: type[E], value: Any, default: Any) -> Any:
    """Return the enum's member of that value, or the default for an unknown one."""
    return kind(value) if value in tuple(kind) else default
