"""Looking for secrets in what agents wrote, before it leaves this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Secret:
    """What looks like a key or a token."""

    kind: str
    line: int
    """Counted from 1, in the text that was searched."""
    text: str = field(repr=False)
    """Itself: never to be shown."""


class SecretScan(Protocol):
    """Finds keys and tokens by the forms that their issuers gave them."""

    def find(self, text: str) -> tuple[Secret, ...]:
        """Return what looks like a secret in a text, in order."""
        ...

    def redact(self, text: str) -> str:
        """Return the text with every such place named instead of shown; JSON stays JSON."""
        ...

    def settled(self, text: str) -> int:
        """Return how many characters can be redacted without knowing what follows them.

        The rest may begin a secret that goes on, say an unfinished line. It is bounded: of a text
        that only grows, sooner or later everything is settled.
        """
        ...
