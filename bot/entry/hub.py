"""`specloop hub`: serve a world's embedded GitHub again, for a browser, git or any client."""

from __future__ import annotations

import time
from pathlib import Path

import click

from bot.domain.errors import UserError
from bot.entry.options import repo_option
from bot.wiring.places import World
from bot.wiring.recorded import recorded


@click.command()
@repo_option
@click.option(
    "--world",
    "folder",
    type=click.Path(path_type=Path),
    default=None,
    help="A world's folder, as `specloop demo` and `specloop run` print it.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
def command(repo: Path, folder: Path | None, port: int) -> None:
    """Serve the embedded GitHub of a checkout's world until Ctrl-C."""
    from bot.wiring.embedded import embedded_github

    world = World(folder.absolute()) if folder else recorded(repo, None).world
    if not world.hub.is_dir():
        raise UserError(f"{world.folder} holds no world of specloop's.")
    with embedded_github(world, port) as endpoint:
        click.echo(f"open     {endpoint.url}/?token={endpoint.maintainer_token}")
        click.echo(f"address  {endpoint.url}")
        click.echo(f"token    {endpoint.maintainer_token}  (the maintainer's)")
        register = world.index
        click.echo(f"world    {world.folder}")
        if register.is_file():
            repository = recorded_repository(world)
            click.echo(
                f"try      curl -H 'Authorization: Bearer {endpoint.maintainer_token}' "
                f"{endpoint.url}/repos/{repository}/issues"
            )
            click.echo(f"         git clone {endpoint.git_url(repository)}")
        click.echo("Ctrl-C stops it; everything stays in the world's folder.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            click.echo("Stopped.")


def recorded_repository(world: World) -> str:
    """Return the latest repository of a world."""
    from bot.wiring.register import load_register

    register = load_register(world)
    return register.milestones[-1].repository if register and register.milestones else "o/r"
