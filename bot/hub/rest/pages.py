"""REST pagination: ``page`` and ``per_page``, at most 100, and the Link header."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from bot.hub.rest.call import Answer, Call
from bot.hub.rules.limits import MAX_PAGE
from bot.hub.store.listing import Listing
from bot.hub.store.records import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")
_DEFAULT_SIZE = 30


def listed(call: Call, listing: Listing[R], render: Callable[[R], Any]) -> Answer:
    """Answer one page of a lagging listing."""
    number, size = page_of(call)
    view = call.scope.listing
    records = listing.page(view, number, size)
    return Answer(
        [render(record) for record in records],
        headers=_links(call, number, size, listing.total(view)),
    )


def sliced(call: Call, items: Sequence[T], render: Callable[[T], Any]) -> Answer:
    """Answer one page of a list that is at hand whole."""
    number, size = page_of(call)
    chosen = items[(number - 1) * size : number * size]
    return Answer([render(item) for item in chosen], headers=_links(call, number, size, len(items)))


def enveloped(call: Call, name: str, items: Sequence[T], render: Callable[[T], Any]) -> Answer:
    """Answer one page of a list that is at hand whole, as GitHub Actions does: with its count."""
    page = sliced(call, items, render)
    return Answer({"total_count": len(items), name: page.content}, headers=page.headers)


def page_of(call: Call) -> tuple[int, int]:
    """Return page and page size; nonsense counts as the default, more than 100 as 100."""
    number, size = (
        _count(call.query.get("page"), 1),
        _count(call.query.get("per_page"), _DEFAULT_SIZE),
    )
    return number, min(size, MAX_PAGE)


def _count(text: str | None, default: int) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return default
    return int(text) or default


def _links(call: Call, number: int, size: int, total: int) -> dict[str, str]:
    last = max(1, -(-total // size))
    pages: dict[str, int] = {}
    if number > 1:
        pages |= {"prev": min(number - 1, last), "first": 1}
    if number < last:
        pages |= {"next": number + 1, "last": last}
    if not pages:
        return {}
    order = sorted(pages, key=("prev", "next", "last", "first").index)
    return {"Link": ", ".join(f'<{_address(call, pages[rel])}>; rel="{rel}"' for rel in order)}


def _address(call: Call, number: int) -> str:
    query = urlencode({**call.query, "page": str(number)})
    return f"{call.scope.origin}{call.path}?{query}"
