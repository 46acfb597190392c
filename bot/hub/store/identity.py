"""Accounts and repositories: rows without versions, because no lagging listing shows them."""

from dataclasses import dataclass, field

from bot.hub.rules.grants import WORKFLOW, Grant


@dataclass(frozen=True, slots=True)
class Account:
    """Who acts. ``type`` is User or Bot; a bot's login ends in ``[bot]``."""

    id: int
    login: str
    type: str
    created_at: int
    grant: Grant | None = field(default=None, compare=False)
    """The limits of the token it acts with; None for none."""

    @property
    def is_bot(self) -> bool:
        """Whether GitHub would call this account a Bot."""
        return self.type == "Bot"

    @property
    def is_workflow(self) -> bool:
        """Whether it acts with a workflow's token: what it does starts no other workflow."""
        return self.grant is not None and self.grant.kind == WORKFLOW


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository; ``default_tip`` is the commit of the default branch that was last absorbed."""

    id: int
    owner_id: int
    name: str
    description: str | None
    private: bool
    default_branch: str
    default_tip: str | None
    allow_merge: bool
    allow_squash: bool
    allow_rebase: bool
    delete_head: bool
    created_at: int
    updated_at: int
    pushed_at: int
