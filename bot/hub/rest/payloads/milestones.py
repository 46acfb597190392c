"""``milestone``."""

from typing import Any

from bot.hub.clock import iso, iso_or_none
from bot.hub.rest.payloads.accounts import user_or_none
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Milestone
from bot.hub.world.milestones import milestone_counts


def milestone_payload(scope: Scope, repository: Repository, milestone: Milestone) -> dict[str, Any]:
    """Return a milestone with its counts, pull requests included."""
    url = f"{scope.api_url(repository)}/milestones/{milestone.number}"
    open_issues, closed_issues = milestone_counts(scope.view, milestone)
    return {
        "url": url,
        "html_url": f"{scope.html_url(repository)}/milestone/{milestone.number}",
        "labels_url": f"{url}/labels",
        "id": milestone.id,
        "node_id": node_id("MI", milestone.id, repository.id),
        "number": milestone.number,
        "title": milestone.title,
        "description": milestone.description,
        "creator": user_or_none(scope, milestone.creator_id),
        "open_issues": open_issues,
        "closed_issues": closed_issues,
        "state": milestone.state,
        "created_at": iso(milestone.created_at),
        "updated_at": iso(milestone.updated_at),
        "due_on": iso_or_none(milestone.due_on),
        "closed_at": iso_or_none(milestone.closed_at),
    }
