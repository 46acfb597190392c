"""`specloop approve`: approve a pull request's present head, in the maintainer's name."""

from __future__ import annotations

from pathlib import Path

import click

from bot.entry.options import milestone_option, repo_option
from bot.wiring.recorded import recorded


@click.command()
@click.argument("number", type=click.IntRange(min=1))
@repo_option
@milestone_option
def command(number: int, repo: Path, milestone: int | None) -> None:
    """Approve pull request NUMBER, so that it may land in the next iteration."""
    from bot.wiring.speaking import speaking

    with speaking(recorded(repo, milestone)) as person:
        person.approve(number)
    click.echo(f"Approved #{number}. `specloop run` with the same spec, or `tick`, goes on.")
