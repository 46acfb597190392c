"""StatusCheckRollup, Status and StatusContext. The hub has no check runs."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso
from bot.hub.graphql.connections import Connection, connect_items
from bot.hub.graphql.nodes.actors import ActorNode, actor_node
from bot.hub.graphql.nodes.base import Seen
from bot.hub.rules.node_ids import git_node_id, node_id
from bot.hub.rules.status_rollup import latest_by_context, rollup_state
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Status
from bot.hub.world.statuses import statuses_of


@dataclass(frozen=True)
class StatusContextNode(Seen):
    """The newest status of one context."""

    record: Status
    typename = "StatusContext"

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("SC", self.record.id, self.record.repo_id)

    @property
    def context(self) -> str:
        """The name it is known by."""
        return self.record.context

    @property
    def state(self) -> str:
        """ERROR, FAILURE, PENDING or SUCCESS."""
        return self.record.state.upper()

    @property
    def description(self) -> str | None:
        """A short text."""
        return self.record.description

    @property
    def target_url(self) -> str | None:
        """Where to read more."""
        return self.record.target_url

    @property
    def created_at(self) -> str:
        """When it was set."""
        return iso(self.record.created_at)

    def creator(self) -> ActorNode | None:
        """Return who set it."""
        return actor_node(self.scope, self.record.creator_id)

    def is_required(
        self, pull_request_id: str | None = None, pull_request_number: int | None = None
    ) -> bool:
        """Never: the hub protects no branches."""
        return False


@dataclass(frozen=True)
class StatusNode(Seen):
    """All statuses of a commit."""

    home: Repository
    oid: str
    latest: tuple[Status, ...]
    typename = "Status"
    prefix = "S"

    @property
    def id(self) -> str:
        """The global id."""
        return git_node_id(self.prefix, self.home.id, self.oid)

    @property
    def state(self) -> str:
        """What they add up to."""
        return rollup_state(self.latest) or "EXPECTED"

    def contexts(self) -> list[StatusContextNode]:
        """Return the newest of each context."""
        return [StatusContextNode(self.scope, status) for status in self.latest]


@dataclass(frozen=True)
class RollupNode(Seen):
    """What the statuses of a commit add up to."""

    home: Repository
    oid: str
    latest: tuple[Status, ...]
    typename = "StatusCheckRollup"

    @property
    def id(self) -> str:
        """The global id."""
        return git_node_id("SCR", self.home.id, self.oid)

    @property
    def state(self) -> str:
        """What they add up to."""
        return rollup_state(self.latest) or "EXPECTED"

    def contexts(self, **pages: Any) -> Connection[StatusContextNode]:
        """Return the newest of each context."""
        return connect_items(
            self.latest, lambda status: StatusContextNode(self.scope, status), pages
        )


def rollup_of(scope: Scope, repository: Repository, oid: str) -> RollupNode | None:
    """Return the rollup of a commit, None without statuses."""
    latest = latest_by_context(statuses_of(scope.view, repository.id, oid))
    return RollupNode(scope, repository, oid, tuple(latest)) if latest else None


def status_of(scope: Scope, repository: Repository, oid: str) -> StatusNode | None:
    """Return the statuses of a commit, None without any."""
    latest = latest_by_context(statuses_of(scope.view, repository.id, oid))
    return StatusNode(scope, repository, oid, tuple(latest)) if latest else None
