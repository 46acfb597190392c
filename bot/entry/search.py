"""`specloop search`: the code search that agents have, for people."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from bot.entry.options import json_option, repo_option
from bot.wiring.checkout import open_checkout, search_index


@click.command()
@click.argument("query", nargs=-1, required=True)
@repo_option
@click.option("--below", default="", metavar="PATH", help="Only in this folder or file.")
@click.option("--limit", default=10, type=click.IntRange(1, 100), help="Places; 10 by default.")
@json_option
def command(query: tuple[str, ...], repo: Path, below: str, limit: int, as_json: bool) -> None:
    """Search the commit that is checked out: words, a question, a name or a path.

    The first search of a repository indexes it, which takes seconds for thousands of files.
    """
    checkout = open_checkout(repo)
    index = search_index(checkout)
    found = index.find(" ".join(query), checkout.head, below=below.strip("/"), limit=limit)
    index.close()
    if as_json:
        click.echo(json.dumps([asdict(place) for place in found], indent=1))
        return
    for place in found:
        click.echo(click.style(place.line, bold=True))
        for number, line in place.snippet:
            click.echo(f"  {click.style(str(number), dim=True)}: {line}")
    if not found:
        click.echo("Nothing is like that: try other words.")
