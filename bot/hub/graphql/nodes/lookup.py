"""From a global id to the object, for ``node``, ``nodes`` and the inputs of mutations."""

from collections.abc import Callable
from typing import Any

from bot.hub.errors import NotFound
from bot.hub.graphql.nodes.actors import ActorNode
from bot.hub.graphql.nodes.comment import CommentNode
from bot.hub.graphql.nodes.git_objects import object_node, ref_node
from bot.hub.graphql.nodes.issue import IssueNode
from bot.hub.graphql.nodes.labels import LabelNode
from bot.hub.graphql.nodes.milestone import MilestoneNode
from bot.hub.graphql.nodes.pull_request import PullRequestNode
from bot.hub.graphql.nodes.repository import RepositoryNode
from bot.hub.graphql.nodes.review_comments import ReviewCommentNode, ThreadNode
from bot.hub.graphql.nodes.reviews import ReviewNode
from bot.hub.rules.node_ids import NodeId, decode, decode_git
from bot.hub.rules.roles import Role
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import (
    Comment,
    Issue,
    Label,
    Milestone,
    Pull,
    Record,
    Review,
    ReviewComment,
)
from bot.hub.store.view import View
from bot.hub.world.access import role_of


def find_node(scope: Scope, text: str) -> Any:
    """Return the node of a global id as it is now. Raises NotFound in GitHub's words."""
    found = _git_node(scope, text)
    key = decode(text)
    if found is None and key is not None:
        found = _READERS.get(key.prefix, _nothing)(scope, key)
    if found is None:
        raise unresolved(text)
    return found


def find_record(
    view: View, scope: Scope, text: str, *kinds: type[Record] | type[Repository]
) -> Any:
    """Return the record of a global id if it is one of the kinds.

    Raises NotFound in GitHub's words.

    Looked up in ``view``, so that mutations find it inside their transaction; a pull request counts
    as a Pull.
    """
    key = decode(text)
    kind = None if key is None else _KINDS.get(key.prefix)
    if key is None or kind is None or kind not in kinds:
        raise unresolved(text)
    if kind is Repository:
        repository = next((r for r in view.repositories() if r.id == key.id), None)
        found: Any = repository
    else:
        found = view.one(kind, "id = :id", id=key.id)
        repository = view.repository(key.repo_id) if found else None
    if repository is None or role_of(view, repository, scope.actor) is Role.NONE:
        raise unresolved(text)
    return found


def node_of_record(scope: Scope, record: Any) -> Any:
    """Return the node of an issue (or its pull request) or comment."""
    if isinstance(record, Issue):
        return PullRequestNode.of_issue(scope, record) or IssueNode(scope, record)
    return CommentNode(scope, record)


def unresolved(text: str) -> NotFound:
    """Return GitHub's refusal of an id that leads nowhere."""
    return NotFound(f"Could not resolve to a node with the global id of '{text}'")


_KINDS: dict[str, Any] = {
    "R": Repository,
    "I": Issue,
    "PR": Pull,
    "IC": Comment,
    "LA": Label,
    "MI": Milestone,
    "PRR": Review,
    "PRRC": ReviewComment,
}
_Reader = Callable[[Scope, NodeId], Any]


def _nothing(_scope: Scope, _key: NodeId) -> Any:
    return None


def _account(scope: Scope, key: NodeId) -> Any:
    row = scope.view.connection.execute(
        "SELECT id FROM accounts WHERE id = ?", (key.id,)
    ).fetchone()
    return ActorNode(scope, scope.view.account(key.id)) if row else None


def _repository(scope: Scope, key: NodeId) -> Any:
    found = next((r for r in scope.view.repositories() if r.id == key.id), None)
    return RepositoryNode(scope, found) if found and _may_see(scope, found.id) else None


def _record(kind: type[Record], wrap: Callable[[Scope, Any], Any]) -> _Reader:
    def read(scope: Scope, key: NodeId) -> Any:
        record = scope.view.one(kind, "id = :id", id=key.id)
        return wrap(scope, record) if record is not None and _may_see(scope, key.repo_id) else None

    return read


def _on_pull(scope: Scope, record: Any, wrap: Callable[[Scope, Pull, Any], Any]) -> Any:
    pull = scope.view.one(Pull, "id = :id", id=record.pull_id)
    return None if pull is None else wrap(scope, pull, record)


def _may_see(scope: Scope, repo_id: int) -> bool:
    return role_of(scope.view, scope.view.repository(repo_id), scope.actor) is not Role.NONE


def _git_node(scope: Scope, text: str) -> Any:
    for prefix in ("C", "TREE", "B", "TA", "REF"):
        found = decode_git(text, prefix)
        repository = next(
            (r for r in scope.view.repositories() if found and r.id == found[0]), None
        )
        if found and repository and _may_see(scope, repository.id):
            return (ref_node if prefix == "REF" else object_node)(scope, repository, found[1])
    return None


_READERS: dict[str, _Reader] = {
    "U": _account,
    "BOT": _account,
    "R": _repository,
    "I": _record(
        Issue, lambda scope, issue: IssueNode(scope, issue) if issue.pull_id is None else None
    ),
    "PR": _record(
        Pull, lambda scope, pull: PullRequestNode(scope, scope.view.issue_of(pull), pull)
    ),
    "IC": _record(Comment, CommentNode),
    "LA": _record(Label, LabelNode),
    "MI": _record(Milestone, MilestoneNode),
    "PRR": _record(Review, lambda scope, review: _on_pull(scope, review, ReviewNode)),
    "PRRC": _record(
        ReviewComment, lambda scope, comment: _on_pull(scope, comment, ReviewCommentNode)
    ),
    "PRRT": _record(ReviewComment, lambda scope, comment: _on_pull(scope, comment, ThreadNode)),
}
