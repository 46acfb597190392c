"""Opening a pull request with its git side: branches checked, ``refs/pull/N/head`` published."""

from dataclasses import dataclass

from bot.hub.actions.settings import require_open_pulls
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue, Pull
from bot.hub.world.hub import Hub
from bot.hub.world.pulls import PullDraft, check_branches, open_pull
from bot.hub.world.pushes import absorb, publish_pull_head


@dataclass(frozen=True)
class PullWish:
    """A pull request as clients ask for it: ``head`` may be ``owner:branch``."""

    title: str
    head: str
    base: str
    body: str | None = None
    is_draft: bool = False


def open_pull_request(
    hub: Hub, actor: Account, repository: Repository, wish: PullWish
) -> tuple[Issue, Pull]:
    """Open a pull request and return both halves.

    Raises Invalid and Forbidden as :mod:`pulls` does.
    """
    git = hub.git(repository)
    with hub.database.lending() as connection:
        owner = hub.database.current(connection).account(repository.owner_id).login
    branches = check_branches(git, owner, wish.head, wish.base)
    with hub.database.writing() as transaction:
        require_open_pulls(transaction, actor, repository)
        draft = PullDraft(wish.title, wish.body, branches, wish.is_draft)
        issue, pull = open_pull(transaction, actor, repository, draft)
    publish_pull_head(git, issue.number, pull.head_sha)
    if git.branch(pull.head_ref) != pull.head_sha:
        absorb(hub, repository.id, actor)
    return issue, pull
