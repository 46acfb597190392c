"""Looking objects up by what clients name them with, with the access check that belongs to it."""

from bot.hub.errors import NotFound
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Comment, Issue, Pull
from bot.hub.store.view import View
from bot.hub.world.access import role_of


def issue_numbered(view: View, repository: Repository, number: int) -> Issue:
    """Return an issue or pull request by number. Raises NotFound."""
    issue = view.issue(repository.id, number)
    if issue is None:
        raise NotFound
    return issue


def pull_numbered(view: View, repository: Repository, number: int) -> tuple[Issue, Pull]:
    """Return both halves of a pull request by number. Raises NotFound, also for an issue."""
    issue = issue_numbered(view, repository, number)
    pull = view.pull_of(issue)
    if pull is None:
        raise NotFound
    return issue, pull


def issue_with_id(view: View, actor: Account, issue_id: int) -> Issue:
    """Return an issue by database id if the account may read it. Raises NotFound."""
    issue = view.one(Issue, "id = :id", id=issue_id)
    if issue is None or role_of(view, view.repository(issue.repo_id), actor) is Role.NONE:
        raise NotFound
    return issue


def comment_with_id(view: View, repository: Repository, comment_id: int) -> Comment:
    """Return a comment of a repository by database id. Raises NotFound."""
    comment = view.one(Comment, "id = :id AND repo_id = :repo", id=comment_id, repo=repository.id)
    if comment is None:
        raise NotFound
    return comment
