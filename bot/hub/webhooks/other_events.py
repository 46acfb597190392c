"""Events of sub-issues, dependencies, milestones and labels."""

from collections.abc import Iterator
from functools import partial

from bot.hub.rest.payloads.issues import issue_payload
from bot.hub.rest.payloads.labels import label_payload
from bot.hub.rest.payloads.milestones import milestone_payload
from bot.hub.rest.payloads.repositories import full_repository
from bot.hub.scope import Scope
from bot.hub.store.records import Dependency, Issue, Label, Milestone, SubIssue
from bot.hub.store.view import View
from bot.hub.webhooks.changes import changes_of
from bot.hub.webhooks.event import Event, Json, event


def sub_issue_events(view: View) -> Iterator[Event]:
    """Yield both sides of every link between parent and child that was made or ended."""
    for change in changes_of(view.connection, SubIssue, view.instant):
        links = [(change.before, "removed"), (change.after, "added")]
        for link, word in links:
            if link is None or (change.before and change.after and not change.moved("parent_id")):
                continue
            ends = _two(view, link.parent_id, link.child_id)
            if ends is not None:
                yield from _pair(
                    view,
                    "sub_issues",
                    (f"sub_issue_{word}", f"parent_issue_{word}"),
                    ends,
                    ("parent_issue", "sub_issue"),
                )


def dependency_events(view: View) -> Iterator[Event]:
    """Yield both sides of every wait that began or ended."""
    for change in changes_of(view.connection, Dependency, view.instant):
        word = "added" if change.is_new else "removed"
        ends = _two(view, change.known.blocked_id, change.known.blocking_id)
        if ends is not None and (change.is_new or change.is_gone):
            yield from _pair(
                view,
                "issue_dependencies",
                (f"blocked_by_{word}", f"blocking_{word}"),
                ends,
                ("blocked_issue", "blocking_issue"),
            )


def milestone_events(view: View) -> Iterator[Event]:
    """Yield what happened to milestones; joining and leaving issues are no events of theirs."""
    for change in changes_of(view.connection, Milestone, view.instant):
        milestone, actions = change.known, []
        if change.is_new:
            actions = ["created"]
        elif change.is_gone:
            actions = ["deleted"]
        else:
            if change.moved("state"):
                actions.append("closed" if milestone.state == "closed" else "opened")
            if any(change.moved(name) for name in ("title", "description", "due_on")):
                actions.append("edited")
        repository = view.repository(milestone.repo_id)
        for action in actions:
            yield event("milestone", action, repository, partial(_milestone, milestone))


def label_events(view: View) -> Iterator[Event]:
    """Yield what happened to labels."""
    for change in changes_of(view.connection, Label, view.instant):
        action = "created" if change.is_new else "deleted" if change.is_gone else "edited"
        repository = view.repository(change.known.repo_id)
        yield event("label", action, repository, partial(_label, change.known))


def _two(view: View, one: int, other: int) -> tuple[Issue, Issue] | None:
    first, second = (view.one(Issue, "id = :id", id=issue_id) for issue_id in (one, other))
    return None if first is None or second is None else (first, second)


def _pair(
    view: View,
    name: str,
    actions: tuple[str, str],
    ends: tuple[Issue, Issue],
    words: tuple[str, str],
) -> Iterator[Event]:
    """Yield the event of each end, in its own repository, naming the repository of the other."""
    for place in (0, 1):
        home = view.repository(ends[place].repo_id)
        yield event(name, actions[place], home, partial(_ends, ends, words, 1 - place))


def _ends(ends: tuple[Issue, Issue], words: tuple[str, str], other: int, scope: Scope) -> Json:
    shown: Json = {}
    for issue, word in zip(ends, words, strict=True):
        home = scope.view.repository(issue.repo_id)
        shown |= {f"{word}_id": issue.id, word: issue_payload(scope, home, issue)}
    far = scope.view.repository(ends[other].repo_id)
    return {**shown, f"{words[other]}_repo": full_repository(scope, far)}


def _milestone(milestone: Milestone, scope: Scope) -> Json:
    home = scope.view.repository(milestone.repo_id)
    return {"milestone": milestone_payload(scope, home, milestone)}


def _label(label: Label, scope: Scope) -> Json:
    return {"label": label_payload(scope, scope.view.repository(label.repo_id), label)}
