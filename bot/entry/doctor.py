"""`specloop doctor`: what is here, what is missing, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import click

from bot.entry.options import repo_option


@click.command()
@repo_option
@click.option("--agent", default="auto", metavar="AGENT", help="Who is to think, as for `run`.")
@click.option("--try", "ask", is_flag=True, help="Ask one short question; it may cost a cent.")
@click.option("--unsandboxed", is_flag=True, help="As for `run`: agents run as you do.")
@click.pass_context
def command(ctx: click.Context, repo: Path, agent: str, ask: bool, unsandboxed: bool) -> None:
    """Look whether a run can begin here: git, sandbox, gates, keys, coding agents.

    Prints one line for each; what must be mended first is marked, and the exit code is 1 then.
    """
    from bot.entry.run import absolute_agent
    from bot.wiring.examine import examine
    from bot.wiring.register import Choices

    choices = Choices(agent=absolute_agent(agent), unsandboxed=unsandboxed)
    missing = False
    for found in examine(repo, choices, ask=ask):
        mark = (
            click.style("missing ", fg="red")
            if found.missing
            else click.style("ok      ", fg="green")
        )
        click.echo(f"{mark}{found.what:<14} {found.said}")
        missing = missing or found.missing
    ctx.exit(1 if missing else 0)
