"""Where the words are: the one place that knows both homes of `templates/`."""

from __future__ import annotations

from pathlib import Path

from bot.domain.errors import UserError


def templates_root() -> Path:
    """Return the folder with the templates: inside the wheel, or at the root of a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_templates", package.parent / "templates"):
        if (folder / "roles").is_dir():
            return folder
    raise UserError(
        f"the templates are missing: neither {package / '_templates'} nor "
        f"{package.parent / 'templates'} has them; install specloop again"
    )
