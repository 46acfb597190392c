"""Reactions to issues, pull requests and comments; each account has each content at most once."""

from bot.hub.errors import FieldError, Invalid
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Comment, Issue, Reaction
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require, require_author_or

GRAPHQL_WORDS = {
    "+1": "THUMBS_UP",
    "-1": "THUMBS_DOWN",
    "laugh": "LAUGH",
    "hooray": "HOORAY",
    "confused": "CONFUSED",
    "heart": "HEART",
    "rocket": "ROCKET",
    "eyes": "EYES",
}
"""REST's contents and GraphQL's names for them."""
REST_WORDS = {name: word for word, name in GRAPHQL_WORDS.items()}
ON_SUBJECT = "subject = :subject AND subject_id = :subject_id"


def subject_of(target: Issue | Comment) -> str:
    """Return the word the reactions table uses for what is reacted to."""
    return "issue" if isinstance(target, Issue) else "comment"


def reactions_to(view: View, target: Issue | Comment) -> list[Reaction]:
    """Return the reactions to an issue or comment, oldest first."""
    return view.all(
        Reaction, ON_SUBJECT, order="id", subject=subject_of(target), subject_id=target.id
    )


def add_reaction(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    target: Issue | Comment,
    content: str,
) -> tuple[Reaction, bool]:
    """React; return the reaction and whether it is new.

    Nobody's ``updatedAt`` moves. Raises Invalid.
    """
    require(transaction, actor, repository, Role.READ)
    if content not in GRAPHQL_WORDS:
        raise Invalid(FieldError("Reaction", "content", "invalid"))
    subject = subject_of(target)
    for held in reactions_to(transaction, target):
        if held.account_id == actor.id and held.content == content:
            return held, False
    reaction = Reaction(
        transaction.next_id(), subject, target.id, actor.id, content, transaction.stamp
    )
    return transaction.add(reaction), True


def remove_reaction(
    transaction: Transaction, actor: Account, repository: Repository, reaction: Reaction
) -> None:
    """Take a reaction back; needs authorship or write."""
    require_author_or(transaction, actor, repository, reaction.account_id, Role.WRITE)
    transaction.retire(reaction)
