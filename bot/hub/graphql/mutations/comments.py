"""Mutations of comments and reactions."""

from typing import Any

from bot.hub.errors import Unprocessable
from bot.hub.graphql.connections import Edge, cursor_of
from bot.hub.graphql.mutations.base import Input, conversation_of, mutation
from bot.hub.graphql.nodes.comment import CommentNode
from bot.hub.graphql.nodes.lookup import find_record, node_of_record
from bot.hub.graphql.nodes.reactions import ReactionNode, reaction_groups
from bot.hub.rules.node_ids import decode
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Comment, Issue
from bot.hub.store.view import View
from bot.hub.world import comments as world
from bot.hub.world import reactions
from bot.hub.world.reactions import REST_WORDS


@mutation
def add_comment(scope: Scope, given: Input) -> dict[str, Any]:
    """Comment on an issue or pull request."""
    with scope.hub.database.writing() as transaction:
        repository, issue = conversation_of(transaction, scope, given["subjectId"])
        comment = world.add_comment(transaction, scope.actor, repository, issue, given["body"])
        subject = conversation_of(transaction, scope, given["subjectId"])[1]
    edge = Edge(cursor_of((comment.id, comment.id)), CommentNode(scope, comment))
    return {"commentEdge": edge, "subject": node_of_record(scope, subject)}


@mutation
def update_issue_comment(scope: Scope, given: Input) -> dict[str, Any]:
    """Replace a comment's body."""
    with scope.hub.database.writing() as transaction:
        comment: Comment = find_record(transaction, scope, given["id"], Comment)
        repository = transaction.repository(comment.repo_id)
        comment = world.edit_comment(transaction, scope.actor, repository, comment, given["body"])
    return {"issueComment": CommentNode(scope, comment)}


@mutation
def delete_issue_comment(scope: Scope, given: Input) -> dict[str, Any]:
    """Delete a comment."""
    with scope.hub.database.writing() as transaction:
        comment: Comment = find_record(transaction, scope, given["id"], Comment)
        world.delete_comment(
            transaction, scope.actor, transaction.repository(comment.repo_id), comment
        )
    return {}


@mutation
def minimize_comment(scope: Scope, given: Input) -> dict[str, Any]:
    """Hide a comment for a reason."""
    return _minimize(
        scope, given, given["classifier"].lower().replace("_", "-"), "minimizedComment"
    )


@mutation
def unminimize_comment(scope: Scope, given: Input) -> dict[str, Any]:
    """Show a hidden comment again."""
    return _minimize(scope, given, None, "unminimizedComment")


def _minimize(scope: Scope, given: Input, reason: str | None, name: str) -> dict[str, Any]:
    with scope.hub.database.writing() as transaction:
        comment: Comment = find_record(transaction, scope, given["subjectId"], Comment)
        repository = transaction.repository(comment.repo_id)
        comment = world.minimize_comment(transaction, scope.actor, repository, comment, reason)
    return {name: CommentNode(scope, comment)}


@mutation
def add_reaction(scope: Scope, given: Input) -> dict[str, Any]:
    """React to an issue, pull request or comment; a reaction that is there stays the one it is."""
    with scope.hub.database.writing() as transaction:
        repository, target = _reactable(transaction, scope, given["subjectId"])
        word = REST_WORDS[given["content"]]
        reaction, _ = reactions.add_reaction(transaction, scope.actor, repository, target, word)
    return _reacted(scope, ReactionNode(scope, reaction, target), target)


@mutation
def remove_reaction(scope: Scope, given: Input) -> dict[str, Any]:
    """Take one's own reaction back. Raises Unprocessable when there is none."""
    with scope.hub.database.writing() as transaction:
        repository, target = _reactable(transaction, scope, given["subjectId"])
        wanted = (scope.actor.id, REST_WORDS[given["content"]])
        held = reactions.reactions_to(transaction, target)
        reaction = next((r for r in held if (r.account_id, r.content) == wanted), None)
        if reaction is None:
            raise Unprocessable("Could not remove the reaction: it does not exist.")
        reactions.remove_reaction(transaction, scope.actor, repository, reaction)
    return _reacted(scope, ReactionNode(scope, reaction, target), target)


def _reacted(scope: Scope, reaction: ReactionNode, target: Issue | Comment) -> dict[str, Any]:
    groups = reaction_groups(scope, target)
    return {
        "reaction": reaction,
        "reactionGroups": groups,
        "subject": node_of_record(scope, target),
    }


def _reactable(view: View, scope: Scope, text: str) -> tuple[Repository, Issue | Comment]:
    key = decode(text)
    if key is not None and key.prefix == "IC":
        comment: Comment = find_record(view, scope, text, Comment)
        return view.repository(comment.repo_id), comment
    return conversation_of(view, scope, text)


MUTATIONS = {
    "addComment": add_comment,
    "updateIssueComment": update_issue_comment,
    "deleteIssueComment": delete_issue_comment,
    "minimizeComment": minimize_comment,
    "unminimizeComment": unminimize_comment,
    "addReaction": add_reaction,
    "removeReaction": remove_reaction,
}
