"""Writes the README's tables from the code: `make readme`; a test checks that they are current."""

from __future__ import annotations

from pathlib import Path

from bot.entry.cli import COMMANDS as CLI
from bot.rules.grammar import COMMANDS
from bot.wiring.configuration import Configuration

README = Path(__file__).resolve().parent.parent / "README.md"


def cli_table() -> str:
    """Return the table of the command line's commands."""
    rows = [f"| `specloop {name}` | {text} |" for name, (_, text) in CLI.items()]
    return "\n".join(["| command | does |", "|---|---|", *rows])


def commands_table() -> str:
    """Return the table of comment commands."""
    rows = [f"| `{c.usage}` | {c.where} | {c.does} |" for c in COMMANDS]
    return "\n".join(["| command | where | does |", "|---|---|---|", *rows])


def settings_table() -> str:
    """Return the table of settings."""
    rows = []
    for name, field in Configuration.model_fields.items():
        rows.append(f"| `{name}` | {_shown(field.get_default())} | {field.description} |")
    return "\n".join(["| setting | default | says |", "|---|---|---|", *rows])


def _shown(default: object) -> str:
    if isinstance(default, list):
        return ", ".join(f"`{d}`" for d in default) or "none"
    if hasattr(default, "model_dump"):
        values = default.model_dump()
        return ", ".join(f"`{k}: {_value(v)}`" for k, v in values.items())
    return f"`{default}`"


def _value(value: object) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{k}: {v}" for k, v in value.items() if v is not None)
        return f"{{{inside}}}"
    return "none" if value is None else str(value)


def filled(text: str) -> str:
    """Return the README with all its tables as the code has them."""
    tables = {"cli": cli_table(), "commands": commands_table(), "settings": settings_table()}
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{table}\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text()))
