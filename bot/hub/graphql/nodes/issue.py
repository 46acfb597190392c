"""Issue."""

from dataclasses import dataclass
from typing import Any

from bot.hub.graphql.connections import Connection, connect
from bot.hub.graphql.nodes.conversation import ConversationNode
from bot.hub.graphql.nodes.issue_lists import Filter, pull_connection
from bot.hub.graphql.nodes.timeline import TimelineNode, timeline_of_issue
from bot.hub.rules.node_ids import node_id
from bot.hub.store.listing import Listing
from bot.hub.store.records import Issue
from bot.hub.world import dependencies, hierarchy
from bot.hub.world.closing import CLOSING_ISSUE

_NOT_DROPPED = (
    "(state = 'open' OR pull_id IN (SELECT id FROM pulls WHERE merged_at IS NOT NULL "
    "AND began <= :t AND ended > :t))"
)
_LINK_ADDED = "(SELECT created_at FROM dependencies WHERE {} AND began <= :t AND ended > :t)"


@dataclass(frozen=True)
class IssueNode(ConversationNode):
    """An issue."""

    typename = "Issue"
    issue_type = None

    @property
    def id(self) -> str:
        """The global id."""
        return node_id("I", self.issue_record.id, self.issue_record.repo_id)

    @property
    def database_id(self) -> int:
        """REST's id."""
        return self.issue_record.id

    @property
    def full_database_id(self) -> str:
        """REST's id as text."""
        return str(self.issue_record.id)

    @property
    def state(self) -> str:
        """OPEN or CLOSED."""
        return self.issue_record.state.upper()

    @property
    def is_pinned(self) -> bool:
        """Never: the hub pins nothing."""
        return False

    def state_reason(self, enable_duplicate: bool | None = None) -> str | None:
        """Return why; duplicates show as NOT_PLANNED unless asked for."""
        reason = self.issue_record.state_reason
        if reason == "duplicate" and not enable_duplicate:
            return "NOT_PLANNED"
        return reason.upper() if reason else None

    def resource_path(self) -> str:
        """Return the path of its page."""
        return self.path_of(self.home(), f"/issues/{self.number}")

    def url(self) -> str:
        """Return the address of its page."""
        return self.page_of(self.home(), f"/issues/{self.number}")

    def parent(self) -> "IssueNode | None":
        """Return its parent."""
        parent = hierarchy.parent_of(self.scope.view, self.issue_record)
        return None if parent is None else IssueNode(self.scope, parent)

    def sub_issues(self, **pages: Any) -> Connection["IssueNode"]:
        """Return its children in their order."""
        return self._linked(hierarchy.CHILDREN, "parent", hierarchy.POSITION, None, pages)

    def sub_issues_summary(self) -> dict[str, int]:
        """Return how many children it has and how many are closed."""
        total, completed, percent = hierarchy.summary(self.scope.view, self.issue_record)
        return {"total": total, "completed": completed, "percentCompleted": percent}

    def blocked_by(
        self, order_by: dict[str, str] | None = None, **pages: Any
    ) -> Connection["IssueNode"]:
        """Return what it waits for."""
        added = _LINK_ADDED.format("blocked_id = :issue AND blocking_id = issues.id")
        return self._linked(dependencies.BLOCKERS, "issue", added, order_by, pages)

    def blocking(
        self, order_by: dict[str, str] | None = None, **pages: Any
    ) -> Connection["IssueNode"]:
        """Return what waits for it."""
        added = _LINK_ADDED.format("blocking_id = :issue AND blocked_id = issues.id")
        return self._linked(dependencies.BLOCKED, "issue", added, order_by, pages)

    def issue_dependencies_summary(self) -> dict[str, int]:
        """Return how many issues it waits for and holds up; ``total`` counts closed ones too."""
        counts = dependencies.summary(self.scope.view, self.issue_record)
        return {
            "blockedBy": counts["blocked_by"],
            "blocking": counts["blocking"],
            "totalBlockedBy": counts["total_blocked_by"],
            "totalBlocking": counts["total_blocking"],
        }

    def closed_by_pull_requests_references(
        self,
        include_closed_prs: bool | None = None,
        order_by_state: bool | None = None,
        user_linked_only: bool | None = None,
        **pages: Any,
    ) -> Connection[Any]:
        """Return the pull requests whose body closes it.

        Dropped ones only with ``includeClosedPrs``.
        """
        links = CLOSING_ISSUE.replace("id IN", "pull_id IN", 1)
        chosen = Filter("0" if user_linked_only else links, issue=self.issue_record.id)
        if not include_closed_prs:
            chosen.add(_NOT_DROPPED)
        return pull_connection(self.scope, chosen, pages)

    def timeline_items(
        self, item_types: list[str] | None = None, **pages: Any
    ) -> Connection[TimelineNode]:
        """Return what happened to it: labels and titles are what the hub keeps of that."""
        return timeline_of_issue(self.scope.listed(), self.issue_record, item_types, pages)

    def _linked(
        self, where: str, name: str, sort: str, order: dict[str, str] | None, pages: dict[str, Any]
    ) -> Connection["IssueNode"]:
        by = "created_at" if order and order["field"] == "CREATED_AT" else sort
        is_descending = bool(order) and order is not None and order["direction"] == "DESC"
        listing = Listing(Issue, where, {name: self.issue_record.id}, by, descending=is_descending)
        listed = self.scope.listed()
        return connect(listed.view, listing, lambda issue: IssueNode(listed, issue), pages)
