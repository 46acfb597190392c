"""Label."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.hub.clock import iso
from bot.hub.graphql.connections import Connection, connect
from bot.hub.graphql.nodes.base import Seen
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.listing import Listing
from bot.hub.store.records import Label
from bot.hub.world.labels import OF_ISSUE


@dataclass(frozen=True)
class LabelNode(Seen):
    """A label."""

    label: Label
    typename = "Label"

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("LA", self.label.id, self.label.repo_id)

    @property
    def name(self) -> str:
        """The name."""
        return self.label.name

    @property
    def color(self) -> str:
        """Six hex digits."""
        return self.label.color

    @property
    def description(self) -> str | None:
        """What it is for."""
        return self.label.description

    @property
    def is_default(self) -> bool:
        """Whether the repository was born with it."""
        return self.label.is_default

    @property
    def created_at(self) -> str:
        """When it was created."""
        return iso(self.label.created_at)

    @property
    def updated_at(self) -> str:
        """When it was last redrawn or renamed."""
        return iso(self.label.updated_at)

    def url(self) -> str:
        """Return the address of its page."""
        repository = self.scope.view.repository(self.label.repo_id)
        return self.page_of(repository, f"/labels/{quote(self.label.name, safe='')}")


_SORTS = {"NAME": "name", "CREATED_AT": "created_at"}


def label_connection(
    scope: Scope, where: str, values: dict[str, Any], arguments: dict[str, Any]
) -> Connection[LabelNode]:
    """Page labels, by name unless ordered otherwise."""
    order = arguments.pop("order_by", None) or {"field": "NAME", "direction": "ASC"}
    listing = Listing(
        Label, where, values, _SORTS[order["field"]], descending=order["direction"] == "DESC"
    )
    listed = scope.listed()
    return connect(listed.view, listing, lambda label: LabelNode(listed, label), arguments)


def labels_of_issue(
    scope: Scope, issue_id: int, arguments: dict[str, Any]
) -> Connection[LabelNode]:
    """Page the labels of an issue or pull request."""
    return label_connection(scope, OF_ISSUE, {"issue": issue_id}, arguments)
