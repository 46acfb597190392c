"""The `Words` port over the files of `templates/`."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import UserError
from bot.words.places import templates_root
from bot.words.secrets import SecretPatterns

if TYPE_CHECKING:
    from bot.words.engine import Engine

SUFFIXES = (".md", ".txt", ".yml")
"""What a template's file may end in; its name in `render` goes without."""


class TemplateWords:
    """Renders templates by name (`comments/plan`), and texts that are no template files.

    Filters: `clean` and `line` for what others wrote, `fence` to show it as data to people and
    `data` to models. An unknown name in a template is an error; so is a broken template: a
    UserError with file and line.
    """

    def __init__(self, root: Path | None = None, own_addresses: Sequence[str] = ()) -> None:
        """Read from `root`, by default the templates that came with specloop.

        `own_addresses` (each ends in `/`) may stay links in cleaned text: the repository's.
        """
        self._root = root
        self._own = tuple(own_addresses)
        self._lock = threading.Lock()
        self._secrets = SecretPatterns()

    def render(self, template: str, /, **values: object) -> str:
        """Render one template, named by its path without suffix; secrets are named, not shown."""
        return self.redact(self._engine.render_file(self._file(template), values))

    def redact(self, text: str) -> str:
        """Return a text with secrets named instead of shown; JSON stays JSON."""
        return self._secrets.redact(text)

    def settled(self, text: str) -> int:
        """Return how many characters can be redacted without knowing what follows them."""
        return self._secrets.settled(text)

    def render_text(self, source: str, name: str, values: Mapping[str, object]) -> str:
        """Render Jinja text; `name` (a file, say) stands in errors."""
        return self._engine.render_text(source, name, values)

    def names_in(self, source: str, name: str) -> dict[str, int]:
        """Return the values that a Jinja text names, each with the line where it first does.

        What it includes is not looked into. Raises UserError when the text is no Jinja text.
        """
        return self._engine.names_in(source, name)

    def _file(self, template: str) -> str:
        names = [f"{template}{suffix}" for suffix in SUFFIXES]
        found = [name for name in names if (self.root / name).is_file()]
        if not found:
            raise UserError(f"there is no template {names[0]} in {self.root}")
        return found[0]

    @cached_property
    def root(self) -> Path:
        """Folder with the templates."""
        return self._root or templates_root()

    @property
    def _engine(self) -> Engine:
        with self._lock:  # threads render side by side, and one environment serves them all
            return self._made_engine

    @cached_property
    def _made_engine(self) -> Engine:
        # Jinja2 costs 40 ms, which a command that says nothing should not pay.
        from jinja2 import FileSystemLoader

        from bot.words.engine import Engine

        return Engine(FileSystemLoader(self.root), self._own)
