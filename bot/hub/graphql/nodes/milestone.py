"""Milestone."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso, iso_or_none
from bot.hub.graphql.connections import Connection, connect
from bot.hub.graphql.nodes.actors import ActorNode, actor_node
from bot.hub.graphql.nodes.base import Seen
from bot.hub.graphql.nodes.issue_lists import Filter, issue_connection
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Milestone
from bot.hub.world.milestones import milestone_counts


@dataclass(frozen=True)
class MilestoneNode(Seen):
    """A milestone."""

    milestone: Milestone
    typename = "Milestone"

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("MI", self.milestone.id, self.milestone.repo_id)

    @property
    def number(self) -> int:
        """The number."""
        return self.milestone.number

    @property
    def title(self) -> str:
        """The title."""
        return self.milestone.title

    @property
    def description(self) -> str | None:
        """The description."""
        return self.milestone.description

    @property
    def state(self) -> str:
        """OPEN or CLOSED."""
        return self.milestone.state.upper()

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self.milestone.state == "closed"

    @property
    def due_on(self) -> str | None:
        """When it is due."""
        return iso_or_none(self.milestone.due_on)

    @property
    def closed_at(self) -> str | None:
        """When it was closed."""
        return iso_or_none(self.milestone.closed_at)

    @property
    def created_at(self) -> str:
        """When it was created."""
        return iso(self.milestone.created_at)

    @property
    def updated_at(self) -> str:
        """When it last changed, or gained or lost an issue."""
        return iso(self.milestone.updated_at)

    def _repository(self) -> Repository:
        return self.scope.view.repository(self.milestone.repo_id)

    def url(self) -> str:
        """Return the address of its page."""
        return self.page_of(self._repository(), f"/milestone/{self.milestone.number}")

    def creator(self) -> ActorNode | None:
        """Return who created it."""
        return actor_node(self.scope, self.milestone.creator_id)

    def progress_percentage(self) -> float:
        """Return the closed share in percent."""
        opened, closed = milestone_counts(self.scope.view, self.milestone)
        return closed * 100 / (opened + closed) if opened + closed else 0.0

    def repository(self) -> Any:
        """Return its repository."""
        from bot.hub.graphql.nodes.repository import RepositoryNode

        return RepositoryNode(self.scope, self._repository())

    def issues(self, **arguments: Any) -> Connection[Any]:
        """Return its issues."""
        chosen = Filter("milestone_id = :on", on=self.milestone.id)
        return issue_connection(self.scope, chosen, arguments)


_SORTS = {
    "CREATED_AT": "created_at",
    "DUE_DATE": "coalesce(due_on, 1 << 62)",
    "NUMBER": "number",
    "UPDATED_AT": "updated_at",
}


def milestone_connection(
    scope: Scope, repository: Repository, arguments: dict[str, Any]
) -> Connection[MilestoneNode]:
    """Page the milestones of a repository by states, a text in the title, and orderBy."""
    order = arguments.pop("order_by", None) or {"field": "NUMBER", "direction": "ASC"}
    states, text = arguments.pop("states", None), arguments.pop("query", None)
    where, values = "repo_id = :repo", {"repo": repository.id, "text": f"%{text or ''}%"}
    if states:
        where += f" AND state IN ({', '.join(repr(state.lower()) for state in states)})"
    if text:
        where += " AND title LIKE :text"
    listing = Listing(
        Milestone, where, values, _SORTS[order["field"]], descending=order["direction"] == "DESC"
    )
    listed = scope.listed()
    return connect(
        listed.view, listing, lambda milestone: MilestoneNode(listed, milestone), arguments
    )
