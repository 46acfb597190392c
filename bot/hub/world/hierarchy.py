"""Sub-issues: 100 children, eight levels, one parent, no cycles.

Neither side's ``updatedAt`` moves.
"""

from bot.hub.errors import NotFound, Unprocessable
from bot.hub.rules.limits import MAX_SUB_ISSUE_DEPTH, MAX_SUB_ISSUES
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue, SubIssue
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require

CHILDREN = (
    "id IN (SELECT child_id FROM sub_issues WHERE parent_id = :parent "
    "AND began <= :t AND ended > :t)"
)
POSITION = (
    "(SELECT position FROM sub_issues WHERE child_id = issues.id AND began <= :t AND ended > :t)"
)
_PREFIX = "An error occurred while adding the sub-issue to the parent issue. "


def parent_of(view: View, issue: Issue) -> Issue | None:
    """Return the parent of an issue, or None."""
    link = view.one(SubIssue, "child_id = :child", child=issue.id)
    return None if link is None else view.one(Issue, "id = :id", id=link.parent_id)


def summary(view: View, issue: Issue) -> tuple[int, int, int]:
    """Return ``subIssuesSummary``: total, completed (closed), and the percentage, rounded down."""
    total = view.count(Issue, CHILDREN, parent=issue.id)
    completed = view.count(Issue, f"{CHILDREN} AND state = 'closed'", parent=issue.id)
    return total, completed, completed * 100 // total if total else 0


def add_sub_issue(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    parent: Issue,
    child: Issue,
    replace_parent: bool = False,
) -> None:
    """Make ``child`` the last sub-issue of ``parent``; needs triage in the parent's repository.

    Raises Unprocessable in GitHub's words when a limit stands against it, the child has a parent
    already, or the link would close a circle.
    """
    require(transaction, actor, repository, Role.TRIAGE)
    if parent.pull_id or child.pull_id:
        raise NotFound
    held = transaction.one(SubIssue, "child_id = :child", child=child.id)
    if held is not None and (held.parent_id == parent.id or not replace_parent):
        raise Unprocessable(
            f"{_PREFIX}Issue may not contain duplicate sub-issues and Sub issue may only have one "
            "parent"
        )
    if child.id in _ancestors(transaction, parent):
        raise Unprocessable(
            f"{_PREFIX}Sub issue may not be the parent issue or one of its ancestors"
        )
    if transaction.count(SubIssue, "parent_id = :parent", parent=parent.id) >= MAX_SUB_ISSUES:
        raise Unprocessable(f"{_PREFIX}Parent cannot have more than {MAX_SUB_ISSUES} sub-issues")
    depth = len(_ancestors(transaction, parent)) + _height(transaction, child.id)
    if depth > MAX_SUB_ISSUE_DEPTH:
        raise Unprocessable(
            f"{_PREFIX}Sub-issues cannot be nested more than {MAX_SUB_ISSUE_DEPTH} levels deep"
        )
    if held is not None:
        transaction.retire(held)
    transaction.add(SubIssue(parent.id, child.id, transaction.next_in(f"position/{parent.id}")))


def remove_sub_issue(
    transaction: Transaction, actor: Account, repository: Repository, parent: Issue, child: Issue
) -> None:
    """Take a child from its parent; needs triage.

    Raises Unprocessable when it is not the parent's child.
    """
    require(transaction, actor, repository, Role.TRIAGE)
    link = transaction.one(
        SubIssue, "child_id = :child AND parent_id = :parent", child=child.id, parent=parent.id
    )
    if link is None:
        raise Unprocessable("The provided sub-issue is not a sub-issue of this issue.")
    transaction.retire(link)


def _ancestors(view: View, issue: Issue) -> list[int]:
    """Return the issue's id and those of its parents upwards."""
    chain = [issue.id]
    while link := view.one(SubIssue, "child_id = :child", child=chain[-1]):
        chain.append(link.parent_id)
    return chain


def _height(view: View, issue_id: int) -> int:
    """Return how many levels of sub-issues hang below, the issue's own not counted."""
    links = view.all(SubIssue, "parent_id = :parent", parent=issue_id)
    return max((1 + _height(view, link.child_id) for link in links), default=0)
