"""PullRequestReviewComment and PullRequestReviewThread."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso
from bot.hub.graphql.connections import Connection, connect
from bot.hub.graphql.nodes.actors import ActorNode, actor_node
from bot.hub.graphql.nodes.base import Seen
from bot.hub.graphql.nodes.git_objects import CommitNode
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Pull, Review, ReviewComment
from bot.hub.world.access import association


@dataclass(frozen=True)
class OnPull(Seen):
    """Something said about a pull request."""

    pull: Pull

    def home(self) -> Repository:
        """Return the repository's record."""
        return self.scope.view.repository(self.pull.repo_id)

    def pull_request(self) -> Any:
        """Return the pull request."""
        from bot.hub.graphql.nodes.pull_request import PullRequestNode

        return PullRequestNode(self.scope, self.scope.view.issue_of(self.pull), self.pull)

    def place(self, anchor: str) -> str:
        """Return the address of an anchor on the pull request's page."""
        number = self.scope.view.issue_of(self.pull).number
        return self.page_of(self.home(), f"/pull/{number}#{anchor}")


@dataclass(frozen=True)
class ReviewCommentNode(OnPull):
    """A comment on a line of the diff."""

    comment: ReviewComment
    typename = "PullRequestReviewComment"
    editor = None
    last_edited_at = None
    is_minimized = False
    minimized_reason = None
    viewer_can_minimize = False

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("PRRC", self.comment.id, self.pull.repo_id)

    @property
    def database_id(self) -> int:
        """REST's id."""
        return self.comment.id

    @property
    def body(self) -> str:
        """The Markdown."""
        return self.comment.body

    @property
    def body_text(self) -> str:
        """The Markdown too."""
        return self.comment.body

    @property
    def path(self) -> str:
        """The file."""
        return self.comment.path

    @property
    def line(self) -> int | None:
        """The line, None for the whole file."""
        return self.comment.line

    @property
    def created_at(self) -> str:
        """When it was written."""
        return iso(self.comment.created_at)

    published_at = created_at

    @property
    def updated_at(self) -> str:
        """When it last changed."""
        return iso(self.comment.updated_at)

    def author(self) -> ActorNode | None:
        """Return who wrote it."""
        return actor_node(self.scope, self.comment.author_id)

    def author_association(self) -> str:
        """Return how the author stands to the repository."""
        return association(self.scope.view, self.home(), self.comment.author_id)

    def commit(self) -> CommitNode:
        """Return the commit it was written on."""
        return CommitNode(self.scope, self.home(), self.comment.commit_oid)

    def pull_request_review(self) -> Any:
        """Return the review it belongs to."""
        from bot.hub.graphql.nodes.reviews import ReviewNode

        review = self.scope.view.one(Review, "id = :id", id=self.comment.review_id)
        return None if review is None else ReviewNode(self.scope, self.pull, review)

    def url(self) -> str:
        """Return the address of its place on the page."""
        return self.place(f"discussion_r{self.comment.id}")

    def viewer_did_author(self) -> bool:
        """Return whether who asks wrote it."""
        return self.comment.author_id == self.scope.actor.id

    def viewer_can_update(self) -> bool:
        """Return whether who asks may edit it."""
        return self.viewer_did_author()


@dataclass(frozen=True)
class ThreadNode(OnPull):
    """A conversation about one line, known by its first comment."""

    first: ReviewComment
    typename = "PullRequestReviewThread"

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("PRRT", self.first.id, self.pull.repo_id)

    @property
    def is_resolved(self) -> bool:
        """Whether somebody resolved it."""
        return self.first.is_resolved

    @property
    def is_outdated(self) -> bool:
        """Whether the head has moved since."""
        return self.first.commit_oid != self.pull.head_sha

    @property
    def path(self) -> str:
        """The file."""
        return self.first.path

    @property
    def line(self) -> int | None:
        """The line."""
        return self.first.line

    def comments(self, skip: int | None = None, **pages: Any) -> Connection[ReviewCommentNode]:
        """Return what was said, oldest first."""
        listing = Listing(ReviewComment, "thread_id = :thread", {"thread": self.first.id})
        return review_comment_connection(self.scope, self.pull, listing, pages)


def thread_connection(scope: Scope, pull: Pull, pages: dict[str, Any]) -> Connection[ThreadNode]:
    """Page the threads of a pull request."""
    listed = scope.listed()
    listing = Listing(ReviewComment, "pull_id = :pull AND thread_id = id", {"pull": pull.id})
    return connect(listed.view, listing, lambda first: ThreadNode(listed, pull, first), pages)


def review_comment_connection(
    scope: Scope, pull: Pull, listing: Listing[ReviewComment], pages: dict[str, Any]
) -> Connection[ReviewCommentNode]:
    """Page comments on lines of a pull request."""
    listed = scope.listed()
    return connect(
        listed.view, listing, lambda comment: ReviewCommentNode(listed, pull, comment), pages
    )
