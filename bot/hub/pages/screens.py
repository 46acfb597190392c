"""Every page as a function from a visit and its path's parts to a template's values."""

from dataclasses import dataclass, field
from typing import Any

from bot.hub.errors import NotFound
from bot.hub.git.command import GitFailed
from bot.hub.pages import board as boards
from bot.hub.pages import conversation, history
from bot.hub.pages.diff import shown
from bot.hub.pages.file import file_at
from bot.hub.pages.pull import contents_of
from bot.hub.pages.visit import Place, Visit
from bot.hub.rules.roles import Role
from bot.hub.rules.status_rollup import latest_by_context
from bot.hub.store.identity import Repository
from bot.hub.store.records import Issue, Milestone
from bot.hub.world.access import role_of
from bot.hub.world.dependencies import BLOCKED, BLOCKERS
from bot.hub.world.hierarchy import CHILDREN, POSITION, parent_of
from bot.hub.world.milestones import find_milestone, milestone_of_issue
from bot.hub.world.statuses import statuses_of

_MOST_LISTED = 100


@dataclass(frozen=True)
class Screen:
    """A page: its title, its template, its values, and the places above it (words, address)."""

    title: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)
    above: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Elsewhere:
    """The page is at another address of the hub."""

    url: str


def front(visit: Visit) -> Screen:
    """List the repositories and their milestones."""
    readable = [
        visit.place(visit.view.account(repository.owner_id).login, repository.name)
        for repository in visit.view.repositories()
        if _may_read(visit, repository)
    ]
    listed = [(place, _boards(place)) for place in readable[:_MOST_LISTED]]
    return Screen("Repositories", "front.html", {"repositories": listed})


def repository(visit: Visit, owner: str, name: str) -> Screen:
    """Show a repository: milestones, open pull requests, open issues."""
    place = visit.place(owner, name)
    where = "repo_id = :repo AND state = 'open' AND pull_id IS {} NULL"
    lists = {
        word: place.view.all(
            Issue,
            where.format(sign),
            order="number DESC",
            limit=_MOST_LISTED,
            repo=place.repository.id,
        )
        for word, sign in (("issues", ""), ("pulls", "NOT"))
    }
    values = {
        "place": place,
        "boards": _boards(place),
        "issues": conversation.links_to(place, lists["issues"]),
        "pulls": conversation.links_to(place, lists["pulls"]),
        "most": _MOST_LISTED,
    }
    return Screen(place.name, "repository.html", values, (_home(),))


def listing(visit: Visit, owner: str, name: str) -> Elsewhere:
    """Lead from GitHub's list addresses to the repository's page."""
    return Elsewhere(visit.place(owner, name).url)


def milestone(visit: Visit, owner: str, name: str, root: str) -> Screen:
    """Show a milestone's board."""
    place = visit.place(owner, name)
    issue, story = boards.root_numbered(place, _number(root))
    board = boards.board_of(place, issue, story)
    values = {"place": place, "board": board, "story": story}
    return Screen(board.title, "board.html", values, (_home(), _of(place)))


def run_history(visit: Visit, owner: str, name: str, root: str) -> Screen:
    """Show a milestone's iterations and learnings."""
    place = visit.place(owner, name)
    issue, story = boards.root_numbered(place, _number(root))
    pages = history.pages_of(story) if story else 1
    page = visit.page_number(pages)
    board_url = f"{place.url}/milestones/{issue.number}"
    values = {
        "place": place,
        "root": issue,
        "board_url": board_url,
        "chapters": history.chapters(place, story, page) if story else [],
        "learnings": boards.learned(place, story),
        "page": page,
        "pages": pages,
        "phases": history.PHASES,
    }
    above = (_home(), _of(place), (f"Milestone #{issue.number}", board_url))
    return Screen(f"History of “{issue.title}”", "history.html", values, above)


def native_milestone(visit: Visit, owner: str, name: str, number: str) -> Elsewhere:
    """Lead from GitHub's address of a milestone to the board of its spec."""
    place = visit.place(owner, name)
    found = find_milestone(place.view, place.repository.id, _number(number))
    if found is None:
        raise NotFound
    root = next((r for r in boards.roots_of(place) if r.milestone_id == found.id), None)
    return Elsewhere(f"{place.url}/milestones/{root.number}" if root else place.url)


def issue(visit: Visit, owner: str, name: str, number: str) -> Screen | Elsewhere:
    """Show an issue with its links and comments."""
    place = visit.place(owner, name)
    found = place.issue(_number(number))
    if found.pull_id is not None:
        return Elsewhere(place.link(found))
    children = place.view.all(Issue, CHILDREN, order=f"{POSITION}, number", parent=found.id)
    parent = parent_of(place.view, found)
    linked = {
        "blockers": place.view.all(Issue, BLOCKERS, order="number", issue=found.id),
        "blocked": place.view.all(Issue, BLOCKED, order="number", issue=found.id),
        "children": children,
        "parent": [parent] if parent else [],
    }
    values = {
        **_conversation(visit, place, found),
        **{word: conversation.links_to(place, issues) for word, issues in linked.items()},
        "pulls": conversation.pulls_by_issue(place).get(found.id, []),
        "state": conversation.state_of(found),
    }
    return Screen(f"{found.title} · #{found.number}", "issue.html", values, (_home(), _of(place)))


def pull(visit: Visit, owner: str, name: str, number: str) -> Screen | Elsewhere:
    """Show a pull request with commits, gates, reviews and diff."""
    place = visit.place(owner, name)
    found = place.issue(_number(number))
    code = place.view.pull_of(found)
    if code is None:
        return Elsewhere(place.link(found))
    where = (
        "id IN (SELECT issue_id FROM closing_references WHERE pull_id = :pull "
        "AND began <= :t AND ended > :t)"
    )
    closes = place.view.all(Issue, where, order="number", pull=code.id)
    values = {
        **_conversation(visit, place, found),
        "contents": contents_of(place, found, code),
        "closes": conversation.links_to(place, closes),
    }
    return Screen(f"{found.title} · #{found.number}", "pull.html", values, (_home(), _of(place)))


def commit(visit: Visit, owner: str, name: str, sha: str) -> Screen | Elsewhere:
    """Show a commit with its statuses and diff."""
    place = visit.place(owner, name)
    if not sha.isalnum() or not sha.isascii():
        raise NotFound
    oid = place.git.resolve(f"{sha}^{{commit}}")
    if oid is None:
        raise NotFound
    if oid != sha:
        return Elsewhere(f"{place.url}/commit/{oid}")
    try:
        info = place.git.commit(oid)
        diff = shown(place.git.changes(info.parents[0], oid)) if info.parents else None
    except GitFailed:
        raise NotFound from None
    statuses = latest_by_context(statuses_of(place.view, place.repository.id, oid))
    values = {"place": place, "commit": info, "diff": diff, "statuses": statuses}
    return Screen(info.headline or oid[:10], "commit.html", values, (_home(), _of(place)))


def file(visit: Visit, owner: str, name: str, sha: str, path: str) -> Screen:
    """Show a file at a commit."""
    place = visit.place(owner, name)
    found = file_at(place.git, sha, path)
    values = {"place": place, "file": found}
    return Screen(f"{path} at {sha[:10]}", "file.html", values, (_home(), _of(place)))


def _conversation(visit: Visit, place: Place, found: Issue) -> dict[str, Any]:
    total, pages = conversation.comment_pages(place.view, found)
    page = visit.page_number(pages)
    return {
        "place": place,
        "issue": found,
        "labels": conversation.labels_of(place.view, found),
        "milestone": _milestone_link(place, found),
        "opening": conversation.opening(place, found),
        "comments": conversation.comments_of(place, found, page),
        "total": total,
        "page": page,
        "pages": pages,
    }


def _milestone_link(place: Place, found: Issue) -> tuple[str, str] | None:
    """Return title and board of the milestone that an issue is on."""
    on: Milestone | None = milestone_of_issue(place.view, found)
    for root in boards.roots_of(place):
        if root.id == found.id or (on is not None and root.milestone_id == on.id):
            return root.title, f"{place.url}/milestones/{root.number}"
    return (on.title, place.url) if on else None


def _boards(place: Place) -> list[boards.Board]:
    read = [boards.root_numbered(place, root.number) for root in boards.roots_of(place)]
    return [boards.board_of(place, *found) for found in reversed(read[-_MOST_LISTED:])]


def _may_read(visit: Visit, found: Repository) -> bool:
    return role_of(visit.view, found, visit.account) is not Role.NONE


def _home() -> tuple[str, str]:
    return "Repositories", "/"


def _of(place: Place) -> tuple[str, str]:
    return place.name, place.url


def _number(text: str) -> int:
    """Read a number of an address. Raises NotFound."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise NotFound
    return int(text)
