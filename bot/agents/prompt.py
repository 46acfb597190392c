"""What an agent is told, in the order that lets models remember it, and who renders it.

Models cache a prompt's beginning. So what is the same for everybody comes first: the role's own
words, then what all conversations of a milestone share, then what moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt in its three parts."""

    system: str
    """Role and protocol: the same in every repository."""
    shared: str
    """Repository, spec and learnings: the same until one of them changes."""
    moving: str
    """What this conversation is about."""

    @property
    def said(self) -> tuple[str, ...]:
        """The parts of the user's side that say something; a cache ends after the first of two."""
        return tuple(part for part in (self.shared, self.moving) if part)


class PromptWords(Protocol):
    """Renders Jinja text with strict names and the filters `data`, `line` and `clean`."""

    def render_text(self, source: str, name: str, values: Mapping[str, object]) -> str:
        """Render the text; raises UserError with name and line."""
        ...

    def names_in(self, source: str, name: str) -> Mapping[str, int]:
        """Return the values that the text names, each with its first line.

        Raises UserError, with name and line, when the text is no Jinja text.
        """
        ...

    def redact(self, text: str) -> str:
        """Return a text with secrets named instead of shown; JSON stays JSON."""
        ...

    def settled(self, text: str) -> int:
        """Return how many characters can be redacted without knowing what follows them."""
        ...
