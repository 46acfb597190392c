"""Repository."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso
from bot.hub.errors import NotFound
from bot.hub.graphql.connections import Connection
from bot.hub.graphql.nodes.actors import ActorNode
from bot.hub.graphql.nodes.base import Seen
from bot.hub.graphql.nodes.git_objects import GitObjectNode, RefNode, object_node, ref_node
from bot.hub.graphql.nodes.issue import IssueNode
from bot.hub.graphql.nodes.issue_lists import Filter, issue_connection, pull_connection
from bot.hub.graphql.nodes.labels import LabelNode, label_connection
from bot.hub.graphql.nodes.milestone import MilestoneNode, milestone_connection
from bot.hub.graphql.nodes.pull_request import PullRequestNode
from bot.hub.rules.node_ids import node_id
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Repository
from bot.hub.world.access import role_of
from bot.hub.world.labels import find_label
from bot.hub.world.milestones import find_milestone


@dataclass(frozen=True)
class RepositoryNode(Seen):
    """A repository."""

    record: Repository
    typename = "Repository"
    is_fork = False
    is_archived = False
    has_issues_enabled = True
    has_wiki_enabled = False
    has_projects_enabled = False
    auto_merge_allowed = False
    viewer_default_merge_method = "MERGE"
    parent = None

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("R", self.record.id)

    @property
    def database_id(self) -> int:
        """REST's id."""
        return self.record.id

    @property
    def name(self) -> str:
        """The name."""
        return self.record.name

    @property
    def description(self) -> str | None:
        """The description."""
        return self.record.description

    @property
    def is_private(self) -> bool:
        """Whether only collaborators can see it."""
        return self.record.private

    @property
    def visibility(self) -> str:
        """PRIVATE or PUBLIC."""
        return "PRIVATE" if self.record.private else "PUBLIC"

    @property
    def merge_commit_allowed(self) -> bool:
        """Whether merge commits are allowed."""
        return self.record.allow_merge

    @property
    def squash_merge_allowed(self) -> bool:
        """Whether squash merges are allowed."""
        return self.record.allow_squash

    @property
    def rebase_merge_allowed(self) -> bool:
        """Whether rebase merges are allowed."""
        return self.record.allow_rebase

    @property
    def delete_branch_on_merge(self) -> bool:
        """Whether merged heads are deleted."""
        return self.record.delete_head

    @property
    def created_at(self) -> str:
        """When it was created."""
        return iso(self.record.created_at)

    @property
    def updated_at(self) -> str:
        """When its settings last changed."""
        return iso(self.record.updated_at)

    @property
    def pushed_at(self) -> str:
        """When its default branch last moved."""
        return iso(self.record.pushed_at)

    def name_with_owner(self) -> str:
        """Return ``owner/name``."""
        return self.scope.full_name(self.record)

    def owner(self) -> ActorNode:
        """Return the owner."""
        return ActorNode(self.scope, self.scope.view.account(self.record.owner_id))

    def url(self) -> str:
        """Return the address of its page."""
        return self.page_of(self.record)

    def ssh_url(self) -> str:
        """Return an address of the usual form; the hub speaks no SSH."""
        host = self.scope.origin.partition("://")[2]
        return f"git@{host}:{self.name_with_owner()}.git"

    def is_empty(self) -> bool:
        """Return whether its default branch does not exist yet."""
        return self.scope.git(self.record).branch(self.record.default_branch) is None

    def viewer_permission(self) -> str | None:
        """Return the role of who asks."""
        role = role_of(self.scope.view, self.record, self.scope.actor)
        return None if role is Role.NONE else role.name

    def viewer_can_administer(self) -> bool:
        """Return whether who asks is an admin."""
        return role_of(self.scope.view, self.record, self.scope.actor) >= Role.ADMIN

    def default_branch_ref(self) -> RefNode | None:
        """Return the default branch, None while the repository is empty."""
        return self.ref(f"refs/heads/{self.record.default_branch}")

    def ref(self, qualified_name: str) -> RefNode | None:
        """Return any ref by its name."""
        return ref_node(self.scope, self.record, qualified_name)

    def object(self, expression: str | None = None, oid: str | None = None) -> GitObjectNode | None:
        """Return the object an expression (``ref:path``) or SHA names."""
        git = self.scope.git(self.record)
        found = oid or (git.resolve(expression) if expression else None)
        return None if found is None else object_node(self.scope, self.record, found)

    def issue(self, number: int) -> IssueNode | None:
        """Return an issue as it is now. Raises NotFound in GitHub's words."""
        issue = self.scope.view.issue(self.record.id, number)
        if issue is None or issue.pull_id is not None:
            raise NotFound(f"Could not resolve to an Issue with the number of {number}.")
        return IssueNode(self.scope, issue)

    def pull_request(self, number: int) -> PullRequestNode | None:
        """Return a pull request as it is now. Raises NotFound in GitHub's words."""
        issue = self.scope.view.issue(self.record.id, number)
        found = PullRequestNode.of_issue(self.scope, issue) if issue else None
        if found is None:
            raise NotFound(f"Could not resolve to a PullRequest with the number of {number}.")
        return found

    def issue_or_pull_request(self, number: int) -> IssueNode | PullRequestNode | None:
        """Return whichever has the number. Raises NotFound in GitHub's words."""
        issue = self.scope.view.issue(self.record.id, number)
        if issue is None:
            raise NotFound(
                f"Could not resolve to an issue or pull request with the number of {number}."
            )
        return PullRequestNode.of_issue(self.scope, issue) or IssueNode(self.scope, issue)

    def milestone(self, number: int) -> MilestoneNode | None:
        """Return a milestone by number, or None."""
        milestone = find_milestone(self.scope.view, self.record.id, number)
        return None if milestone is None else MilestoneNode(self.scope, milestone)

    def milestones(self, **arguments: Any) -> Connection[MilestoneNode]:
        """Return the milestones."""
        return milestone_connection(self.scope, self.record, arguments)

    def label(self, name: str) -> LabelNode | None:
        """Return a label by name, or None."""
        label = find_label(self.scope.view, self.record, name)
        return None if label is None else LabelNode(self.scope, label)

    def labels(self, query: str | None = None, **arguments: Any) -> Connection[LabelNode]:
        """Return the labels; ``query`` searches name and description."""
        where, values = "repo_id = :repo", {"repo": self.record.id, "text": f"%{query or ''}%"}
        if query:
            where += " AND (name LIKE :text OR description LIKE :text)"
        return label_connection(self.scope, where, values, arguments)

    def issues(self, **arguments: Any) -> Connection[IssueNode]:
        """Return the issues."""
        return issue_connection(
            self.scope, Filter("repo_id = :repo", repo=self.record.id), arguments
        )

    def pull_requests(self, **arguments: Any) -> Connection[PullRequestNode]:
        """Return the pull requests."""
        return pull_connection(
            self.scope, Filter("repo_id = :repo", repo=self.record.id), arguments
        )
