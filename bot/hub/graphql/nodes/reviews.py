"""PullRequestReview."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso
from bot.hub.graphql.connections import Connection, connect, connect_items
from bot.hub.graphql.nodes.actors import ActorNode, actor_node
from bot.hub.graphql.nodes.git_objects import CommitNode
from bot.hub.graphql.nodes.review_comments import (
    OnPull,
    ReviewCommentNode,
    review_comment_connection,
)
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.listing import Listing
from bot.hub.store.records import Pull, Review, ReviewComment
from bot.hub.world.access import association


@dataclass(frozen=True)
class ReviewNode(OnPull):
    """A submitted review."""

    review: Review
    typename = "PullRequestReview"
    editor = None
    last_edited_at = None
    reaction_groups = ()

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("PRR", self.review.id, self.pull.repo_id)

    @property
    def database_id(self) -> int:
        """REST's id."""
        return self.review.id

    @property
    def full_database_id(self) -> str:
        """REST's id as text."""
        return str(self.review.id)

    @property
    def state(self) -> str:
        """APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED."""
        return self.review.state

    @property
    def body(self) -> str:
        """The Markdown."""
        return self.review.body

    @property
    def body_text(self) -> str:
        """The Markdown too."""
        return self.review.body

    @property
    def submitted_at(self) -> str:
        """When it was submitted."""
        return iso(self.review.submitted_at)

    created_at = published_at = updated_at = submitted_at

    def author(self) -> ActorNode | None:
        """Return the reviewer."""
        return actor_node(self.scope, self.review.author_id)

    def author_association(self) -> str:
        """Return how the reviewer stands to the repository."""
        return association(self.scope.view, self.home(), self.review.author_id)

    def commit(self) -> CommitNode:
        """Return the commit that was reviewed."""
        return CommitNode(self.scope, self.home(), self.review.commit_oid)

    def url(self) -> str:
        """Return the address of its place on the page."""
        return self.place(f"pullrequestreview-{self.review.id}")

    def viewer_did_author(self) -> bool:
        """Return whether who asks submitted it."""
        return self.review.author_id == self.scope.actor.id

    def viewer_can_update(self) -> bool:
        """Return whether who asks may edit it."""
        return self.viewer_did_author()

    def comments(self, **pages: Any) -> Connection[ReviewCommentNode]:
        """Return what it says about lines."""
        listing = Listing(ReviewComment, "review_id = :review", {"review": self.review.id})
        return review_comment_connection(self.scope, self.pull, listing, pages)


def review_connection(
    scope: Scope, pull: Pull, arguments: dict[str, Any]
) -> Connection[ReviewNode]:
    """Page the reviews of a pull request by states and author, oldest first."""
    where, values = "pull_id = :pull", {"pull": pull.id}
    states, author = arguments.pop("states", None), arguments.pop("author", None)
    if states:
        where += f" AND state IN ({', '.join(repr(state) for state in states)})"
    if author is not None:
        account = scope.view.account_named(author) or scope.view.account_named(f"{author}[bot]")
        where += " AND author_id = :author"
        values["author"] = account.id if account else 0
    listed = scope.listed()
    listing = Listing(Review, where, values, "submitted_at")
    return connect(listed.view, listing, lambda review: ReviewNode(listed, pull, review), arguments)


def reviews_at_hand(
    scope: Scope, pull: Pull, reviews: list[Review], pages: dict[str, Any]
) -> Connection[ReviewNode]:
    """Page reviews that were chosen already."""
    return connect_items(reviews, lambda review: ReviewNode(scope, pull, review), pages)
