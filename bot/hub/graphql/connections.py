"""Connections: pages of a listing with cursors that stay valid while the listing changes."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.hub.errors import Unprocessable
from bot.hub.rules.limits import MAX_PAGE
from bot.hub.store.listing import Listing, Position
from bot.hub.store.records import Record
from bot.hub.store.view import View

R = TypeVar("R", bound=Record)
T = TypeVar("T")
N = TypeVar("N")


class InvalidCursor(Unprocessable):
    """``after`` or ``before`` is not a cursor of this hub."""

    kind = "INVALID_CURSOR_ARGUMENTS"


@dataclass(frozen=True)
class PageInfo:
    """Where a page begins and ends."""

    start_cursor: str | None
    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool


@dataclass(frozen=True)
class Edge(Generic[N]):
    """A node and its place."""

    cursor: str
    node: N


@dataclass(frozen=True)
class Connection(Generic[N]):
    """One page; ``count`` is asked only when the query selects ``totalCount``."""

    edges: Sequence[Edge[N]]
    page_info: PageInfo
    count: Callable[[], int]

    def nodes(self) -> list[N]:
        """Return the nodes of the page."""
        return [edge.node for edge in self.edges]

    def total_count(self) -> int:
        """Return how many nodes all pages have."""
        return self.count()


def connect(
    view: View, listing: Listing[R], wrap: Callable[[R], N], pages: dict[str, Any]
) -> Connection[N]:
    """Page a listing; ``pages`` holds first, last, after and before as the client gave them."""
    after, before = _position(pages.get("after")), _position(pages.get("before"))
    if not _has_size(pages):
        return _counted(lambda: listing.total(view))
    size, backwards = _size(pages)
    found = listing.slice(view, size + 1, after=after, before=before, backwards=backwards)
    has_more = len(found) > size
    kept = (found[1:] if backwards else found[:-1]) if has_more else found
    edges = [Edge(_cursor(position), wrap(record)) for position, record in kept]
    return Connection(
        edges,
        PageInfo(
            edges[0].cursor if edges else None,
            edges[-1].cursor if edges else None,
            has_next_page=before is not None if backwards else has_more,
            has_previous_page=has_more if backwards else after is not None,
        ),
        lambda: listing.total(view),
    )


def connect_items(
    items: Sequence[T], wrap: Callable[[T], N], pages: dict[str, Any]
) -> Connection[N]:
    """Page a list that is at hand whole; cursors are places in it."""
    after, before = _position(pages.get("after")), _position(pages.get("before"))
    if not _has_size(pages):
        return _counted(lambda: len(items))
    size, backwards = _size(pages)
    start = 0 if after is None else after[1] + 1
    end = len(items) if before is None else min(before[1], len(items))
    start, end = (max(start, end - size), end) if backwards else (start, min(end, start + size))
    edges = [
        Edge(_cursor((0, place)), wrap(items[place])) for place in range(start, max(start, end))
    ]
    return Connection(
        edges,
        PageInfo(
            edges[0].cursor if edges else None,
            edges[-1].cursor if edges else None,
            end < len(items),
            start > 0,
        ),
        lambda: len(items),
    )


def cursor_of(position: Position) -> str:
    """Return the cursor of a place, for edges made by mutations."""
    return _cursor(position)


def _has_size(pages: dict[str, Any]) -> bool:
    return pages.get("first") is not None or pages.get("last") is not None


def _counted(count: Callable[[], int]) -> Connection[Any]:
    """Return a connection of which only ``totalCount`` is asked: GitHub demands no size then."""
    return Connection((), PageInfo(None, None, False, False), count)


def _size(pages: dict[str, Any]) -> tuple[int, bool]:
    first, last = pages.get("first"), pages.get("last")
    size = first if first is not None else last
    if not isinstance(size, int) or not 1 <= size <= MAX_PAGE:
        raise Unprocessable("A connection needs `first` or `last` from 1 to 100.")
    return size, first is None


def _cursor(position: Position) -> str:
    return base64.b64encode(f"cursor:v2:{json.dumps(position)}".encode()).decode()


def _position(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor, validate=True).decode()
        sort, tie = json.loads(text.removeprefix("cursor:v2:"))
    except (binascii.Error, ValueError, TypeError):
        raise InvalidCursor(f"`{cursor}` does not appear to be a valid cursor.") from None
    if not isinstance(tie, int) or not isinstance(sort, (int, float, str, type(None))):
        raise InvalidCursor(f"`{cursor}` does not appear to be a valid cursor.")
    return sort, tie
