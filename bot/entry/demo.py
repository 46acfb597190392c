"""`specloop demo`: the whole loop on a small library, with a playbook in the model's place."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import click

from bot.domain.errors import UserError
from bot.wiring.places import World


@click.command()
@click.option("--verbose", is_flag=True, help="Also print every tool that agents use.")
@click.pass_context
def command(ctx: click.Context, verbose: bool) -> None:
    """Watch a spec become merged pull requests, offline, in under a minute.

    Everything is real (git, pull requests, gates, processes) except the model: a playbook stands
    where it stands. An interrupted demonstration goes on; a finished one begins anew.
    """
    from bot.entry.carried import Wishes, run_spec
    from bot.entry.speech import Comments, Script, View
    from bot.wiring.places import state_home, world_of
    from bot.wiring.register import Choices
    from bot.wiring.spec_text import read_spec
    from bot.words.places import templates_root

    story = templates_root() / "demo"
    home = state_home() / "demo"
    world = world_of(home / "doorsign")
    _clear_finished(home, world)
    checkout = _lay_project(story / "project", home)
    spec = read_spec((story / "spec.md").read_bytes(), "the demonstration's spec")
    choices = Choices(agent=f"playbook:{story / 'playbook.yml'}")

    def person(comments: Comments, view: View) -> Script:
        return Script(story / "maintainer.yml", comments, view)

    code = run_spec(Wishes(checkout, spec, choices, verbose, person))
    click.echo()
    click.echo("Try it on a repository of yours:")
    click.echo("           specloop run SPEC.md --repo PATH --agent playbook:FILE")
    click.echo("           (docs/playbook.md tells how a playbook is written)")
    ctx.exit(code)


def _clear_finished(home: Path, world: World) -> None:
    """Make room for a new demonstration when the last one reached its end."""
    from bot.wiring.embedded import is_served
    from bot.wiring.recorded import Recorded
    from bot.wiring.register import load_register

    try:
        register = load_register(world)
    except UserError:
        register, unreadable = None, True
    else:
        unreadable = False
    if register is not None and register.milestones:
        view = Recorded(world, register.milestones[-1]).read("view.json") or {}
        if view.get("standing") not in ("done", "stuck"):
            return
    elif not unreadable:
        return
    if is_served(world):
        raise UserError(
            "The last demonstration is being served by `specloop hub`: stop that first."
        )
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(world.folder)


def _lay_project(project: Path, home: Path) -> Path:
    """Make the library a git repository of its own; a kill leaves it whole or absent."""
    checkout = home / "doorsign"
    if checkout.is_dir():
        return checkout
    draft = home / "doorsign.new"
    shutil.rmtree(draft, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    shutil.copytree(project, draft, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for arguments in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all", "--force"),
        ("-c", "user.name=Maintainer", "-c", "user.email=maintainer@example.com",
         "-c", "commit.gpgSign=false", "commit", "--quiet", "-m", "Begin the library"),
    ):  # fmt: skip
        _git(draft, *arguments)
    draft.rename(checkout)
    return checkout


def _git(folder: Path, *arguments: str) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    try:
        subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True
        )
    except FileNotFoundError:
        raise UserError("git is not installed, or not on PATH.") from None
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode("utf-8", "replace").strip()
        raise UserError(f"git {arguments[0]} failed in {folder}: {told}") from error
