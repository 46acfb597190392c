"""Reads a milestone whole: one request for everything, one for every further page of issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.errors import ServiceError, UserError
from bot.domain.work import Issue, PullRequest
from bot.github import ids as wanted
from bot.github import markers, parse
from bot.github.ids import Ids
from bot.github.parse import Node, child, nodes, number, text
from bot.github.place import Place
from bot.github.pulls import PullReader, all_comments, present
from bot.ports.tracker import Mark, TrackerView

PAGE = 50
"""Issues on one page; from 60 on GitHub is known to cut nested lists without an error."""
MOST_NODES = 100
"""Objects that GitHub takes in one `nodes(ids:)`."""


@dataclass(slots=True)
class Reading:
    """What came in so far."""

    repository: str
    data: Mapping[str, Any]
    """The first answer."""
    items: dict[int, Issue]
    open_pull_requests: dict[int, Node]
    closers: dict[int, Node]
    """Pull requests that items name as their closers, by number."""
    closes: dict[int, set[int]]
    """Their items."""

    def add_item(self, node: Node) -> None:
        """Take in one child and the pull requests it names."""
        item = parse.issue(node, self.repository)
        self.items[item.number] = item
        for closer in nodes(node, "closedByPullRequestsReferences"):
            home = text(child(closer, "repository"), "nameWithOwner") or self.repository
            if home.lower() == self.repository.lower():
                self.closers[number(closer, "number")] = closer
                self.closes.setdefault(number(closer, "number"), set()).add(item.number)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads milestones and pull requests of one repository."""

    place: Place
    ids: Ids

    @property
    def pulls(self) -> PullReader:
        """Reads the pull requests."""
        return PullReader(self.place)

    def read(
        self, root: int, milestone: int | None, expected: Mapping[int, str] | None = None
    ) -> TrackerView:
        """Return everything about one milestone; see the port.

        Without a number, the milestone that a person put the root on is the one, else the one
        on which we put its children before the record of that was lost.
        """
        reading = self._first(root, milestone)
        here = child(reading.data, "repository")
        viewer = text(child(reading.data, "viewer"), "login")
        adopted = child(here, "issue", "milestone") or _of_children(child(here, "issue"), viewer)
        if milestone is None and adopted:
            milestone = number(adopted, "number")
            self._pages(reading, milestone, {"hasNextPage": True, "endCursor": None})
        unlisted, strays = self._missing(reading, milestone, expected or {})
        found = child(here, "milestone") or adopted
        reading.items.pop(root, None)
        issues = self._with_all_comments(
            [parse.issue(child(here, "issue"), self.place.full_name), *reading.items.values()]
        )
        view = TrackerView(
            viewer=viewer,
            root=issues[0],
            milestone=parse.milestone(found) if milestone is not None and found else None,
            items=tuple(sorted(issues[1:], key=lambda i: i.number)),
            pull_requests=tuple(self._pull_requests(reading, viewer)),
            default_branch=text(child(here, "defaultBranchRef"), "name"),
            unlisted=unlisted,
            strays=strays,
        )
        view = replace(view, marks=tuple(_marks(view)))
        self._learn(view, text(here, "id"))
        return view

    def pull_requests(self, numbers: Sequence[int]) -> tuple[PullRequest, ...]:
        """Return pull requests read directly, 20 to a request, without those that do not exist."""
        self.ids.resolve(wanted.subject(n) for n in numbers)
        node_ids = [i for n in numbers if (i := self.ids.get(wanted.subject(n)))]
        direct = ((node, ()) for node in self.pulls.direct(node_ids))
        found = self.pulls.parsed(direct, lambda _: True)
        return tuple(found[n] for n in numbers if n in found)

    def _first(self, root: int, milestone: int | None) -> Reading:
        here, data = self.place.ask_here(
            "milestone",
            root=root,
            milestone=milestone or 0,
            withMilestone=milestone is not None,
            first=PAGE,
            after=None,
        )
        if not child(here, "issue"):
            raise UserError(
                f"There is no issue #{root} in {self.place.full_name}: it was deleted, "
                "transferred or turned into a discussion, or it is a pull request."
            )
        open_ones = {number(n, "number"): n for n in nodes(here, "pullRequests")}
        reading = Reading(self.place.full_name, data, {}, open_ones, {}, {})
        if milestone is not None:
            self._take_page(reading, child(here, "milestone"), milestone)
            issues = child(here, "milestone", "issues")
            self._pages(reading, milestone, child(issues, "pageInfo"))
        return reading

    def _pages(self, reading: Reading, milestone: int, info: Node) -> None:
        """Read the further pages of the milestone's issues."""
        while info.get("hasNextPage") is True:
            after = text(info, "endCursor") or None
            here, _ = self.place.ask_here(
                "milestone_page", milestone=milestone, first=PAGE, after=after
            )
            self._take_page(reading, child(here, "milestone"), milestone)
            info = child(here, "milestone", "issues", "pageInfo")
            if after is not None and text(info, "endCursor") == after:
                raise ServiceError("GitHub repeats a page of the milestone; its listing is broken.")

    def _missing(
        self, reading: Reading, milestone: int | None, expected: Mapping[int, str]
    ) -> tuple[tuple[int, ...], dict[int, str]]:
        """Return the children that the listing does not show though they belong to it, and those
        that are on another milestone (its title) or gone (empty)."""
        if milestone is None:
            return (), {}
        listed = {item.node_id for item in reading.items.values()}
        sought = {node_id: n for n, node_id in expected.items() if node_id not in listed}
        on: dict[int, Node | None] = dict.fromkeys(sought.values())
        ids = list(sought)
        for start in range(0, len(ids), MOST_NODES):
            data = self.place.ask("issues", ids=ids[start : start + MOST_NODES])
            on |= {sought[text(n, "id")]: child(n, "milestone") for n in present(data)}
        unlisted = tuple(n for n, at in on.items() if at and number(at, "number") == milestone)
        strays = {n: text(at or {}, "title") for n, at in on.items() if at is None or at}
        return unlisted, {n: title for n, title in strays.items() if n not in unlisted}

    def _take_page(self, reading: Reading, node: Node, milestone: int) -> None:
        if not node:
            # Not an empty milestone: taken for one, everything would look done.
            raise UserError(
                f"Milestone {milestone} is gone from {self.place.full_name}. "
                "Restore it, or start anew."
            )
        for issue in nodes(node, "issues"):
            reading.add_item(issue)
            self._learn_labels(issue)

    def _pull_requests(self, reading: Reading, viewer: str) -> Iterator[PullRequest]:
        """Yield open pull requests and the items' closers, once each, by number."""
        found = dict(reading.open_pull_requests)
        unseen = []
        for at, node in reading.closers.items():
            if at not in found:
                found[at] = node
                if text(node, "state") == "OPEN":
                    unseen.append(text(node, "id"))
        # Open ones beyond the first 50 of a busy repository: their reviews did not come along.
        found |= {number(node, "number"): node for node in self.pulls.direct(unseen)}
        parsed = self.pulls.parsed(
            ((node, reading.closes.get(at, ())) for at, node in found.items()),
            lambda p: p.author == viewer,
        )
        yield from (parsed[at] for at in sorted(parsed))

    def _with_all_comments(self, issues: list[Issue]) -> list[Issue]:
        """Return the issues with the comments that did not fit on the page."""
        short = [i.node_id for i in issues if i.comment_count > len(i.comments)]
        complete = all_comments(self.place, short)
        return [
            replace(i, comments=tuple(all_), comment_count=len(all_))
            if (all_ := complete.get(i.node_id))
            else i
            for i in issues
        ]

    def _learn(self, view: TrackerView, repository_id: str) -> None:
        """Remember node ids, so that writes need not ask for them."""
        self.ids.learn(wanted.REPOSITORY, repository_id)
        if view.milestone is not None:
            self.ids.learn(wanted.milestone(view.milestone.number), view.milestone.node_id)
        things: list[Issue | PullRequest] = [view.root, *view.items, *view.pull_requests]
        for thing in things:
            self.ids.learn(wanted.subject(thing.number), thing.node_id)
            for comment in thing.comments:
                if comment.author == view.viewer:
                    self.ids.learn_marker(comment.node_id, comment.body)

    def _learn_labels(self, issue: Node) -> None:
        for label in nodes(issue, "labels"):
            self.ids.learn(wanted.label(text(label, "name")), text(label, "id"))


def _marks(view: TrackerView) -> Iterator[Mark]:
    """Yield the markers of what the viewer wrote; nobody else's count."""
    things: list[Issue | PullRequest] = [view.root, *view.items, *view.pull_requests]
    for thing in things:
        marker = markers.read(thing.body) if thing.author == view.viewer else None
        if marker is not None and thing is not view.root:
            yield Mark(marker.key, marker.nonce, thing.number)
        for comment in thing.comments:
            marker = markers.read(comment.body) if comment.author == view.viewer else None
            if marker is not None:
                yield Mark(marker.key, marker.nonce, comment.id, comment.node_id)


def _of_children(root: Node, viewer: str) -> Node:
    """Return the milestone of the first child of our own that has one."""
    own = (c for c in nodes(root, "subIssues") if parse.login(c, "author") == viewer)
    return next((on for c in own if (on := child(c, "milestone"))), {})
