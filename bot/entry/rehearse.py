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

    What the maintainer said in comments, in reviews and in new texts of the spec is said again.
    What people did otherwise is not, because nothing tells when they did it: labels, other edits,
    closing and reopening, pushes.
    """
    from bot.rules.text import counted
    from bot.wiring.recorded import recorded
    from bot.wiring.rehearsal.run import rehearse

    found = recorded(repo, milestone)
    told = rehearse(found, gates=gates)
    answers = counted(told.answered, "answer")
    words = counted(len(told.said.words), "word of people", "words of people")
    click.echo(
        f"Rehearsed #{found.milestone.root}: {answers} and {words} taken from the record, "
        f"{counted(told.deeds, 'deed')} compared."
    )
    if told.said.left_out:
        left = counted(told.said.left_out, "word", "words")
        click.echo(f"{left} of other people left out.")
    if told.difference is None:
        click.secho("All is the same.", fg="green")
        return
    where = told.difference
    click.secho(f"The first difference is deed {where.position}: {where.what}", fg="red")
    click.echo("  recorded   " + where.recorded.replace("\n", "\n             "))
    click.echo("  rehearsed  " + where.rehearsed.replace("\n", "\n             "))
    if told.unknown:
        click.echo(f"It ended there: {told.unknown}")
    click.echo(
        "People's labels, closing, reopening, pushes and edits (but the spec's) are not repeated; "
        "one of them may be why."
    )
    ctx.exit(EXIT_DIFFERENT)
