"""`specloop learnings`: what agents are told of a repository, and what waits for the Planner."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.entry.options import json_option, milestone_option, repo_option
from bot.rules.learning import tag
from bot.wiring.recorded import recorded

_PARTS = {
    "taught": "Said by people:",
    "curated": "Curated by the Planner:",
    "inbox": "New, not yet curated:",
}


@click.command()
@repo_option
@milestone_option
@json_option
def command(repo: Path, milestone: int | None, as_json: bool) -> None:
    """Show what was learned; `specloop say '/learn TEXT'` or '/forget CODE' changes it."""
    record = recorded(repo, milestone).read("learnings.json") or {}
    known = {
        part: [{"code": tag(text), "text": text} for text in record.get(part, [])]
        for part in _PARTS
    }
    if as_json:
        click.echo(json.dumps(known, indent=1))
        return
    if not any(known.values()):
        click.echo("Nothing was learned yet.")
    for part, heading in _PARTS.items():
        if known[part]:
            click.secho(heading, bold=True)
        for learning in known[part]:
            click.echo(f"  {click.style(learning['code'], dim=True)} {learning['text']}")
