"""Whether a pull request could be merged now: a test merge per pair of commits, remembered."""

from bot.hub.git.merging import IS_TESTED, merged_tree
from bot.hub.rules.merge_state import MergeFacts
from bot.hub.rules.status_rollup import latest_by_context, rollup_state
from bot.hub.store.records import Issue, Pull
from bot.hub.store.view import View
from bot.hub.world.hub import Hub
from bot.hub.world.protection import hindrances
from bot.hub.world.statuses import statuses_of


def is_mergeable(hub: Hub, view: View, issue: Issue, pull: Pull) -> bool | None:
    """Return whether base and head merge without conflict.

    None when closed, when a branch is gone, or when a rule says that it is not known yet.
    """
    repository = view.repository(pull.repo_id)
    git = hub.git(repository)
    base = git.branch(pull.base_ref)
    if issue.state != "open" or base is None:
        return None
    is_tested = IS_TESTED.get()
    if is_tested is not None and not is_tested(base, pull.head_sha):
        return None
    return merged_tree(git, base, pull.head_sha) is not None


def merge_facts(hub: Hub, view: View, issue: Issue, pull: Pull) -> MergeFacts:
    """Return what ``mergeStateStatus`` is decided from."""
    rollup = rollup_state(latest_by_context(statuses_of(view, pull.repo_id, pull.head_sha)))
    reason, is_behind = hindrances(hub, view, pull)
    return MergeFacts(
        is_mergeable(hub, view, issue, pull),
        pull.is_draft,
        rollup,
        is_blocked=reason is not None and not is_behind,
        is_behind=is_behind,
    )
