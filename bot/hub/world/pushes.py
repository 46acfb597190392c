"""What a push means for the rest of the world: heads move, pull requests merge or close, issues
close.

Git is the truth about refs; this brings the database up to it. It may run any number of times,
after any push, merge or crash, and does only what is still to do.
"""

from dataclasses import dataclass

from bot.hub.git.bare import BareRepository
from bot.hub.git.command import run_git
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Pull
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.closing import close_linked, close_named
from bot.hub.world.hub import Hub
from bot.hub.world.protection import dismiss_stale, remember_pusher
from bot.hub.world.pulls import open_pulls

_MAX_MESSAGES = 500


@dataclass(frozen=True)
class Fate:
    """What the refs say about one open pull request."""

    pull: Pull
    outcome: str
    """moved, merged or closed."""
    head: str
    base: str


def absorb(hub: Hub, repository_id: int, pusher: Account) -> None:
    """Bring pull requests and the default branch up to what git holds.

    ``pusher`` is named as the doer.
    """
    with hub.database.lending() as connection:
        view = hub.database.current(connection)
        repository = view.repository(repository_id)
        git = hub.git(repository)
        with hub.absorbing(repository):
            heads = _heads(git)
            repository = _settle_default_branch(hub, view.repository(repository_id), git, heads)
            fates = _fates(view, repository, git, heads)
            tip = heads.get(repository.default_branch)
            if fates or tip != repository.default_tip:
                messages = _new_messages(git, repository, tip)
                _apply(hub, repository, pusher, fates, tip, messages)
            for fate in fates:
                _publish_head(hub, git, fate.pull, fate.head)


def publish_pull_head(git: BareRepository, number: int, head: str) -> None:
    """Point ``refs/pull/N/head`` at the head, as GitHub does for everyone to fetch."""
    if git.read_ref(f"refs/pull/{number}/head") != head:
        run_git(git.path, "update-ref", f"refs/pull/{number}/head", head)


def _heads(git: BareRepository) -> dict[str, str]:
    prefix = "refs/heads/"
    return {name.removeprefix(prefix): oid for name, oid in git.refs(prefix).items()}


def _settle_default_branch(
    hub: Hub, repository: Repository, git: BareRepository, heads: dict[str, str]
) -> Repository:
    """The first branch pushed to an empty repository becomes its default branch."""
    if not heads or repository.default_tip is not None or repository.default_branch in heads:
        return repository
    branch = "master" if "master" in heads else next(iter(heads))
    run_git(git.path, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    with hub.database.writing() as transaction:
        return transaction.update_repository(repository, default_branch=branch)


def _fates(
    view: View, repository: Repository, git: BareRepository, heads: dict[str, str]
) -> list[Fate]:
    contained: dict[str, set[str]] = {}
    found = []
    for pull in open_pulls(view, repository):
        if _is_being_merged(view, pull):
            continue
        head, base = heads.get(pull.head_ref), heads.get(pull.base_ref)
        if head is None or base is None:
            found.append(Fate(pull, "closed", head or pull.head_sha, base or pull.base_sha))
            continue
        if base not in contained:
            contained[base] = _branches_inside(git, base)
        is_inside = pull.head_ref in contained[base]
        if is_inside and git.is_ancestor(pull.head_sha, base):
            found.append(Fate(pull, "merged", pull.head_sha, base))
        elif is_inside:
            found.append(Fate(pull, "closed", head, base))
        elif head != pull.head_sha:
            found.append(Fate(pull, "moved", head, base))
    return found


def _branches_inside(git: BareRepository, tip: str) -> set[str]:
    _, out = run_git(
        git.path, "for-each-ref", "--format=%(refname:lstrip=2)", f"--merged={tip}", "refs/heads/"
    )
    return set(out.decode().splitlines())


def _is_being_merged(view: View, pull: Pull) -> bool:
    sql = "SELECT 1 FROM pending_merges WHERE pull_id = ?"
    return view.connection.execute(sql, (pull.id,)).fetchone() is not None


def _new_messages(git: BareRepository, repository: Repository, tip: str | None) -> list[str]:
    old = repository.default_tip
    if tip is None or old is None or tip == old or not git.object_type(old):
        return []
    return [commit.message for commit in git.commits_between(old, tip)[-_MAX_MESSAGES:]]


def _apply(
    hub: Hub,
    repository: Repository,
    pusher: Account,
    fates: list[Fate],
    tip: str | None,
    messages: list[str],
) -> None:
    with hub.database.writing() as transaction:
        for fate in fates:
            _apply_fate(transaction, repository, pusher, fate)
        if tip != repository.default_tip:
            transaction.update_repository(repository, default_tip=tip, pushed_at=transaction.stamp)
            close_named(transaction, pusher, repository, messages)


def _apply_fate(
    transaction: Transaction, repository: Repository, pusher: Account, fate: Fate
) -> None:
    pull = transaction.one(Pull, "id = :id", id=fate.pull.id)
    if pull is None or pull != fate.pull or _is_being_merged(transaction, pull):
        return  # something newer happened meanwhile; whoever did it absorbs after us
    issue, now = transaction.issue_of(pull), transaction.stamp
    if issue.state != "open":
        return
    if fate.outcome == "merged":
        transaction.revise(pull, merged_at=now, merged_by_id=pusher.id, merge_sha=fate.base)
        close_linked(transaction, pusher, repository, pull)
    else:
        transaction.revise(pull, head_sha=fate.head, base_sha=fate.base)
    if fate.outcome == "moved":
        dismiss_stale(transaction, repository, pull)
        remember_pusher(transaction, pull, pusher)
        transaction.revise(issue, updated_at=now)
    else:
        transaction.revise(
            issue, state="closed", closed_at=now, closed_by_id=pusher.id, updated_at=now
        )


def _publish_head(hub: Hub, git: BareRepository, pull: Pull, head: str) -> None:
    with hub.database.lending() as connection:
        issue = hub.database.current(connection).issue_of(pull)
    publish_pull_head(git, issue.number, head)
