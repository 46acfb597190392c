"""`specloop tick`: exactly one iteration."""

from __future__ import annotations

from pathlib import Path

import click

from bot.entry.options import milestone_option, repo_option


@click.command()
@repo_option
@milestone_option
@click.option("--agent", metavar="AGENT", help="Another agent than the one it was begun with.")
@click.option("--verbose", is_flag=True, help="Also print every tool that agents use.")
@click.pass_context
def command(
    ctx: click.Context, repo: Path, milestone: int | None, agent: str | None, verbose: bool
) -> None:
    """Run or finish one iteration of a milestone, with the choices it was begun with."""
    from bot.entry.carried import tick_once
    from bot.entry.run import absolute_agent

    ctx.exit(tick_once(repo, milestone, absolute_agent(agent) if agent else None, verbose=verbose))
