"""Reads pull requests to the end: every opinion, every comment, and remarks on lines where needed.

A listing shows the latest hundred opinions and the latest ten comments of each. That is enough for
other people's; of our own, an approval or a command that fell off would be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.work import Comment, PullRequest, Remark, Review, ReviewState
from bot.github import parse
from bot.github.parse import Node, child, nodes, number, text
from bot.github.place import Place

TOGETHER = 20
"""Issues or pull requests that are asked for in one request."""


@dataclass(frozen=True, slots=True)
class PullReader:
    """Reads pull requests of one repository."""

    place: Place

    def direct(self, node_ids: Sequence[str]) -> Iterator[Node]:
        """Yield what `nodes(ids:)` finds of them: without a listing's lag, 20 to a request."""
        for start in range(0, len(node_ids), TOGETHER):
            yield from present(
                self.place.ask("pull_requests", ids=node_ids[start : start + TOGETHER])
            )

    def parsed(
        self, found: Iterable[tuple[Node, Iterable[int]]], is_ours: Callable[[PullRequest], bool]
    ) -> dict[int, PullRequest]:
        """Return pull requests by number, each node given with the issues known to name it.

        What the nodes lack of our open ones is asked for.
        """
        pulls, cut = dict[int, PullRequest](), list[str]()
        for node, closes in found:
            pull = parse.pull_request(node, self.place.full_name, closes)
            if pull.is_open and is_ours(pull):
                pull = replace(pull, reviews=(*self._earlier(node), *pull.reviews))
                if number(child(node, "comments"), "totalCount") > len(pull.comments):
                    cut.append(pull.node_id)
            pulls[pull.number] = pull
        comments = all_comments(self.place, cut)
        wished = [p.node_id for p in pulls.values() if p.is_open and is_ours(p) and _is_wished(p)]
        remarks = self._remarks(wished)
        return {
            n: replace(
                p,
                comments=tuple(comments.get(p.node_id, p.comments)),
                remarks=remarks.get(n, ()),
            )
            for n, p in pulls.items()
        }

    def _earlier(self, node: Node) -> list[Review]:
        """Return the opinions that did not fit on the page, oldest first."""
        earlier: list[Review] = []
        info = child(node, "reviews", "pageInfo")
        while info.get("hasPreviousPage") is True:
            before = text(info, "startCursor")
            page = child(self.place.ask("opinions", id=text(node, "id"), before=before), "node")
            earlier = [*(parse.review(r) for r in nodes(page, "reviews")), *earlier]
            info = child(page, "reviews", "pageInfo")
            if text(info, "startCursor") == before:
                break
        return earlier

    def _remarks(self, node_ids: list[str]) -> dict[int, tuple[Remark, ...]]:
        found: dict[int, tuple[Remark, ...]] = {}
        for start in range(0, len(node_ids), TOGETHER):
            data = self.place.ask("remarks", ids=node_ids[start : start + TOGETHER])
            for node in present(data):
                found[number(node, "number")] = tuple(parse.remarks(node))
        return found


def all_comments(place: Place, node_ids: Sequence[str]) -> dict[str, list[Comment]]:
    """Return every comment on issues and pull requests, oldest first, by node id."""
    complete: dict[str, list[Comment]] = {}
    for start in range(0, len(node_ids), TOGETHER):
        _comments(place, node_ids[start : start + TOGETHER], None, complete)
    return complete


def present(data: Mapping[str, Any]) -> Iterator[Node]:
    """Yield the objects that `nodes(ids:)` found."""
    found = data.get("nodes")
    yield from (n for n in found or [] if isinstance(n, Mapping) and n)


def _comments(
    place: Place, node_ids: Sequence[str], after: str | None, complete: dict[str, list[Comment]]
) -> None:
    for node in present(place.ask("comments", ids=list(node_ids), after=after)):
        held = complete.setdefault(text(node, "id"), [])
        held += [parse.comment(c) for c in nodes(node, "comments")]
        info = child(node, "comments", "pageInfo")
        if info.get("hasNextPage") is True:
            _comments(place, [text(node, "id")], text(info, "endCursor"), complete)


def _is_wished(pull: PullRequest) -> bool:
    return any(r.state is ReviewState.CHANGES_REQUESTED for r in pull.reviews)
