"""PullRequest."""

from dataclasses import dataclass
from typing import Any

from bot.hub.clock import iso_or_none
from bot.hub.graphql.connections import Connection, connect_items
from bot.hub.graphql.nodes.actors import ActorNode, actor_node
from bot.hub.graphql.nodes.conversation import ConversationNode
from bot.hub.graphql.nodes.git_objects import CommitNode, RefNode, ref_node
from bot.hub.graphql.nodes.issue_lists import Filter, issue_connection
from bot.hub.graphql.nodes.pull_contents import ChangedFileNode, PullRequestCommitNode
from bot.hub.graphql.nodes.review_comments import ThreadNode, thread_connection
from bot.hub.graphql.nodes.reviews import (
    ReviewNode,
    review_connection,
    reviews_at_hand,
)
from bot.hub.graphql.nodes.statuses import RollupNode, rollup_of
from bot.hub.rules.merge_state import merge_state_status
from bot.hub.rules.node_ids import node_id
from bot.hub.rules.review_decision import latest_opinions, latest_reviews
from bot.hub.scope import Scope
from bot.hub.store.records import Issue, Pull
from bot.hub.world.closing import CLOSED_BY_PULL
from bot.hub.world.mergeability import is_mergeable, merge_facts
from bot.hub.world.protection import decision
from bot.hub.world.reviews import counted_opinions, reviews_of


@dataclass(frozen=True)
class PullRequestNode(ConversationNode):
    """A pull request: its issue half and its code half."""

    pull: Pull
    typename = "PullRequest"
    auto_merge_request = None
    is_cross_repository = False
    maintainer_can_modify = False

    @staticmethod
    def of_issue(scope: Scope, issue: Issue) -> "PullRequestNode | None":
        """Return the pull request of an issue half, or None for an issue."""
        pull = scope.view.pull_of(issue)
        return None if pull is None else PullRequestNode(scope, issue, pull)

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("PR", self.pull.id, self.pull.repo_id)

    @property
    def database_id(self) -> int:
        """REST's id in the pulls API."""
        return self.pull.id

    @property
    def full_database_id(self) -> str:
        """REST's id as text."""
        return str(self.pull.id)

    @property
    def state(self) -> str:
        """OPEN, CLOSED or MERGED."""
        return "MERGED" if self.merged else self.issue_record.state.upper()

    @property
    def is_draft(self) -> bool:
        """Whether it is a draft."""
        return self.pull.is_draft

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.pull.merged_at is not None

    @property
    def merged_at(self) -> str | None:
        """When it was merged."""
        return iso_or_none(self.pull.merged_at)

    @property
    def head_ref_name(self) -> str:
        """The head branch."""
        return self.pull.head_ref

    @property
    def head_ref_oid(self) -> str:
        """The head commit; of a merged or closed pull request the one it had then."""
        return self.pull.head_sha

    @property
    def base_ref_name(self) -> str:
        """The base branch."""
        return self.pull.base_ref

    @property
    def base_ref_oid(self) -> str:
        """The base's tip when the head last moved."""
        return self.pull.base_sha

    def merged_by(self) -> ActorNode | None:
        """Return who merged it."""
        return actor_node(self.scope, self.pull.merged_by_id)

    def merge_commit(self) -> CommitNode | None:
        """Return the commit that merged it."""
        sha = self.pull.merge_sha
        return None if sha is None else CommitNode(self.scope, self.home(), sha)

    def head_ref(self) -> RefNode | None:
        """Return the head branch, None once deleted."""
        return ref_node(self.scope, self.home(), f"refs/heads/{self.pull.head_ref}")

    def base_ref(self) -> RefNode | None:
        """Return the base branch, None once deleted."""
        return ref_node(self.scope, self.home(), f"refs/heads/{self.pull.base_ref}")

    def head_repository(self) -> Any:
        """Return where the head lives: always the same repository, the hub has no forks."""
        return self.repository()

    def head_repository_owner(self) -> ActorNode | None:
        """Return the owner of the head's repository."""
        return actor_node(self.scope, self.home().owner_id)

    def resource_path(self) -> str:
        """Return the path of its page."""
        return self.path_of(self.home(), f"/pull/{self.number}")

    def url(self) -> str:
        """Return the address of its page."""
        return self.page_of(self.home(), f"/pull/{self.number}")

    def mergeable(self) -> str:
        """Return MERGEABLE, CONFLICTING, or UNKNOWN once closed."""
        answer = is_mergeable(self.scope.hub, self.scope.view, self.issue_record, self.pull)
        return "UNKNOWN" if answer is None else "MERGEABLE" if answer else "CONFLICTING"

    def merge_state_status(self) -> str:
        """Return how far it is from being merged."""
        return merge_state_status(
            merge_facts(self.scope.hub, self.scope.view, self.issue_record, self.pull)
        )

    def review_decision(self) -> str | None:
        """Return what the latest opinions of people with write access add up to.

        None where protection demands no approval.
        """
        return decision(self.scope.view, self.pull)

    def reviews(self, **arguments: Any) -> Connection[ReviewNode]:
        """Return its reviews."""
        return review_connection(self.scope, self.pull, arguments)

    def latest_opinionated_reviews(
        self, writers_only: bool | None = None, **pages: Any
    ) -> Connection[ReviewNode]:
        """Return each reviewer's latest approval or request for changes."""
        listed = self.scope.listed()
        opinions = latest_opinions(reviews_of(listed.view, self.pull))
        chosen = counted_opinions(listed.view, self.pull) if writers_only else opinions
        return reviews_at_hand(listed, self.pull, chosen, pages)

    def latest_reviews(self, **pages: Any) -> Connection[ReviewNode]:
        """Return each reviewer's latest review."""
        listed = self.scope.listed()
        return reviews_at_hand(
            listed, self.pull, latest_reviews(reviews_of(listed.view, self.pull)), pages
        )

    def review_threads(self, **pages: Any) -> Connection[ThreadNode]:
        """Return the conversations about lines."""
        return thread_connection(self.scope, self.pull, pages)

    def closing_issues_references(
        self, user_linked_only: bool | None = None, **arguments: Any
    ) -> Connection[Any]:
        """Return the issues that merging it closes."""
        chosen = Filter("0" if user_linked_only else CLOSED_BY_PULL, pull=self.pull.id)
        return issue_connection(self.scope, chosen, arguments)

    def status_check_rollup(self) -> RollupNode | None:
        """Return what the statuses of the head add up to."""
        return rollup_of(self.scope, self.home(), self.pull.head_sha)

    def review_requests(self, **pages: Any) -> Connection[None]:
        """Return nobody: the hub keeps no requests for reviews."""
        return connect_items((), lambda nothing: nothing, pages)

    def commits(self, **pages: Any) -> Connection["PullRequestCommitNode"]:
        """Return its commits, oldest first."""
        home = self.home()
        commits = self.scope.git(home).commits_between(self.pull.base_sha, self.pull.head_sha)
        return connect_items(
            commits,
            lambda commit: PullRequestCommitNode(self.scope, home, self.pull, commit),
            pages,
        )

    def files(self, **pages: Any) -> Connection["ChangedFileNode"]:
        """Return the files it changes."""
        changes = self.scope.git(self.home()).changes(self.pull.base_sha, self.pull.head_sha)
        return connect_items(changes, ChangedFileNode, pages)

    def changed_files(self) -> int:
        """Return how many files it changes."""
        return self.scope.git(self.home()).diff_stat(self.pull.base_sha, self.pull.head_sha).files

    def additions(self) -> int:
        """Return how many lines it adds."""
        return (
            self.scope.git(self.home()).diff_stat(self.pull.base_sha, self.pull.head_sha).additions
        )

    def deletions(self) -> int:
        """Return how many lines it deletes."""
        return (
            self.scope.git(self.home()).diff_stat(self.pull.base_sha, self.pull.head_sha).deletions
        )
