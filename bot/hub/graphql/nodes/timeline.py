"""An issue's timeline, as far as the hub keeps one: labels put on and taken off, new titles."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso
from bot.hub.graphql.connections import Connection, connect
from bot.hub.graphql.nodes.actors import ActorNode, actor_node
from bot.hub.graphql.nodes.base import Seen
from bot.hub.graphql.nodes.labels import LabelNode
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.listing import Listing
from bot.hub.store.records import Issue, IssueEvent, Label
from bot.hub.world.timeline import LABELED, RENAMED, UNLABELED

_TYPES = {
    LABELED: ("LabeledEvent", "LE"),
    UNLABELED: ("UnlabeledEvent", "UNLE"),
    RENAMED: ("RenamedTitleEvent", "RTE"),
}
_OF_LABELS_THAT_ARE = (
    "(label_id IS NULL OR label_id IN (SELECT id FROM labels WHERE began <= :t AND ended > :t))"
)
"""The events of a deleted label are not told: the type demands a label."""


@dataclass(frozen=True)
class TimelineNode(Seen):
    """One event of an issue."""

    issue_record: Issue
    record: IssueEvent

    @property
    def typename(self) -> str:
        """The event's type."""
        return _TYPES[self.record.kind][0]

    @property
    def id(self) -> str:
        """The global id."""
        return node_id(_TYPES[self.record.kind][1], self.record.id, self.issue_record.repo_id)

    @property
    def created_at(self) -> str:
        """When it happened."""
        return iso(self.record.created_at)

    def actor(self) -> ActorNode | None:
        """Return who did it."""
        return actor_node(self.scope, self.record.actor_id)

    def label(self) -> LabelNode | None:
        """Return the label that was put on or taken off."""
        found = self.scope.view.one(Label, "id = :id", id=self.record.label_id)
        return None if found is None else LabelNode(self.scope, found)

    @property
    def previous_title(self) -> str | None:
        """The title until then."""
        return self.record.previous

    @property
    def current_title(self) -> str | None:
        """The title from then on."""
        return self.record.current


def timeline_of_issue(
    scope: Scope, issue: Issue, item_types: list[str] | None, pages: dict[str, Any]
) -> Connection[TimelineNode]:
    """Page what happened to an issue, oldest first."""
    kinds = [k for k in _TYPES if item_types is None or k in item_types]
    chosen = f"kind IN ({', '.join(map(repr, kinds))})"
    where = f"issue_id = :issue AND {chosen} AND {_OF_LABELS_THAT_ARE}"
    listing = Listing(IssueEvent, where, {"issue": issue.id})
    return connect(scope.view, listing, lambda found: TimelineNode(scope, issue, found), pages)
