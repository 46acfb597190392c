"""User and Bot. GraphQL names a Bot without the ``[bot]`` ending that REST shows."""

from dataclasses import dataclass

from bot.hub.clock import iso
from bot.hub.graphql.nodes.base import Seen
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Account


@dataclass(frozen=True)
class ActorNode(Seen):
    """An account as an Actor."""

    account: Account

    @property
    def typename(self) -> str:
        """User or Bot."""
        return self.account.type

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("BOT" if self.account.is_bot else "U", self.account.id)

    @property
    def database_id(self) -> int:
        """REST's id."""
        return self.account.id

    @property
    def login(self) -> str:
        """The login; a bot's without its ending."""
        return self.account.login.removesuffix("[bot]")

    @property
    def name(self) -> str:
        """The display name."""
        return self.login

    @property
    def resource_path(self) -> str:
        """The path of the account's page."""
        return f"/apps/{self.login}" if self.account.is_bot else f"/{self.login}"

    @property
    def url(self) -> str:
        """The address of the account's page."""
        return self.scope.origin + self.resource_path

    @property
    def created_at(self) -> str:
        """When the account was created."""
        return iso(self.account.created_at)

    def avatar_url(self, size: int | None = None) -> str:
        """Return an address for a picture; the hub serves none."""
        return f"{self.scope.origin}/avatars/{self.account.id}"

    def is_viewer(self) -> bool:
        """Return whether this is who asks."""
        return self.account.id == self.scope.actor.id


@dataclass(frozen=True)
class ViewerNode(ActorNode):
    """Who asks, always a User; a bot sees its full login here, as on GitHub."""

    @property
    def typename(self) -> str:
        """Always User."""
        return "User"

    @property
    def login(self) -> str:
        """The login with its ending."""
        return self.account.login


def actor_node(scope: Scope, account_id: int | None) -> ActorNode | None:
    """Return an account by id, or None for no id."""
    account = scope.view.account_or_none(account_id)
    return None if account is None else ActorNode(scope, account)
