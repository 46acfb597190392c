"""Mutations of labels; adding and removing is incremental, unlike REST's PATCH."""

from typing import Any

from bot.hub.graphql.mutations.base import Input, conversation_of, labels_of, mutation
from bot.hub.graphql.nodes.labels import LabelNode
from bot.hub.graphql.nodes.lookup import find_record, node_of_record
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Label
from bot.hub.world import labels as world


@mutation
def add_labels_to_labelable(scope: Scope, given: Input) -> dict[str, Any]:
    """Put labels on an issue or pull request; those it has stay."""
    return _change(scope, given, world.add_labels)


@mutation
def remove_labels_from_labelable(scope: Scope, given: Input) -> dict[str, Any]:
    """Take labels off an issue or pull request."""
    return _change(scope, given, world.remove_labels)


def _change(scope: Scope, given: Input, perform: Any) -> dict[str, Any]:
    with scope.hub.database.writing() as transaction:
        repository, issue = conversation_of(transaction, scope, given["labelableId"])
        labels = labels_of(transaction, scope, repository, given["labelIds"])
        issue = perform(transaction, scope.actor, repository, issue, labels)
    return {"labelable": node_of_record(scope, issue)}


@mutation
def create_label(scope: Scope, given: Input) -> dict[str, Any]:
    """Create a label."""
    with scope.hub.database.writing() as transaction:
        repository: Repository = find_record(transaction, scope, given["repositoryId"], Repository)
        label = world.create_label(
            transaction,
            scope.actor,
            repository,
            given["name"],
            given["color"],
            given.get("description"),
        )
    return {"label": LabelNode(scope, label)}


@mutation
def update_label(scope: Scope, given: Input) -> dict[str, Any]:
    """Rename or redraw a label."""
    with scope.hub.database.writing() as transaction:
        label: Label = find_record(transaction, scope, given["id"], Label)
        repository = transaction.repository(label.repo_id)
        texts = (given.get("name"), given.get("color"), given.get("description"))
        label = world.update_label(transaction, scope.actor, repository, label, *texts)
    return {"label": LabelNode(scope, label)}


@mutation
def delete_label(scope: Scope, given: Input) -> dict[str, Any]:
    """Delete a label; it leaves every issue."""
    with scope.hub.database.writing() as transaction:
        label: Label = find_record(transaction, scope, given["id"], Label)
        world.delete_label(transaction, scope.actor, transaction.repository(label.repo_id), label)
    return {}


MUTATIONS = {
    "addLabelsToLabelable": add_labels_to_labelable,
    "removeLabelsFromLabelable": remove_labels_from_labelable,
    "createLabel": create_label,
    "updateLabel": update_label,
    "deleteLabel": delete_label,
}
