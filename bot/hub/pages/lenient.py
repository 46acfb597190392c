"""JSON that somebody else wrote, read without trust: what is missing or strange is empty."""

import json
import math
from dataclasses import dataclass
from typing import Any

_WHOLE = 10**15
"""Numbers beyond this are nobody's count."""


@dataclass(frozen=True)
class Node:
    """A place in a JSON document; asking for what is not there gives nothing, never an error."""

    value: Any = None

    def __bool__(self) -> bool:
        return bool(self.value)

    def at(self, *names: str) -> "Node":
        """Return what is found down a path of names."""
        value = self.value
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return Node(value)

    def text(self, name: str) -> str:
        """Return a text, "" for anything else."""
        value = self.at(name).value
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> float | None:
        """Return a finite number, or None."""
        return _number(self.at(name).value)

    def count(self, name: str) -> int:
        """Return a whole number that is not negative, 0 for anything else."""
        return max(0, int(self.number(name) or 0))

    def truth(self, name: str) -> bool | None:
        """Return a truth value, or None."""
        value = self.at(name).value
        return value if isinstance(value, bool) else None

    def entries(self, name: str) -> "list[Node]":
        """Return the entries of a list."""
        value = self.at(name).value
        return [Node(entry) for entry in value] if isinstance(value, list) else []

    def texts(self, name: str) -> list[str]:
        """Return the texts of a list."""
        return [entry.value for entry in self.entries(name) if isinstance(entry.value, str)]

    def numbers(self, name: str) -> list[int]:
        """Return the whole numbers of a list."""
        found = (_number(entry.value) for entry in self.entries(name))
        return [int(number) for number in found if number is not None]

    def measures(self, name: str) -> dict[str, float]:
        """Return the numbers of an object that are not negative, by name."""
        value = self.at(name).value
        pairs = value.items() if isinstance(value, dict) else ()
        numbers = ((str(word), _number(found)) for word, found in pairs)
        return {word: found for word, found in numbers if found is not None and found >= 0}


NOTHING = Node()


def parse(data: bytes) -> Node:
    """Read JSON; what cannot be read is nothing."""
    try:
        return Node(json.loads(data))
    except (ValueError, RecursionError):
        return NOTHING


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value if abs(value) < _WHOLE else None
    return value if math.isfinite(value) and abs(value) < _WHOLE else None
