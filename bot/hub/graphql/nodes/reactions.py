"""ReactionGroup and Reaction."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso, iso_or_none
from bot.hub.graphql.connections import Connection, connect
from bot.hub.graphql.nodes.actors import ActorNode, actor_node
from bot.hub.graphql.nodes.base import Seen
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.listing import Listing
from bot.hub.store.records import Comment, Issue, Reaction
from bot.hub.world.reactions import GRAPHQL_WORDS, ON_SUBJECT, reactions_to, subject_of


@dataclass(frozen=True)
class ReactionNode(Seen):
    """One reaction."""

    reaction: Reaction
    target: Issue | Comment
    typename = "Reaction"

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("REA", self.reaction.id, self.target.repo_id)

    @property
    def database_id(self) -> int:
        """REST's id."""
        return self.reaction.id

    @property
    def content(self) -> str:
        """GraphQL's word."""
        return GRAPHQL_WORDS[self.reaction.content]

    @property
    def created_at(self) -> str:
        """When it was given."""
        return iso(self.reaction.created_at)

    def user(self) -> ActorNode | None:
        """Return who gave it."""
        return actor_node(self.scope, self.reaction.account_id)

    def reactable(self) -> Any:
        """Return what it was given to."""
        from bot.hub.graphql.nodes.lookup import node_of_record

        return node_of_record(self.scope, self.target)


@dataclass(frozen=True)
class ReactionGroupNode(Seen):
    """All reactions of one content to one subject."""

    target: Issue | Comment
    word: str
    held: tuple[Reaction, ...]

    @property
    def content(self) -> str:
        """GraphQL's word."""
        return GRAPHQL_WORDS[self.word]

    def created_at(self) -> str | None:
        """Return when the first was given."""
        return iso_or_none(min((r.created_at for r in self.held), default=None))

    def viewer_has_reacted(self) -> bool:
        """Return whether who asks is among them."""
        return any(reaction.account_id == self.scope.actor.id for reaction in self.held)

    def reactors(self, **pages: Any) -> Connection[ActorNode | None]:
        """Return who gave them."""
        values = {
            "subject": subject_of(self.target),
            "subject_id": self.target.id,
            "content": self.word,
        }
        listing = Listing(Reaction, f"{ON_SUBJECT} AND content = :content", values)
        scope = self.scope.listed()
        return connect(
            scope.view, listing, lambda reaction: actor_node(scope, reaction.account_id), pages
        )

    users = reactors


def reaction_groups(scope: Scope, target: Issue | Comment) -> list[ReactionGroupNode]:
    """Return all eight groups, empty ones included, as GitHub does."""
    held = reactions_to(scope.view, target)
    return [
        ReactionGroupNode(scope, target, word, tuple(r for r in held if r.content == word))
        for word in GRAPHQL_WORDS
    ]
