"""`specloop say`: comment on the spec or an item, in the maintainer's name."""

from __future__ import annotations

from pathlib import Path

import click

from bot.entry.options import milestone_option, repo_option
from bot.wiring.recorded import recorded


@click.command()
@click.argument("text")
@click.option("--on", "number", type=click.IntRange(min=1), help="An item's number.")
@repo_option
@milestone_option
def command(text: str, number: int | None, repo: Path, milestone: int | None) -> None:
    """Comment TEXT, for instance '/continue' or '/unblock #7 use UTC'."""
    from bot.wiring.speaking import speaking

    found = recorded(repo, milestone)
    with speaking(found) as person:
        person.comment(number or found.milestone.root, text)
    click.echo(
        f"Said on #{number or found.milestone.root}. `specloop run` with the same spec, or "
        "`specloop tick`, goes on."
    )
