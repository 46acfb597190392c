"""What the agents need of whoever renders text: one small Protocol, written by its consumer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class PromptWords(Protocol):
    """Renders Jinja text with strict names and the filters `fence`, `line` and `clean`."""

    def render_text(self, source: str, name: str, values: Mapping[str, object]) -> str:
        """Render the text; raises UserError with name and line."""
        ...

    def check_text(self, source: str, name: str) -> None:
        """Raise UserError, with name and line, when the text is no Jinja text."""
        ...
