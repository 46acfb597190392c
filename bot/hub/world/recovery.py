"""What start-up does before the first request: finish what a killed server left undone."""

from bot.hub.git.locks import clear_stale_locks
from bot.hub.world.hub import Hub
from bot.hub.world.merging import recover_merges
from bot.hub.world.pulls import open_pulls
from bot.hub.world.pushes import absorb, publish_pull_head


def recover(hub: Hub) -> None:
    """Finish merges, then absorb what was pushed but not seen.

    Idempotent; the owner is named as the pusher.
    """
    with hub.database.lending() as connection:
        view = hub.database.current(connection)
        for repository in view.repositories():
            clear_stale_locks(hub.git(repository).path)
        recover_merges(hub)
        for repository in view.repositories():
            absorb(hub, repository.id, view.account(repository.owner_id))
            for pull in open_pulls(view, repository):
                publish_pull_head(hub.git(repository), view.issue_of(pull).number, pull.head_sha)
