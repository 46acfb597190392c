"""PullRequestCommit and PullRequestChangedFile."""

from dataclasses import dataclass

from bot.hub.git.commits import CommitInfo, FileChange
from bot.hub.graphql.nodes.base import Seen
from bot.hub.graphql.nodes.git_objects import CommitNode
from bot.hub.rules.node_ids import git_node_id
from bot.hub.store.identity import Repository
from bot.hub.store.records import Pull

_CHANGE_TYPES = {"removed": "DELETED"}


@dataclass(frozen=True)
class PullRequestCommitNode(Seen):
    """A commit as part of a pull request."""

    home: Repository
    pull: Pull
    info: CommitInfo
    typename = "PullRequestCommit"

    @property
    def id(self) -> str:
        """The global id."""
        return git_node_id("PURC", self.home.id, f"{self.pull.id}:{self.info.oid}")

    def commit(self) -> CommitNode:
        """Return the commit."""
        return CommitNode(self.scope, self.home, self.info.oid)

    def url(self) -> str:
        """Return the address of its page."""
        number = self.scope.view.issue_of(self.pull).number
        return self.page_of(self.home, f"/pull/{number}/commits/{self.info.oid}")


@dataclass(frozen=True)
class ChangedFileNode:
    """A file that a pull request changes."""

    change: FileChange
    typename = "PullRequestChangedFile"

    @property
    def path(self) -> str:
        """Its path."""
        return self.change.path

    @property
    def additions(self) -> int:
        """Lines added."""
        return self.change.additions

    @property
    def deletions(self) -> int:
        """Lines deleted."""
        return self.change.deletions

    @property
    def change_type(self) -> str:
        """ADDED, MODIFIED, DELETED, RENAMED, COPIED or CHANGED."""
        return _CHANGE_TYPES.get(self.change.status, self.change.status.upper())
