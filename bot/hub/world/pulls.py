"""Pull requests: opening, editing, closing, reopening, drafts. Merging has a file of its own."""

from dataclasses import dataclass
from typing import Any

from bot.hub.errors import FieldError, Invalid, Unprocessable
from bot.hub.git.bare import BareRepository
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue, Pull
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require, require_author_or
from bot.hub.world.closing import relink
from bot.hub.world.issues import check_text, close_issue, edit_text, new_issue, reopen_issue

OPEN_ISSUES = (
    "issue_id IN (SELECT id FROM issues WHERE state = 'open' AND began <= :t AND ended > :t)"
)


@dataclass(frozen=True)
class Branches:
    """Both ends of a pull request and the commits they are at."""

    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str


@dataclass(frozen=True)
class PullDraft:
    """A pull request somebody wishes to open."""

    title: str
    body: str | None
    branches: Branches
    is_draft: bool = False


def check_branches(git: BareRepository, owner: str, head: str, base: str) -> Branches:
    """Look both branches up in git; ``head`` may be ``owner:branch``.

    Raises Invalid when one is missing, they share no history, or the head has nothing new. The hub
    has no forks, so a head of another owner is invalid.
    """
    head_owner, colon, rest = head.partition(":")
    head_ref = rest if colon else head
    head_sha, base_sha = git.branch(head_ref), git.branch(base)
    if base_sha is None:
        raise Invalid(FieldError("PullRequest", "base", "invalid"))
    if head_sha is None or (colon and head_owner.lower() != owner.lower()):
        raise Invalid(FieldError("PullRequest", "head", "invalid"))
    if git.merge_base(base_sha, head_sha) is None:
        words = f"The {head_ref} branch has no history in common with {base}"
        raise Invalid(FieldError("PullRequest", "", "custom", words))
    if git.is_ancestor(head_sha, base_sha):
        words = f"No commits between {base} and {head_ref}"
        raise Invalid(FieldError("PullRequest", "", "custom", words))
    return Branches(head_ref, head_sha, base, base_sha)


def open_pull(
    transaction: Transaction, actor: Account, repository: Repository, draft: PullDraft
) -> tuple[Issue, Pull]:
    """Open a pull request; needs write, because the head lives in the repository.

    Raises Invalid.
    """
    require(transaction, actor, repository, Role.WRITE)
    check_text("PullRequest", draft.title, draft.body)
    ends = draft.branches
    _refuse_twin(transaction, repository, ends.head_ref, ends.base_ref)
    issue = new_issue(transaction, actor, repository, draft.title, draft.body)
    pull = transaction.add(
        Pull(
            id=transaction.next_id(),
            issue_id=issue.id,
            repo_id=repository.id,
            head_repo_id=repository.id,
            head_ref=ends.head_ref,
            head_sha=ends.head_sha,
            base_ref=ends.base_ref,
            base_sha=ends.base_sha,
            is_draft=draft.is_draft,
            merged_at=None,
            merged_by_id=None,
            merge_sha=None,
        )
    )
    issue = transaction.revise(issue, pull_id=pull.id)
    relink(transaction, repository, issue, pull)
    return issue, pull


def edit_pull(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    changes: dict[str, Any],
) -> Issue:
    """Change title and body; the links to closed issues follow. Needs authorship or write."""
    issue = edit_text(transaction, actor, repository, issue, changes)
    pull = transaction.pull_of(issue)
    if pull is not None and pull.merged_at is None:
        relink(transaction, repository, issue, pull)
    return issue


def retarget_pull(
    transaction: Transaction, actor: Account, repository: Repository, issue: Issue, ends: Branches
) -> Issue:
    """Change the base branch; needs authorship or write. Raises Invalid for a twin on that base."""
    require_author_or(transaction, actor, repository, issue.author_id, Role.WRITE)
    pull = _pull(transaction, issue)
    if ends.base_ref == pull.base_ref:
        return issue
    _refuse_twin(transaction, repository, pull.head_ref, ends.base_ref)
    pull = transaction.revise(pull, base_ref=ends.base_ref, base_sha=ends.base_sha)
    relink(transaction, repository, issue, pull)
    return transaction.revise(issue, updated_at=transaction.stamp)


def close_pull(
    transaction: Transaction, actor: Account, repository: Repository, issue: Issue
) -> Issue:
    """Close a pull request unmerged; needs authorship or triage."""
    return close_issue(transaction, actor, repository, issue, None)


def reopen_pull(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    git: BareRepository,
) -> Issue:
    """Open a closed pull request again; its head and base follow the branches.

    Raises Unprocessable for a merged one, a deleted branch, or a twin that is open.
    """
    pull = _pull(transaction, issue)
    if issue.state == "open":
        return issue
    if pull.merged_at is not None:
        raise Invalid(_state_error("The pull request cannot be reopened."))
    head, base = git.branch(pull.head_ref), git.branch(pull.base_ref)
    if head is None or base is None:
        gone = pull.base_ref if head else pull.head_ref
        raise Invalid(_state_error(f"The {gone} branch has been deleted."))
    _refuse_twin(transaction, repository, pull.head_ref, pull.base_ref)
    transaction.revise(pull, head_sha=head, base_sha=base)
    return reopen_issue(transaction, actor, repository, issue)


def set_draft(
    transaction: Transaction, actor: Account, repository: Repository, issue: Issue, is_draft: bool
) -> Issue:
    """Turn a pull request into a draft or mark it ready; needs authorship or write."""
    require_author_or(transaction, actor, repository, issue.author_id, Role.WRITE)
    pull = _pull(transaction, issue)
    if issue.state != "open":
        raise Unprocessable("Pull request is closed.")
    if pull.is_draft == is_draft:
        return issue
    transaction.revise(pull, is_draft=is_draft)
    return transaction.revise(issue, updated_at=transaction.stamp)


def open_pulls(view: View, repository: Repository) -> list[Pull]:
    """Return the open pull requests of a repository."""
    return view.all(Pull, f"repo_id = :repo AND {OPEN_ISSUES}", repo=repository.id)


def _refuse_twin(view: View, repository: Repository, head_ref: str, base_ref: str) -> None:
    where = f"repo_id = :repo AND head_ref = :head AND base_ref = :base AND {OPEN_ISSUES}"
    if view.one(Pull, where, repo=repository.id, head=head_ref, base=base_ref):
        owner = view.account(repository.owner_id).login
        words = f"A pull request already exists for {owner}:{head_ref}."
        raise Invalid(FieldError("PullRequest", "", "custom", words))


def _state_error(reason: str) -> FieldError:
    return FieldError("PullRequest", "state", "invalid", f"state cannot be changed. {reason}")


def _pull(view: View, issue: Issue) -> Pull:
    pull = view.pull_of(issue)
    if pull is None:
        raise LookupError(f"#{issue.number} is no pull request")
    return pull
