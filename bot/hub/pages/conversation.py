"""What issues, pull requests, boards and lists show alike: labels, states, links, comments."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from bot.hub.pages.visit import Place
from bot.hub.store.records import ClosingReference, Comment, Issue, IssueLabel, Label, Pull
from bot.hub.store.view import View
from bot.hub.world.reactions import reactions_to

COMMENTS_A_PAGE = 100
_FACES = {
    "+1": "👍",
    "-1": "👎",
    "laugh": "😄",
    "hooray": "🎉",
    "confused": "😕",
    "heart": "❤️",
    "rocket": "🚀",
    "eyes": "👀",
}


@dataclass(frozen=True)
class Link:
    """An issue or pull request where another one names it; ``state`` as in :func:`state_of`."""

    number: int
    title: str
    url: str
    state: str


@dataclass(frozen=True)
class Said:
    """One comment as it is shown; ``body`` is rendered."""

    id: str
    author: str
    is_bot: bool
    at: int
    edited: bool
    body: Markup
    reactions: tuple[tuple[str, int, str], ...] = ()
    hidden: str = ""
    deed: str = "commented"


def state_of(issue: Issue, pull: Pull | None = None) -> str:
    """Return one word: open, draft, merged, closed, done or dropped."""
    if pull is not None:
        if pull.merged_at is not None:
            return "merged"
        return "draft" if pull.is_draft and issue.state == "open" else issue.state
    if issue.state == "open":
        return "open"
    return "dropped" if issue.state_reason in ("not_planned", "duplicate") else "done"


def link_to(place: Place, issue: Issue) -> Link:
    """Return how others name an issue or pull request."""
    state = state_of(issue, place.view.pull_of(issue))
    return Link(issue.number, issue.title, place.link(issue), state)


def links_to(place: Place, issues: Iterable[Issue]) -> list[Link]:
    """Return the links of several issues."""
    return [link_to(place, issue) for issue in issues]


def labels_of(view: View, issue: Issue) -> list[Label]:
    """Return an issue's labels by name."""
    where = (
        "id IN (SELECT label_id FROM issue_labels WHERE issue_id = :issue "
        "AND began <= :t AND ended > :t)"
    )
    return view.all(Label, where, order="name", issue=issue.id)


def labelled(view: View, repo_id: int, name: str) -> list[Issue]:
    """Return the issues of a repository with a label, oldest first."""
    where = (
        "repo_id = :repo AND pull_id IS NULL AND id IN (SELECT issue_id FROM issue_labels "
        "WHERE began <= :t AND ended > :t AND label_id IN (SELECT id FROM labels "
        "WHERE repo_id = :repo AND name = :name AND began <= :t AND ended > :t))"
    )
    return view.all(Issue, where, order="number", repo=repo_id, name=name)


def label_names(view: View, issues: Iterable[Issue]) -> dict[int, list[str]]:
    """Return the names of many issues' labels by issue id, read at once."""
    issues = list(issues)
    if not issues:
        return {}
    repo = issues[0].repo_id
    names = {label.id: label.name for label in view.all(Label, "repo_id = :repo", repo=repo)}
    found: dict[int, list[str]] = {issue.id: [] for issue in issues}
    for entry in view.all(IssueLabel):
        if entry.issue_id in found and entry.label_id in names:
            found[entry.issue_id].append(names[entry.label_id])
    return {issue_id: sorted(labels) for issue_id, labels in found.items()}


def pulls_by_issue(place: Place) -> dict[int, list[Link]]:
    """Return the pull requests that close each issue of a repository, by the issue's id."""
    repo = place.repository.id
    halves = {i.pull_id: i for i in place.view.all(Issue, "repo_id = :repo", repo=repo)}
    pulls = {pull.id: pull for pull in place.view.all(Pull, "repo_id = :repo", repo=repo)}
    found: dict[int, list[Link]] = {}
    for reference in place.view.all(ClosingReference, order="pull_id"):
        pull, half = pulls.get(reference.pull_id), halves.get(reference.pull_id)
        if pull is not None and half is not None:
            link = Link(half.number, half.title, place.link(half), state_of(half, pull))
            found.setdefault(reference.issue_id, []).append(link)
    return found


def comments_of(place: Place, issue: Issue, page: int) -> list[Said]:
    """Return one page of the comments, oldest first."""
    comments = place.view.all(
        Comment,
        "issue_id = :issue",
        order="id",
        limit=COMMENTS_A_PAGE,
        offset=(page - 1) * COMMENTS_A_PAGE,
        issue=issue.id,
    )
    return [_said(place, comment) for comment in comments]


def comment_pages(view: View, issue: Issue) -> tuple[int, int]:
    """Return how many comments there are, and how many pages they fill."""
    total = view.count(Comment, "issue_id = :issue", issue=issue.id)
    return total, max(1, -(-total // COMMENTS_A_PAGE))


def opening(place: Place, issue: Issue) -> Said:
    """Return the body of an issue or pull request as the first comment."""
    author = place.view.account(issue.author_id)
    body = place.body(issue.body)
    edited = issue.edited_at is not None
    shown = _reactions(place, issue)
    return Said(
        f"issue-{issue.id}", author.login, author.is_bot, issue.created_at, edited, body,
        shown, deed="opened this",
    )  # fmt: skip


def _said(place: Place, comment: Comment) -> Said:
    author = place.view.account(comment.author_id)
    return Said(
        f"issuecomment-{comment.id}",
        author.login,
        author.is_bot,
        comment.created_at,
        comment.edited_at is not None,
        place.body(comment.body),
        _reactions(place, comment),
        comment.minimized or "",
    )


def _reactions(place: Place, target: Issue | Comment) -> tuple[tuple[str, int, str], ...]:
    """Return face, count and who, for each content that somebody chose."""
    people: dict[str, list[str]] = {}
    for reaction in reactions_to(place.view, target):
        people.setdefault(reaction.content, []).append(place.login(reaction.account_id))
    return tuple(
        (_FACES.get(content, content), len(logins), ", ".join(logins[:20]))
        for content, logins in people.items()
    )
