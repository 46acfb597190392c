"""Merging a pull request so that a kill at any instant leaves a world that start-up can finish.

Order: write the commits (nobody sees them); note the intent in ``pending_merges``; move the base
branch by compare-and-swap (git, the point of no return); mark merged, close issues and drop the
note in one transaction. At start-up a note whose commit reached the base is finished, any other is
forgotten.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.hub.errors import HeadMoved, NotMergeable
from bot.hub.git.bare import BareRepository
from bot.hub.git.commits import Signature
from bot.hub.git.merging import MergeConflict, MergeOrder, write_merge
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue, Pull
from bot.hub.store.transaction import Transaction
from bot.hub.world.access import require
from bot.hub.world.accounts import email
from bot.hub.world.closing import close_linked
from bot.hub.world.hub import Hub
from bot.hub.world.protection import hindrances
from bot.hub.world.pushes import absorb
from bot.hub.world.workflow_files import require_workflows

_TRIES = 5
METHODS = ("merge", "squash", "rebase")


@dataclass(frozen=True)
class MergeWish:
    """How to merge; ``expected_head`` guards against a head that moved, None does not look."""

    method: str = "merge"
    title: str | None = None
    message: str | None = None
    expected_head: str | None = None


@dataclass(frozen=True)
class Intent:
    """A row of ``pending_merges``: ``new_oid`` is to replace ``old_oid`` on the base branch."""

    pull_id: int
    repo_id: int
    account_id: int
    base_ref: str
    old_oid: str
    new_oid: str


def merge_pull(
    hub: Hub, actor: Account, repository: Repository, pull: Pull, wish: MergeWish
) -> str:
    """Merge and return the SHA of the new tip of the base branch; needs write.

    Raises HeadMoved (409) when the head is not the expected one, NotMergeable (405) for a pull
    request that is closed, a draft, in conflict, lacks what protection demands, or whose method the
    repository forbids; Forbidden for a token that may not change the workflow files it changes.
    """
    git = hub.git(repository)
    with hub.database.lending() as connection:
        owner = hub.database.current(connection).account(repository.owner_id).login
    if git.branch(pull.head_ref) not in (None, pull.head_sha):
        absorb(hub, repository.id, actor)
    for _ in range(_TRIES):
        issue, pull = _check(hub, actor, repository, pull, wish)
        base = git.branch(pull.base_ref)
        if base is None:
            raise NotMergeable("Base branch does not exist")
        try:
            title, message = _words(git, owner, issue, pull, wish, base)
            words = f"{title}\n\n{message}".strip()
            new = write_merge(
                git, MergeOrder(wish.method, base, pull.head_sha, words, _sign(actor))
            )
        except MergeConflict:
            raise NotMergeable("Pull Request is not mergeable") from None
        require_workflows(git, actor, base, new)
        intent = Intent(pull.id, repository.id, actor.id, pull.base_ref, base, new)
        if _carry_out(hub, git, pull, intent):
            _delete_head(git, repository, pull)
            absorb(hub, repository.id, actor)
            return new
    raise NotMergeable("Base branch was modified. Review and try the merge again.")


def recover_merges(hub: Hub) -> None:
    """Finish or forget the merges that a killed server left; called before the first request."""
    with hub.database.lending() as connection:
        rows = connection.execute("SELECT * FROM pending_merges").fetchall()
        intents = [Intent(*row) for row in rows]
        homes = [hub.database.current(connection).repository(intent.repo_id) for intent in intents]
    for intent, repository in zip(intents, homes, strict=True):
        git = hub.git(repository)
        tip = git.branch(intent.base_ref)
        landed = tip is not None and git.is_ancestor(intent.new_oid, tip)
        with hub.database.writing() as transaction:
            _finish(transaction, intent) if landed else _forget(transaction, intent)


def _check(
    hub: Hub, actor: Account, repository: Repository, pull: Pull, wish: MergeWish
) -> tuple[Issue, Pull]:
    with hub.database.lending() as connection:
        view = hub.database.current(connection)
        require(view, actor, repository, Role.WRITE)
        fresh = view.one(Pull, "id = :id", id=pull.id) or pull
        issue = view.issue_of(fresh)
        refusal, _ = hindrances(hub, view, fresh, actor)
    if wish.expected_head is not None and wish.expected_head != fresh.head_sha:
        raise HeadMoved
    if issue.state != "open":
        raise NotMergeable("Pull Request is not mergeable")
    if fresh.is_draft:
        raise NotMergeable("Pull Request is still a draft")
    if refusal is not None:
        raise NotMergeable(refusal)
    allowed = {
        "merge": repository.allow_merge,
        "squash": repository.allow_squash,
        "rebase": repository.allow_rebase,
    }
    if not allowed.get(wish.method, False):
        names = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}
        raise NotMergeable(
            f"{names.get(wish.method, wish.method)} are not allowed on this repository."
        )
    return issue, fresh


def _words(
    git: BareRepository, owner: str, issue: Issue, pull: Pull, wish: MergeWish, base: str
) -> tuple[str, str]:
    """Return title and message of the commit a merge makes, as GitHub words them by default."""
    if wish.method == "squash":
        commits = git.commits_between(base, pull.head_sha)
        listed = "\n\n".join(f"* {commit.message}" for commit in commits)
        title, message = f"{issue.title} (#{issue.number})", listed if len(commits) > 1 else ""
    else:
        title, message = (
            f"Merge pull request #{issue.number} from {owner}/{pull.head_ref}",
            issue.title,
        )
    return wish.title or title, message if wish.message is None else wish.message


def _sign(actor: Account) -> Signature:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return Signature(actor.login, email(actor), now)


def _carry_out(hub: Hub, git: BareRepository, pull: Pull, intent: Intent) -> bool:
    """Note the intent, move the branch, finish; return False when the base moved meanwhile."""
    with hub.database.writing() as transaction:
        fresh = transaction.one(Pull, "id = :id", id=pull.id)
        if fresh != pull or transaction.issue_of(pull).state != "open":
            return False
        row = transaction.connection.execute(
            "SELECT 1 FROM pending_merges WHERE pull_id = ?", (pull.id,)
        )
        if row.fetchone() is not None:
            raise NotMergeable("Merge already in progress")
        transaction.connection.execute(
            "INSERT INTO pending_merges VALUES (?, ?, ?, ?, ?, ?)",
            (
                intent.pull_id,
                intent.repo_id,
                intent.account_id,
                intent.base_ref,
                intent.old_oid,
                intent.new_oid,
            ),
        )
    moved = False
    try:
        moved = git.move_ref(f"refs/heads/{intent.base_ref}", intent.new_oid, intent.old_oid)
    finally:
        with hub.database.writing() as transaction:
            _finish(transaction, intent) if moved else _forget(transaction, intent)
    return moved


def _finish(transaction: Transaction, intent: Intent) -> None:
    pull = transaction.one(Pull, "id = :id", id=intent.pull_id)
    actor, repository = (
        transaction.account(intent.account_id),
        transaction.repository(intent.repo_id),
    )
    if pull is not None and pull.merged_at is None:
        issue, now = transaction.issue_of(pull), transaction.stamp
        pull = transaction.revise(
            pull,
            merged_at=now,
            merged_by_id=actor.id,
            merge_sha=intent.new_oid,
            base_sha=intent.old_oid,
        )
        transaction.revise(
            issue, state="closed", closed_at=now, closed_by_id=actor.id, updated_at=now
        )
        close_linked(transaction, actor, repository, pull)
    _forget(transaction, intent)


def _forget(transaction: Transaction, intent: Intent) -> None:
    transaction.connection.execute(
        "DELETE FROM pending_merges WHERE pull_id = ?", (intent.pull_id,)
    )


def _delete_head(git: BareRepository, repository: Repository, pull: Pull) -> None:
    if repository.delete_head and git.branch(pull.head_ref) == pull.head_sha:
        git.delete_ref(f"refs/heads/{pull.head_ref}")
