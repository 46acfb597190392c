"""Events of issues and pull requests, with what hangs on them."""

from collections.abc import Callable, Iterator
from functools import partial

from bot.hub.rest.payloads.accounts import simple_user
from bot.hub.rest.payloads.comments import comment_payload
from bot.hub.rest.payloads.issues import issue_payload
from bot.hub.rest.payloads.labels import label_payload
from bot.hub.rest.payloads.milestones import milestone_payload
from bot.hub.rest.payloads.pulls import full_pull, review_payload
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import (
    Assignee,
    Comment,
    Issue,
    IssueLabel,
    Label,
    Milestone,
    Pull,
    Review,
)
from bot.hub.store.view import View
from bot.hub.webhooks.changes import Change, changes_of
from bot.hub.webhooks.event import Event, Json, event

Extra = Callable[[Scope], Json]


def issue_events(view: View, before: View) -> Iterator[Event]:
    """Yield what happened to issues and pull requests, their labels and assignees."""
    for change in changes_of(view.connection, Issue, view.instant):
        issue = change.known
        for action, extra in _actions(before, change):
            yield _about(view, issue, action, extra)
    for pull_change in changes_of(view.connection, Pull, view.instant):
        home = view.one(Issue, "id = :id", id=pull_change.known.issue_id)
        if home is not None:
            yield from (_about(view, home, *found) for found in _pull_actions(home, pull_change))
    yield from _labelled(view, before)
    for link in changes_of(view.connection, Assignee, view.instant):
        issue_found = view.one(Issue, "id = :id", id=link.known.issue_id)
        if issue_found is not None and (link.is_new or link.is_gone):
            action = "assigned" if link.is_new else "unassigned"
            yield _about(view, issue_found, action, partial(_assignee, link.known.account_id))


def comment_events(view: View) -> Iterator[Event]:
    """Yield what happened to comments."""
    for change in changes_of(view.connection, Comment, view.instant):
        comment, issue = change.known, view.one(Issue, "id = :id", id=change.known.issue_id)
        if issue is None or not (change.is_new or change.is_gone or change.moved("body")):
            continue
        repository = view.repository(issue.repo_id)
        action = "created" if change.is_new else "deleted" if change.is_gone else "edited"
        old = change.before if action == "edited" else None
        yield event("issue_comment", action, repository, partial(_comment, issue, comment, old))


def review_events(view: View) -> Iterator[Event]:
    """Yield what happened to reviews."""
    for change in changes_of(view.connection, Review, view.instant):
        pull = view.one(Pull, "id = :id", id=change.known.pull_id)
        if pull is not None and (change.is_new or change.moved("state")):
            action = "submitted" if change.is_new else "dismissed"
            body = partial(_review, view.issue_of(pull), change.known)
            yield event("pull_request_review", action, view.repository(pull.repo_id), body)


def _actions(before: View, change: Change[Issue]) -> Iterator[tuple[str, Extra]]:
    old, new = change.before, change.after
    if new is None:
        return
    if old is None:
        yield "opened", _nothing
    if change.moved("state"):
        yield ("closed" if new.state == "closed" else "reopened"), _nothing
    if old is not None and (change.moved("title") or change.moved("body")):
        was = {
            name: {"from": getattr(old, name) or ""}
            for name in ("title", "body")
            if change.moved(name)
        }
        yield "edited", lambda _scope: {"changes": was}
    if change.moved("locked"):
        yield ("locked" if new.locked else "unlocked"), _nothing
    was_on = None if old is None else old.milestone_id
    if was_on is not None and was_on != new.milestone_id:
        yield "demilestoned", partial(_milestone, before, was_on)
    if new.milestone_id is not None and was_on != new.milestone_id:
        yield "milestoned", partial(_milestone, None, new.milestone_id)


def _pull_actions(issue: Issue, change: Change[Pull]) -> Iterator[tuple[str, Extra]]:
    old, new = change.before, change.after
    if old is None or new is None:
        return
    if change.moved("head_sha") and issue.state == "open":
        yield "synchronize", lambda _scope: {"before": old.head_sha, "after": new.head_sha}
    if change.moved("is_draft"):
        yield ("converted_to_draft" if new.is_draft else "ready_for_review"), _nothing
    if change.moved("base_ref"):
        was = {"base": {"ref": {"from": old.base_ref}, "sha": {"from": old.base_sha}}}
        yield "edited", lambda _scope: {"changes": was}


def _labelled(view: View, before: View) -> Iterator[Event]:
    for link in changes_of(view.connection, IssueLabel, view.instant):
        issue = view.one(Issue, "id = :id", id=link.known.issue_id)
        look = view if link.is_new else before
        label = look.one(Label, "id = :id", id=link.known.label_id)
        if issue is not None and label is not None and (link.is_new or link.is_gone):
            action = "labeled" if link.is_new else "unlabeled"
            yield _about(view, issue, action, partial(_label, issue.repo_id, label))


def _about(view: View, issue: Issue, action: str, extra: Extra) -> Event:
    repository = view.repository(issue.repo_id)
    name = "pull_request" if issue.pull_id is not None else "issues"
    return event(name, action, repository, partial(_subject, repository, issue.id, extra))


def _subject(repository: Repository, issue_id: int, extra: Extra, scope: Scope) -> Json:
    issue = scope.view.one(Issue, "id = :id", id=issue_id)
    if issue is None:
        return extra(scope)
    pull = scope.view.pull_of(issue)
    if pull is None:
        return {"issue": issue_payload(scope, repository, issue), **extra(scope)}
    shown = full_pull(scope, repository, issue, pull)
    return {"number": issue.number, "pull_request": shown, **extra(scope)}


def _nothing(_scope: Scope) -> Json:
    return {}


def _assignee(account_id: int, scope: Scope) -> Json:
    return {"assignee": simple_user(scope, scope.view.account(account_id))}


def _label(repo_id: int, label: Label, scope: Scope) -> Json:
    return {"label": label_payload(scope, scope.view.repository(repo_id), label)}


def _milestone(before: View | None, milestone_id: int, scope: Scope) -> Json:
    found = scope.view.one(Milestone, "id = :id", id=milestone_id)
    if found is None and before is not None:  # it was deleted, and that is why
        found = before.one(Milestone, "id = :id", id=milestone_id)
    if found is None:
        return {}
    home = scope.view.repository(found.repo_id)
    return {"milestone": milestone_payload(scope, home, found)}


def _comment(issue: Issue, comment: Comment, old: Comment | None, scope: Scope) -> Json:
    repository = scope.view.repository(issue.repo_id)
    was = {} if old is None else {"changes": {"body": {"from": old.body}}}
    return {
        **was,
        "issue": issue_payload(scope, repository, issue),
        "comment": comment_payload(scope, repository, comment),
    }


def _review(issue: Issue, review: Review, scope: Scope) -> Json:
    repository = scope.view.repository(issue.repo_id)
    shown = review_payload(scope, repository, issue, review)
    review_words = {**shown, "state": shown["state"].lower()}
    return {"review": review_words, **_subject(repository, issue.id, _nothing, scope)}
