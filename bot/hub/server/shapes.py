"""What of an answer has not been seen before: so a record of many requests stays small."""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

FOLDER_VARIABLE = "SPECLOOP_HUB_RECORD"
"""Environment variable: a folder in which each hub leaves a file of the shapes it answered with."""
_WORDS = frozenset(
    "active_lock_reason action author_association code content encoding event mergeable_state "
    "merge_method permission reason role_name side state state_reason status type "
    "visibility".split()
)
"""Members whose values GitHub takes from fixed lists: there each value is a shape of its own."""
_LONGEST_WORD = 40
_LONGEST_TEXT = 200

Fact = tuple[Hashable, ...]


class Shapes:
    """Which shapes have been seen, by route and status; safe for threads.

    A shape is a set of facts: the members an object at some place has, the type of a value there.
    An entry is new when one of its facts is; after ``most`` of them none is.
    """

    def __init__(self, most: int = 5000) -> None:
        self._seen: defaultdict[Fact, set[Fact]] = defaultdict(set)
        self._lock = threading.Lock()
        self._left = most

    def is_new(self, entry: Mapping[str, Any]) -> bool:
        """Whether the entry of a record shows what none before it did; it counts as seen then."""
        found = set(facts(entry))
        with self._lock:
            seen = self._seen[_group(entry)]
            if found <= seen or not self._left:
                return False
            seen |= found
            self._left -= 1
            return True


def facts(entry: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield what the shape of an entry of a record consists of."""
    yield ("type", entry["type"])
    yield from (("query", name) for name in entry["query"])
    yield from _facts(entry["request"], "request")
    if entry["document"] is None:
        yield from _facts(entry["response"], "response")
    else:  # what it answers follows from the document; whether there are errors does not
        yield ("errors", "errors" in (entry["response"] or {}))


def slim(value: Any) -> Any:
    """Return a JSON value of the same shape with short texts and no item that adds nothing."""
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    if isinstance(value, dict):
        return {name: slim(member) for name, member in value.items()}
    if not isinstance(value, list):
        return value
    seen: set[Fact] = set()
    kept = []
    for item in value:
        found = set(_facts(item, ""))
        if not found <= seen:
            seen |= found
            kept.append(slim(item))
    return kept


def _group(entry: Mapping[str, Any]) -> Fact:
    document = entry["document"]
    digest = (
        None if document is None else hashlib.sha256(document.encode("utf-8", "replace")).digest()
    )
    return entry["method"], entry["route"], entry["status"], entry["injected"], digest


def _facts(value: Any, at: str, name: str = "") -> Iterator[Fact]:
    if isinstance(value, dict):
        yield at, "{}", *sorted(value)
        for key, member in value.items():
            yield from _facts(member, f"{at}.{key}", key)
    elif isinstance(value, list):
        yield at, "list"
        for item in value:
            yield from _facts(item, f"{at}[]", name)
    elif name in _WORDS and isinstance(value, str) and len(value) <= _LONGEST_WORD:
        yield at, "str", value
    else:
        yield at, type(value).__name__
