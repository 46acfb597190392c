"""Commit, Tree, Blob, Tag and Ref."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.hub.git.commits import Signature, TreeEntry
from bot.hub.graphql.connections import Connection, connect_items
from bot.hub.graphql.nodes.actors import ActorNode
from bot.hub.graphql.nodes.base import Seen
from bot.hub.graphql.nodes.statuses import RollupNode, StatusNode, rollup_of, status_of
from bot.hub.rules.node_ids import git_node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.world.accounts import email

_MAX_TEXT = 512_000
"""Bytes of a blob that ``text`` gives; longer ones are truncated."""


@dataclass(frozen=True)
class GitObjectNode(Seen):
    """Any git object."""

    home: Repository
    oid: str
    typename = "Tree"
    prefix = "TREE"

    @property
    def id(self) -> str:
        """The global id."""
        return git_node_id(self.prefix, self.home.id, self.oid)

    @property
    def abbreviated_oid(self) -> str:
        """The first seven digits."""
        return self.oid[:7]


@dataclass(frozen=True)
class TreeEntryNode(Seen):
    """What lies in a directory under one name."""

    home: Repository
    entry: TreeEntry
    typename = "TreeEntry"

    @property
    def name(self) -> str:
        """The name."""
        return self.entry.name

    @property
    def oid(self) -> str:
        """The object's SHA."""
        return self.entry.oid

    @property
    def type(self) -> str:
        """``blob``, ``tree``, or ``commit`` for a submodule."""
        return self.entry.type

    @property
    def mode(self) -> int:
        """The mode that git keeps."""
        return self.entry.mode

    def object(self) -> GitObjectNode | None:
        """Return the object; a submodule's commit is not here."""
        return object_node(self.scope, self.home, self.entry.oid)


@dataclass(frozen=True)
class TreeNode(GitObjectNode):
    """A directory."""

    def entries(self) -> list[TreeEntryNode]:
        """Return what lies directly in it."""
        listed = self.scope.git(self.home).entries(self.oid)
        return [TreeEntryNode(self.scope, self.home, entry) for entry in listed]


@dataclass(frozen=True)
class TagNode(GitObjectNode):
    """An annotated tag."""

    typename = "Tag"
    prefix = "TA"

    @property
    def name(self) -> str:
        """The object's name."""
        return self.oid


@dataclass(frozen=True)
class BlobNode(GitObjectNode):
    """A file."""

    typename = "Blob"
    prefix = "B"

    @cached_property
    def _bytes(self) -> bytes:
        return self.scope.git(self.home).blob(self.oid)

    def byte_size(self) -> int:
        """Return its size in bytes."""
        return len(self._bytes)

    def is_binary(self) -> bool:
        """Return whether it holds a zero byte early on, git's own test."""
        return b"\0" in self._bytes[:8000]

    def is_truncated(self) -> bool:
        """Return whether ``text`` is not the whole."""
        return len(self._bytes) > _MAX_TEXT

    def text(self) -> str | None:
        """Return its text, None for a binary file."""
        content = self._bytes
        return None if b"\0" in content[:8000] else content[:_MAX_TEXT].decode("utf-8", "replace")


@dataclass(frozen=True)
class GitActorNode(Seen):
    """Who wrote or committed, as git names them."""

    signature: Signature

    @property
    def name(self) -> str:
        """The name."""
        return self.signature.name

    @property
    def email(self) -> str:
        """The address."""
        return self.signature.email

    @property
    def date(self) -> str:
        """When."""
        return self.signature.date

    def user(self) -> ActorNode | None:
        """Return the account of a no-reply address, None for any other address and for bots."""
        login = self.signature.email.partition("@")[0].partition("+")[2]
        account = self.scope.view.account_named(login) if login else None
        is_theirs = account is not None and email(account) == self.signature.email
        if account is None or account.is_bot or not is_theirs:
            return None
        return ActorNode(self.scope, account)


@dataclass(frozen=True)
class CommitNode(GitObjectNode):
    """A commit; what it says is read from git when asked."""

    typename = "Commit"
    prefix = "C"

    def _info(self) -> Any:
        return self.scope.git(self.home).commit(self.oid)

    def message(self) -> str:
        """Return the whole message."""
        return str(self._info().message)

    def message_headline(self) -> str:
        """Return its first line."""
        return str(self._info().headline)

    def message_body(self) -> str:
        """Return all but its first line."""
        return self.message().partition("\n")[2].strip("\n")

    def committed_date(self) -> str:
        """Return when it was committed."""
        return str(self._info().committer.date)

    def authored_date(self) -> str:
        """Return when it was written."""
        return str(self._info().author.date)

    def author(self) -> GitActorNode:
        """Return who wrote it, with name, email and date."""
        return GitActorNode(self.scope, self._info().author)

    def authors(self, **pages: Any) -> Connection[GitActorNode]:
        """Return who wrote it as a list; the hub reads no ``Co-authored-by``."""
        return connect_items(
            (self._info().author,), lambda who: GitActorNode(self.scope, who), pages
        )

    def tree(self) -> TreeNode:
        """Return its tree."""
        return TreeNode(self.scope, self.home, self._info().tree)

    def parents(self, **pages: Any) -> Connection["CommitNode"]:
        """Return its parents."""
        return connect_items(
            self._info().parents, lambda oid: CommitNode(self.scope, self.home, oid), pages
        )

    def url(self) -> str:
        """Return the address of its page."""
        return self.page_of(self.home, f"/commit/{self.oid}")

    def status_check_rollup(self) -> RollupNode | None:
        """Return what its statuses add up to, None without any."""
        return rollup_of(self.scope, self.home, self.oid)

    def status(self) -> StatusNode | None:
        """Return its statuses, None without any."""
        return status_of(self.scope, self.home, self.oid)


@dataclass(frozen=True)
class RefNode(Seen):
    """A branch, tag or other ref; ``full_name`` begins with ``refs/``."""

    home: Repository
    full_name: str
    oid: str
    typename = "Ref"

    @property
    def id(self) -> str:
        """The global id."""
        return git_node_id("REF", self.home.id, self.full_name)

    @property
    def prefix(self) -> str:
        """The namespace, with its last slash."""
        parts = self.full_name.split("/")
        return "/".join(parts[:2]) + "/"

    @property
    def name(self) -> str:
        """The name without the namespace."""
        return self.full_name.removeprefix(self.prefix)

    def target(self) -> GitObjectNode | None:
        """Return what it points at."""
        return object_node(self.scope, self.home, self.oid)

    def repository(self) -> Any:
        """Return its repository."""
        from bot.hub.graphql.nodes.repository import RepositoryNode

        return RepositoryNode(self.scope, self.home)


_KINDS: dict[str, type[GitObjectNode]] = {
    "commit": CommitNode,
    "tree": TreeNode,
    "blob": BlobNode,
    "tag": TagNode,
}


def object_node(scope: Scope, repository: Repository, oid: str) -> GitObjectNode | None:
    """Return a git object by SHA, or None when there is none."""
    kind = _KINDS.get(scope.git(repository).object_type(oid))
    return None if kind is None else kind(scope, repository, oid)


def ref_node(scope: Scope, repository: Repository, name: str) -> RefNode | None:
    """Return a ref by full name, or a branch or tag by short name; read from git, never lagging."""
    git = scope.git(repository)
    names = (
        [name]
        if name.startswith("refs/")
        else [f"refs/heads/{name}", f"refs/tags/{name}", f"refs/{name}"]
    )
    for full_name in names:
        oid = git.read_ref(full_name)
        if oid is not None:
            return RefNode(scope, repository, full_name, oid)
    return None
