"""Issues: creating, editing, closing, reopening. Pull requests share what concerns both."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.hub.errors import FieldError, ForbiddenHere, Invalid
from bot.hub.rules.limits import BODY_TOO_LONG, MAX_BODY, MAX_TITLE, TITLE_TOO_LONG
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Assignee, Issue, Label, Milestone
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require, require_author_or, role_of
from bot.hub.world.labels import add_labels
from bot.hub.world.milestones import assign_milestone
from bot.hub.world.timeline import record_rename

STATE_REASONS = ("completed", "not_planned", "duplicate", "reopened")


@dataclass(frozen=True)
class IssueDraft:
    """An issue somebody wishes to create."""

    title: str
    body: str | None = None
    labels: tuple[Label, ...] = ()
    milestone: Milestone | None = None
    assignees: tuple[Account, ...] = field(default=())


def create_issue(
    transaction: Transaction, actor: Account, repository: Repository, draft: IssueDraft
) -> Issue:
    """Create an issue; anyone who can read may.

    Labels, milestone and assignees are silently dropped without triage access, as GitHub drops
    them. Raises Invalid for a blank or overlong title, or a body over 65,536 characters.
    """
    require(transaction, actor, repository, Role.READ)
    check_text("Issue", draft.title, draft.body)
    issue = new_issue(transaction, actor, repository, draft.title, draft.body)
    if role_of(transaction, repository, actor) < Role.TRIAGE:
        return issue
    issue = add_labels(transaction, actor, repository, issue, draft.labels)
    issue = set_assignees(transaction, actor, repository, issue, draft.assignees)
    return assign_milestone(transaction, issue, draft.milestone)


def new_issue(
    transaction: Transaction, actor: Account, repository: Repository, title: str, body: str | None
) -> Issue:
    """Begin an issue without checks: also the issue half of a pull request."""
    now = transaction.stamp
    number = transaction.next_number(repository.id)
    return transaction.add(
        Issue(
            id=transaction.next_id(),
            repo_id=repository.id,
            number=number,
            pull_id=None,
            title=title,
            body=body,
            author_id=actor.id,
            state="open",
            state_reason=None,
            milestone_id=None,
            locked=False,
            created_at=now,
            updated_at=now,
            closed_at=None,
            closed_by_id=None,
            edited_at=None,
            editor_id=None,
        )
    )


def edit_text(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    changes: dict[str, Any],
) -> Issue:
    """Change title and body; needs authorship or write.

    A body over 65,536 characters is ignored without a word, as GitHub ignores it. Raises Invalid.
    """
    require_author_or(transaction, actor, repository, issue.author_id, Role.WRITE)
    if "title" in changes:
        check_text("Issue", changes["title"], None)
    body = changes.get("body", issue.body)
    if len(body or "") > MAX_BODY:
        changes = {name: value for name, value in changes.items() if name != "body"}
        body = issue.body
    stamps: dict[str, Any] = {}
    if body != issue.body:
        stamps = {"edited_at": transaction.stamp, "editor_id": actor.id}
    if body == issue.body and changes.get("title", issue.title) == issue.title:
        return issue
    record_rename(transaction, actor, issue, changes.get("title", issue.title))
    return transaction.revise(issue, **changes, **stamps, updated_at=transaction.stamp)


def close_issue(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    reason: str | None,
) -> Issue:
    """Close an issue with a reason (completed when none is given); needs authorship or triage."""
    require_author_or(transaction, actor, repository, issue.author_id, Role.TRIAGE)
    wanted = None if issue.pull_id else reason or "completed"
    if issue.state == "closed" and issue.state_reason == wanted:
        return issue
    if issue.state == "closed":
        return transaction.revise(issue, state_reason=wanted, updated_at=transaction.stamp)
    return transaction.revise(
        issue,
        state="closed",
        state_reason=wanted,
        closed_at=transaction.stamp,
        closed_by_id=actor.id,
        updated_at=transaction.stamp,
    )


def reopen_issue(
    transaction: Transaction, actor: Account, repository: Repository, issue: Issue
) -> Issue:
    """Open a closed issue again; needs authorship or triage."""
    require_author_or(transaction, actor, repository, issue.author_id, Role.TRIAGE)
    if issue.state == "open":
        return issue
    return transaction.revise(
        issue,
        state="open",
        state_reason=None if issue.pull_id else "reopened",
        closed_at=None,
        closed_by_id=None,
        updated_at=transaction.stamp,
    )


def set_state(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    state: str,
    reason: str | None = None,
) -> Issue:
    """Close or reopen by REST's words. Raises Invalid for words GitHub does not know."""
    if state not in ("open", "closed"):
        raise Invalid(FieldError("Issue", "state", "invalid"))
    if reason is not None and reason not in STATE_REASONS:
        raise Invalid(FieldError("Issue", "state_reason", "invalid"))
    if state == "open":
        return reopen_issue(transaction, actor, repository, issue)
    return close_issue(
        transaction, actor, repository, issue, None if reason == "reopened" else reason
    )


def set_milestone(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    milestone: Milestone | None,
) -> Issue:
    """Move an issue to a milestone or to none; needs triage."""
    require(transaction, actor, repository, Role.TRIAGE)
    return assign_milestone(transaction, issue, milestone)


def assignees_of(view: View, issue_id: int) -> list[Account]:
    """Return the accounts assigned to an issue, in the order of their assignment."""
    links = view.all(Assignee, "issue_id = :issue", issue=issue_id)
    return [view.account(link.account_id) for link in links]


def set_assignees(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    wanted: Iterable[Account],
) -> Issue:
    """Make these the assignees; needs triage.

    Accounts that cannot be assigned are dropped silently.
    """
    require(transaction, actor, repository, Role.TRIAGE)
    able = {a.id for a in wanted if role_of(transaction, repository, a) >= Role.TRIAGE}
    links = transaction.all(Assignee, "issue_id = :issue", issue=issue.id)
    held = {link.account_id for link in links}
    for link in links:
        if link.account_id not in able:
            transaction.retire(link)
    for account_id in able - held:
        transaction.add(Assignee(issue.id, account_id))
    return issue if held == able else transaction.revise(issue, updated_at=transaction.stamp)


def check_text(resource: str, title: str, body: str | None) -> None:
    """Refuse a title or body that GitHub refuses on creation. Raises Invalid."""
    if not title.strip():
        raise Invalid(FieldError(resource, "title", "missing_field"))
    if len(title) > MAX_TITLE:
        raise Invalid(FieldError(resource, "title", "custom", TITLE_TOO_LONG))
    if len(body or "") > MAX_BODY:
        raise Invalid(FieldError(resource, "body", "custom", BODY_TOO_LONG))


def require_unlocked(view: View, actor: Account, repository: Repository, issue: Issue) -> None:
    """Refuse to add to a locked conversation without write access."""
    if issue.locked and role_of(view, repository, actor) < Role.WRITE:
        raise ForbiddenHere("Unable to create comment because issue is locked.")
