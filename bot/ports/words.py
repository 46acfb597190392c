"""Every sentence the bot writes on GitHub comes from a template."""

from __future__ import annotations

from typing import Protocol


class Words(Protocol):
    """Renders the templates of `templates/`."""

    def render(self, template: str, /, **values: object) -> str:
        """Render one template, named by its path without suffix, say `comments/plan`."""
        ...
