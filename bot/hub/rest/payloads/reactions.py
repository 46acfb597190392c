"""``reaction`` and ``reaction-rollup``."""

from collections import Counter
from typing import Any

from bot.hub.clock import iso
from bot.hub.rest.payloads.accounts import user_or_none
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Comment, Issue, Reaction
from bot.hub.world.reactions import GRAPHQL_WORDS, reactions_to


def reaction_payload(scope: Scope, repository: Repository, reaction: Reaction) -> dict[str, Any]:
    """Return a reaction."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id, repository.id),
        "user": user_or_none(scope, reaction.account_id),
        "content": reaction.content,
        "created_at": iso(reaction.created_at),
    }


def reaction_rollup(scope: Scope, target: Issue | Comment, url: str) -> dict[str, Any]:
    """Return how often each reaction was given to an issue or comment at ``url``."""
    counts = Counter(reaction.content for reaction in reactions_to(scope.view, target))
    return {
        "url": f"{url}/reactions",
        "total_count": counts.total(),
        **{content: counts[content] for content in GRAPHQL_WORDS},
    }
