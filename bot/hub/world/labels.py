"""Labels of a repository, and labels on issues."""

import re
from collections.abc import Iterable

from bot.hub.errors import FieldError, Invalid, NotFound
from bot.hub.rules.limits import MAX_LABEL_DESCRIPTION, MAX_LABEL_NAME
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue, IssueLabel, Label
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require, role_of
from bot.hub.world.timeline import LABELED, UNLABELED, record_labels

_COLOR = re.compile(r"[0-9a-fA-F]{6}")
DEFAULT_COLOR = "ededed"
OF_ISSUE = (
    "id IN (SELECT label_id FROM issue_labels WHERE issue_id = :issue "
    "AND began <= :t AND ended > :t)"
)
"""Labels that ``:issue`` bears."""


def find_label(view: View, repository: Repository, name: str) -> Label | None:
    """Return a label by name, whatever the case of its letters."""
    return view.one(Label, "repo_id = :repo AND name = :name", repo=repository.id, name=name)


def labels_of(view: View, issue_id: int) -> list[Label]:
    """Return the labels of an issue by name."""
    return view.all(Label, OF_ISSUE, order="name, id", issue=issue_id)


def create_label(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    name: str,
    color: str | None = None,
    description: str | None = None,
) -> Label:
    """Create a label; needs write.

    Raises Invalid for a taken or overlong name or a colour that is none.
    """
    require(transaction, actor, repository, Role.WRITE)
    _check(transaction, repository, None, name, color or DEFAULT_COLOR, description)
    now = transaction.stamp
    colour = (color or DEFAULT_COLOR).lower()
    return transaction.add(
        Label(transaction.next_id(), repository.id, name, colour, description, False, now, now)
    )


def update_label(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    label: Label,
    name: str | None = None,
    color: str | None = None,
    description: str | None = None,
) -> Label:
    """Rename or redraw a label; needs write. Issues that bear it are not touched."""
    require(transaction, actor, repository, Role.WRITE)
    new_name, new_color = name or label.name, (color or label.color).lower()
    new_description = label.description if description is None else description
    _check(transaction, repository, label, new_name, new_color, new_description)
    return transaction.revise(
        label,
        name=new_name,
        color=new_color,
        description=new_description,
        updated_at=transaction.stamp,
    )


def delete_label(
    transaction: Transaction, actor: Account, repository: Repository, label: Label
) -> None:
    """Delete a label and take it from every issue; needs write."""
    require(transaction, actor, repository, Role.WRITE)
    for link in transaction.all(IssueLabel, "label_id = :label", label=label.id):
        transaction.retire(link)
    transaction.retire(label)


def add_labels(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    labels: Iterable[Label],
) -> Issue:
    """Put labels on an issue; needs triage. The issue's ``updatedAt`` moves only if one is new."""
    require(transaction, actor, repository, Role.TRIAGE)
    held = {
        link.label_id for link in transaction.all(IssueLabel, "issue_id = :issue", issue=issue.id)
    }
    new = {label.id: label for label in labels if label.id not in held}
    for label_id in new:
        transaction.add(IssueLabel(issue.id, label_id))
    record_labels(transaction, actor, issue, LABELED, new)
    return transaction.revise(issue, updated_at=transaction.stamp) if new else issue


def remove_labels(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    labels: Iterable[Label],
) -> Issue:
    """Take labels off an issue; needs triage. Labels it does not bear are passed over."""
    require(transaction, actor, repository, Role.TRIAGE)
    unwanted = {label.id for label in labels}
    links = transaction.all(IssueLabel, "issue_id = :issue", issue=issue.id)
    gone = [link for link in links if link.label_id in unwanted]
    for link in gone:
        transaction.retire(link)
    record_labels(transaction, actor, issue, UNLABELED, [link.label_id for link in gone])
    return transaction.revise(issue, updated_at=transaction.stamp) if gone else issue


def replace_labels(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    labels: Iterable[Label],
) -> Issue:
    """Make these the labels of an issue, as PATCH and PUT do; needs triage."""
    wanted = {label.id: label for label in labels}
    surplus = [label for label in labels_of(transaction, issue.id) if label.id not in wanted]
    issue = remove_labels(transaction, actor, repository, issue, surplus)
    return add_labels(transaction, actor, repository, issue, wanted.values())


def labels_by_name(
    transaction: Transaction, actor: Account, repository: Repository, names: Iterable[str]
) -> list[Label]:
    """Return labels by name, creating those that do not exist, as REST does.

    Without push access unknown names are silently dropped, as GitHub drops them.
    """
    may_create = role_of(transaction, repository, actor) >= Role.WRITE
    found: list[Label] = []
    for name in dict.fromkeys(names):
        label = find_label(transaction, repository, name)
        if label is None and may_create:
            label = create_label(transaction, actor, repository, name)
        if label is not None:
            found.append(label)
    return found


def label_of_id(view: View, repository_id: int, label_id: int) -> Label:
    """Return a label of a repository by database id. Raises NotFound."""
    label = view.one(Label, "id = :id AND repo_id = :repo", id=label_id, repo=repository_id)
    if label is None:
        raise NotFound
    return label


def _check(
    view: View,
    repository: Repository,
    itself: Label | None,
    name: str,
    color: str,
    description: str | None,
) -> None:
    if not name.strip():
        raise Invalid(FieldError("Label", "name", "missing_field"))
    if len(name) > MAX_LABEL_NAME:
        words = f"name is too long (maximum is {MAX_LABEL_NAME} characters)"
        raise Invalid(FieldError("Label", "name", "invalid", words))
    if not _COLOR.fullmatch(color):
        raise Invalid(FieldError("Label", "color", "invalid"))
    if description and len(description) > MAX_LABEL_DESCRIPTION:
        words = f"description is too long (maximum is {MAX_LABEL_DESCRIPTION} characters)"
        raise Invalid(FieldError("Label", "description", "invalid", words))
    namesake = find_label(view, repository, name)
    if namesake is not None and (itself is None or namesake.id != itself.id):
        raise Invalid(FieldError("Label", "name", "already_exists"))
