"""IssueComment."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso, iso_or_none
from bot.hub.graphql.nodes.actors import ActorNode, actor_node
from bot.hub.graphql.nodes.base import Seen
from bot.hub.graphql.nodes.reactions import ReactionGroupNode, reaction_groups
from bot.hub.rules.node_ids import node_id
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Repository
from bot.hub.store.records import Comment, Issue
from bot.hub.world.access import association, role_of


@dataclass(frozen=True)
class CommentNode(Seen):
    """A comment on an issue or pull request."""

    comment: Comment
    typename = "IssueComment"

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("IC", self.comment.id, self.comment.repo_id)

    @property
    def database_id(self) -> int:
        """REST's id."""
        return self.comment.id

    @property
    def full_database_id(self) -> str:
        """REST's id as text."""
        return str(self.comment.id)

    @property
    def body(self) -> str:
        """The Markdown."""
        return self.comment.body

    @property
    def body_text(self) -> str:
        """The Markdown too: the hub does not render."""
        return self.comment.body

    @property
    def created_at(self) -> str:
        """When it was written."""
        return iso(self.comment.created_at)

    @property
    def published_at(self) -> str:
        """When it was written."""
        return self.created_at

    @property
    def updated_at(self) -> str:
        """When its body last changed."""
        return iso(self.comment.updated_at)

    @property
    def last_edited_at(self) -> str | None:
        """When its body was edited, None if never."""
        return iso_or_none(self.comment.edited_at)

    @property
    def includes_created_edit(self) -> bool:
        """Whether it was ever edited."""
        return self.comment.edited_at is not None

    @property
    def is_minimized(self) -> bool:
        """Whether it is hidden."""
        return self.comment.minimized is not None

    @property
    def minimized_reason(self) -> str | None:
        """Why it is hidden."""
        return self.comment.minimized

    def _home(self) -> Repository:
        return self.scope.view.repository(self.comment.repo_id)

    def _subject(self) -> Issue | None:
        return self.scope.view.one(Issue, "id = :id", id=self.comment.issue_id)

    def url(self) -> str:
        """Return the address of its place on the page."""
        subject = self._subject()
        kind = "pull" if subject and subject.pull_id else "issues"
        number = subject.number if subject else 0
        return self.page_of(self._home(), f"/{kind}/{number}#issuecomment-{self.comment.id}")

    def author(self) -> ActorNode | None:
        """Return who wrote it."""
        return actor_node(self.scope, self.comment.author_id)

    def editor(self) -> ActorNode | None:
        """Return who last edited it."""
        return actor_node(self.scope, self.comment.editor_id)

    def author_association(self) -> str:
        """Return how the author stands to the repository; no authorisation."""
        return association(self.scope.view, self._home(), self.comment.author_id)

    def repository(self) -> Any:
        """Return its repository."""
        from bot.hub.graphql.nodes.repository import RepositoryNode

        return RepositoryNode(self.scope, self._home())

    def issue(self) -> Any:
        """Return what it was written on, as an Issue even for a pull request, as GitHub does."""
        from bot.hub.graphql.nodes.issue import IssueNode

        subject = self._subject()
        return None if subject is None else IssueNode(self.scope, subject)

    def pull_request(self) -> Any:
        """Return the pull request it was written on, or None."""
        from bot.hub.graphql.nodes.pull_request import PullRequestNode

        subject = self._subject()
        return None if subject is None else PullRequestNode.of_issue(self.scope, subject)

    def reaction_groups(self) -> list[ReactionGroupNode]:
        """Return the reactions by content."""
        return reaction_groups(self.scope, self.comment)

    def viewer_did_author(self) -> bool:
        """Return whether who asks wrote it."""
        return self.comment.author_id == self.scope.actor.id

    def viewer_can_update(self) -> bool:
        """Return whether who asks may edit it."""
        return (
            self.viewer_did_author()
            or role_of(self.scope.view, self._home(), self.scope.actor) >= Role.WRITE
        )

    def viewer_can_delete(self) -> bool:
        """Return whether who asks may delete it."""
        return self.viewer_can_update()

    def viewer_can_minimize(self) -> bool:
        """Return whether who asks may hide it."""
        return self.viewer_can_update()

    def viewer_can_react(self) -> bool:
        """Return whether who asks may react."""
        return True
