"""`specloop rehearse`: the same answers must lead to the same effects."""

from __future__ import annotations

from pathlib import Path

import click

from bot.entry.options import milestone_option, repo_option

EXIT_DIFFERENT = 1


@click.command()
@repo_option
@milestone_option
@click.option("--gates", is_flag=True, help="Run the gates again instead of reading the record.")
@click.pass_context
def command(ctx: click.Context, repo: Path, milestone: int | None, gates: bool) -> None:
    """Decide a milestone anew from its recorded answers, and compare what is done.

    A fresh embedded GitHub in a temporary folder, the same base, the same spec, the same words of
    people at the same places; agents answer from the record. No model is asked. Nothing of the
    milestone is touched. It exits 0 when all effects are the same, 1 at the first difference.
    """
    from bot.wiring.recorded import recorded
    from bot.wiring.rehearsal.run import rehearse

    found = recorded(repo, milestone)
    told = rehearse(found, gates=gates)
    words = len(told.said.words)
    click.echo(
        f"Rehearsed #{found.milestone.root}: {told.answered} answers and {words} words of people "
        f"taken from the record, {told.deeds} deeds compared."
    )
    if told.said.left_out:
        click.echo(f"{told.said.left_out} words of other people were left out.")
    if told.difference is None:
        click.secho("All is the same.", fg="green")
        return
    where = told.difference
    click.secho(f"The first difference is deed {where.position}: {where.what}", fg="red")
    click.echo("  recorded   " + where.recorded.replace("\n", "\n             "))
    click.echo("  rehearsed  " + where.rehearsed.replace("\n", "\n             "))
    if told.unknown:
        click.echo(f"It ended there: {told.unknown}")
    ctx.exit(EXIT_DIFFERENT)
