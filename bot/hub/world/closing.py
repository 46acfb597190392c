"""Pull requests that close issues: links from the body, and what a merge or a push closes."""

from collections.abc import Iterable

from bot.hub.rules.closing_keywords import IssueReference, closing_references
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import ClosingReference, Issue, Pull
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import role_of

CLOSED_BY_PULL = (
    "pull_id IS NULL AND id IN "
    "(SELECT issue_id FROM closing_references WHERE pull_id = :pull AND began <= :t AND ended > :t)"
)
"""Issues that a pull request closes."""
CLOSING_ISSUE = (
    "id IN (SELECT pull_id FROM closing_references WHERE issue_id = :issue "
    "AND began <= :t AND ended > :t)"
)
"""Pull requests that close an issue."""


def relink(transaction: Transaction, repository: Repository, issue: Issue, pull: Pull) -> None:
    """Make the links follow the pull request's body.

    Keywords count only while the base is the default branch. Nobody's ``updatedAt`` moves.
    """
    counts = pull.base_ref == repository.default_branch
    references = closing_references(issue.body) if counts else []
    author = transaction.account(issue.author_id)
    wanted = {target.id for target in _targets(transaction, author, repository, references)}
    held = transaction.all(ClosingReference, "pull_id = :pull", pull=pull.id)
    for link in held:
        if link.issue_id not in wanted:
            transaction.retire(link)
    for issue_id in wanted - {link.issue_id for link in held}:
        transaction.add(ClosingReference(pull.id, issue_id))


def close_linked(
    transaction: Transaction, actor: Account, repository: Repository, pull: Pull
) -> None:
    """Close what a merged pull request closes: only a merge into the default branch does."""
    if pull.base_ref == repository.default_branch:
        _close(transaction, actor, transaction.all(Issue, CLOSED_BY_PULL, pull=pull.id))


def close_named(
    transaction: Transaction, actor: Account, repository: Repository, messages: Iterable[str]
) -> None:
    """Close what commit messages close once they reach the default branch."""
    references = [reference for message in messages for reference in closing_references(message)]
    _close(transaction, actor, _targets(transaction, actor, repository, references))


def _close(transaction: Transaction, actor: Account, issues: Iterable[Issue]) -> None:
    for issue in issues:
        repository = transaction.repository(issue.repo_id)
        if issue.state == "open" and role_of(transaction, repository, actor) >= Role.WRITE:
            now = transaction.stamp
            transaction.revise(
                issue,
                state="closed",
                state_reason="completed",
                closed_at=now,
                closed_by_id=actor.id,
                updated_at=now,
            )


def _targets(
    view: View, reader: Account, repository: Repository, references: Iterable[IssueReference]
) -> list[Issue]:
    found: dict[int, Issue] = {}
    for reference in references:
        home: Repository | None = repository
        if reference.repository is not None:
            owner, _, name = reference.repository.partition("/")
            home = view.repository_named(owner, name)
        if home is None or role_of(view, home, reader) is Role.NONE:
            continue
        issue = view.issue(home.id, reference.number)
        if issue is not None and issue.pull_id is None:
            found[issue.id] = issue
    return list(found.values())
