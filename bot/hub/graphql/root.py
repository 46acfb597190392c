"""Query."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.hub.clock import NANOSECONDS, iso
from bot.hub.errors import NotFound
from bot.hub.graphql.nodes.actors import ActorNode, ViewerNode
from bot.hub.graphql.nodes.lookup import find_node
from bot.hub.graphql.nodes.repository import RepositoryNode
from bot.hub.world.access import readable_repository

if TYPE_CHECKING:
    from bot.hub.graphql.resolve import RequestContext


@dataclass(frozen=True)
class QueryRoot:
    """The entry points of a query."""

    context: "RequestContext"

    def viewer(self) -> ViewerNode:
        """Return who asks."""
        scope = self.context.scope
        return ViewerNode(scope, scope.actor)

    def rate_limit(self, dry_run: bool | None = None) -> dict[str, Any]:
        """Return what this query costs and what is left after it."""
        pool, price = self.context.pool, self.context.price
        used = pool.used + (0 if dry_run else price.points)
        return {
            "cost": price.points,
            "limit": pool.limit,
            "nodeCount": price.nodes,
            "used": used,
            "remaining": max(0, pool.limit - used),
            "resetAt": iso(pool.reset * NANOSECONDS),
        }

    def node(self, id: str) -> Any:  # noqa: A002 - GitHub's argument
        """Return any object by its global id."""
        return find_node(self.context.scope, id)

    def nodes(self, ids: list[str]) -> list[Any]:
        """Return objects by their global ids.

        Each that cannot be found is null with an error of its own.
        """
        return [self._node_or_error(text) for text in ids]

    def _node_or_error(self, text: str) -> Any:
        try:
            return find_node(self.context.scope, text)
        except NotFound as refusal:
            return refusal  # graphql-core raises it at this place of the list

    def repository(
        self, owner: str, name: str, follow_renames: bool | None = None
    ) -> RepositoryNode:
        """Return a repository. Raises NotFound in GitHub's words."""
        scope = self.context.scope
        try:
            return RepositoryNode(scope, readable_repository(scope.view, scope.actor, owner, name))
        except NotFound:
            raise NotFound(
                f"Could not resolve to a Repository with the name '{owner}/{name}'."
            ) from None

    def repository_owner(self, login: str) -> ActorNode | None:
        """Return an account by login, or None."""
        scope = self.context.scope
        account = scope.view.account_named(login)
        return None if account is None or account.is_bot else ActorNode(scope, account)
