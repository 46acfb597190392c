"""What issues and pull requests have in common: text, people, labels, comments, reactions."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso, iso_or_none
from bot.hub.graphql.connections import Connection, connect
from bot.hub.graphql.nodes.actors import ActorNode, actor_node
from bot.hub.graphql.nodes.base import Seen
from bot.hub.graphql.nodes.labels import LabelNode, labels_of_issue
from bot.hub.graphql.nodes.milestone import MilestoneNode
from bot.hub.graphql.nodes.reactions import ReactionGroupNode, reaction_groups
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Assignee, Comment, Issue
from bot.hub.world.access import association, role_of
from bot.hub.world.milestones import milestone_of_issue


@dataclass(frozen=True)
class ConversationNode(Seen):
    """An issue, or the issue half of a pull request."""

    issue_record: Issue
    active_lock_reason = None

    def home(self) -> Repository:
        """Return the repository's record."""
        return self.scope.view.repository(self.issue_record.repo_id)

    @property
    def number(self) -> int:
        """The number, of one sequence for issues and pull requests."""
        return self.issue_record.number

    @property
    def title(self) -> str:
        """The title."""
        return self.issue_record.title

    @property
    def body(self) -> str:
        """The Markdown, "" for none."""
        return self.issue_record.body or ""

    @property
    def body_text(self) -> str:
        """The Markdown too: the hub does not render."""
        return self.body

    @property
    def closed(self) -> bool:
        """Whether it is closed (or merged)."""
        return self.issue_record.state == "closed"

    @property
    def locked(self) -> bool:
        """Whether the conversation is locked."""
        return self.issue_record.locked

    @property
    def created_at(self) -> str:
        """When it was created."""
        return iso(self.issue_record.created_at)

    @property
    def published_at(self) -> str:
        """When it was created."""
        return self.created_at

    @property
    def updated_at(self) -> str:
        """When something happened that GitHub counts as an update."""
        return iso(self.issue_record.updated_at)

    @property
    def closed_at(self) -> str | None:
        """When it was closed."""
        return iso_or_none(self.issue_record.closed_at)

    @property
    def last_edited_at(self) -> str | None:
        """When its body was last edited."""
        return iso_or_none(self.issue_record.edited_at)

    def author(self) -> ActorNode | None:
        """Return who opened it."""
        return actor_node(self.scope, self.issue_record.author_id)

    def editor(self) -> ActorNode | None:
        """Return who last edited its body."""
        return actor_node(self.scope, self.issue_record.editor_id)

    def author_association(self) -> str:
        """Return how the author stands to the repository; no authorisation."""
        return association(self.scope.view, self.home(), self.issue_record.author_id)

    def repository(self) -> Any:
        """Return its repository."""
        from bot.hub.graphql.nodes.repository import RepositoryNode

        return RepositoryNode(self.scope, self.home())

    def milestone(self) -> MilestoneNode | None:
        """Return its milestone."""
        milestone = milestone_of_issue(self.scope.view, self.issue_record)
        return None if milestone is None else MilestoneNode(self.scope, milestone)

    def labels(self, **arguments: Any) -> Connection[LabelNode]:
        """Return its labels."""
        return labels_of_issue(self.scope, self.issue_record.id, arguments)

    def assignees(self, **pages: Any) -> Connection[ActorNode | None]:
        """Return the accounts assigned to it."""
        listing = Listing(
            Assignee,
            "issue_id = :issue",
            {"issue": self.issue_record.id},
            "account_id",
            "account_id",
        )
        listed = self.scope.listed()
        return connect(
            listed.view, listing, lambda held: actor_node(listed, held.account_id), pages
        )

    def assigned_actors(self, **pages: Any) -> Connection[ActorNode | None]:
        """Return the accounts assigned to it, bots included."""
        return self.assignees(**pages)

    def comments(self, order_by: dict[str, str] | None = None, **pages: Any) -> Connection[Any]:
        """Return its comments, oldest first unless ordered by update."""
        from bot.hub.graphql.nodes.comment import CommentNode

        values = {"issue": self.issue_record.id}
        listing = Listing(Comment, "issue_id = :issue", values)
        if order_by is not None:
            is_descending = order_by["direction"] == "DESC"
            listing = Listing(
                Comment, "issue_id = :issue", values, "updated_at", descending=is_descending
            )
        listed = self.scope.listed()
        return connect(listed.view, listing, lambda comment: CommentNode(listed, comment), pages)

    def reaction_groups(self) -> list[ReactionGroupNode]:
        """Return the reactions by content."""
        return reaction_groups(self.scope, self.issue_record)

    def viewer_did_author(self) -> bool:
        """Return whether who asks opened it."""
        return self.issue_record.author_id == self.scope.actor.id

    def viewer_can_update(self) -> bool:
        """Return whether who asks may edit it."""
        return (
            self.viewer_did_author()
            or role_of(self.scope.view, self.home(), self.scope.actor) >= Role.WRITE
        )

    def viewer_can_react(self) -> bool:
        """Return whether who asks may react."""
        return not self.issue_record.locked
