"""`specloop log`: what each iteration did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from bot.entry.options import json_option, milestone_option, repo_option
from bot.wiring.recorded import recorded


@click.command()
@repo_option
@milestone_option
@json_option
def command(repo: Path, milestone: int | None, as_json: bool) -> None:
    """Show what each iteration decided, merged and learned, oldest first."""
    found = recorded(repo, milestone)
    view = found.read("view.json") or {}
    history = view.get("history", [])
    learned = found.read("learnings.json") or {}
    learnings = {name: learned.get(name, []) for name in ("taught", "curated", "inbox")}
    if as_json:
        click.echo(json.dumps({"history": history, "learnings": learnings}, indent=1))
        return
    if not history:
        click.echo("No iteration has ended yet.")
    for line in history:
        for text in iteration_lines(line):
            click.echo(text)
    told = [*learnings["taught"], *learnings["curated"]]
    if told:
        click.echo("Learnings:")
        for learning in told:
            click.echo(f"  - {learning}")


def iteration_lines(line: dict[str, Any]) -> list[str]:
    """Return one iteration as lines for a terminal."""
    merged = ", ".join(f"#{n}" for n in line["merged"]) or "nothing"
    verdict = {True: "met", False: "not met", None: "none"}[line["verdict_met"]]
    seconds = sum(line["seconds"].values())
    lines = [
        click.style(f"Iteration {line['iteration']}", bold=True)
        + f"  {line['decision']} ({line['by']}): {line['reason']}",
        f"  created {line['created']} items · merged {merged} · verdict {verdict} · "
        f"{seconds:.1f} s · {line['cost_usd']:.2f} USD",
    ]
    lines += [f"  refused: {refusal}" for refusal in line["refusals"]]
    return lines
