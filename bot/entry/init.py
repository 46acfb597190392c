"""`specloop init`: lay the files into a checkout that let specloop work on GitHub."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.domain.errors import SpecloopError, UserError
from bot.domain.workflow_runs import NO_RELEASE
from bot.entry.options import github_option, repo_option

if TYPE_CHECKING:
    from bot.wiring.setup.drafts import Draft


@click.command()
@repo_option
@github_option
@click.option("--yes", is_flag=True, help="Overwrite what is there without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def command(repo: Path, github: str | None, yes: bool, dry_run: bool) -> None:
    """Lay workflow, configuration, issue form and toolchain into a checkout.

    What is there already is shown with its differences and overwritten only after a yes. Labels
    are created when there is a token (GITHUB_TOKEN or GH_TOKEN) and the repository is known: from
    `--github`, else from the remote `origin`.
    """
    from bot.wiring.setup.drafts import drafts, labels
    from bot.wiring.setup.labels import names_of, repository_of
    from bot.wiring.setup.worktree import open_worktree
    from bot.words import TemplateWords

    tree, words = open_worktree(repo), TemplateWords()
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    where = github or repository_of(tree.remote, server)
    names = names_of(labels(tree))
    made = drafts(tree, words)
    for draft in made:
        _show(draft, dry_run=dry_run)
    chosen = [d for d in made if not d.is_done] if dry_run else _chosen(made, yes=yes)
    if not dry_run:
        tree.write({draft.path: draft.text for draft in chosen})
        for draft in chosen:
            click.echo(f"wrote      {draft.path}")
        _labels(where, names)
    if all(draft.is_done for draft in made):
        click.echo("Nothing is to be written: everything is as it would be.")
    pages = f"{server}/{where}" if where else f"{server}/OWNER/NAME"
    flag = f" --repo {where}" if where else ""
    told = where or "OWNER/NAME"
    click.echo()
    unpinned = any(NO_RELEASE in draft.text for draft in made)
    after = words.render("setup/next", pages=pages, flag=flag, repository=told, unpinned=unpinned)
    click.echo(after)


def _show(draft: Draft, *, dry_run: bool) -> None:
    if draft.is_done:
        click.echo(f"as it is   {draft.path}")
    elif draft.present is None:
        if dry_run:
            click.echo(f"would add  {draft.path}\n\n{draft.text}")
    else:
        click.echo(f"differs    {draft.path}")
        lines = difflib.unified_diff(
            draft.present.splitlines(), draft.text.splitlines(), "as it is", "as it would be", n=2,
            lineterm="",
        )  # fmt: skip
        click.echo("\n".join(f"  {line}" for line in lines))


def _chosen(made: Sequence[Draft], *, yes: bool) -> list[Draft]:
    """Return what is to be written. Raises UserError when nobody can be asked."""
    others = [d for d in made if not d.is_new and not d.is_done]
    if others and not yes and not (sys.stdin and sys.stdin.isatty()):
        raise UserError(
            f"{', '.join(d.path for d in others)} would be overwritten, and nobody can be asked "
            "here: say `--yes`, or move it away. Nothing was written."
        )
    kept = [d for d in others if not yes and not click.confirm(f"Overwrite {d.path}?")]
    return [d for d in made if not d.is_done and d not in kept]


def _labels(where: str, names: tuple[str, ...]) -> None:
    """Create the labels, or say how: files that are written are not lost because GitHub fails."""
    from bot.wiring.setup.labels import commands, create_labels, token_in

    token = token_in(os.environ)
    if where and token:
        try:
            create_labels(where, token, names)
            click.echo(f"labels     {', '.join(names)}: all there in {where}")
            return
        except SpecloopError as error:
            click.echo(f"The labels could not be created: {error}", err=True)
    click.echo("\nThe labels; without a token they are yours to create (an existing one may stay):")
    for line in commands(where, names):
        click.echo(f"  {line}")
