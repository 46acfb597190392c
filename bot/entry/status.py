"""`specloop status`: where a milestone stands, from its record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from bot.domain.errors import UserError
from bot.entry.options import json_option, milestone_option, repo_option
from bot.rules.text import counted
from bot.wiring.recorded import recorded

_MARKS = {
    "done": ("✔", "green"),
    "in progress": ("▶", "cyan"),
    "in review": ("◆", "blue"),
    "blocked": ("■", "yellow"),
    "open": ("○", None),
    "backlog": ("·", None),
    "dropped": ("✘", None),
}
_STANDINGS = {"running": "blue", "waiting": "yellow", "stuck": "red", "done": "green"}


@click.command()
@repo_option
@milestone_option
@json_option
def command(repo: Path, milestone: int | None, as_json: bool) -> None:
    """Show where a milestone stands: items by status, verdict, spend."""
    found = recorded(repo, milestone)
    view = found.read("view.json")
    if view is None:
        raise UserError(f"#{found.milestone.root} has no record yet; `specloop run` begins it.")
    if as_json:
        click.echo(json.dumps(view, indent=1))
        return
    for line in status_lines(view):
        click.echo(line)


def status_lines(view: dict[str, Any]) -> list[str]:
    """Return the status as lines for a terminal."""
    standing = click.style(view["standing"], fg=_STANDINGS.get(view["standing"]), bold=True)
    progress = view["progress"]
    lines = [
        click.style(f"#{view['root']} {view['title']}", bold=True),
        f"{standing} · iteration {view['iteration']} · "
        f"{progress['done']} of {progress['total']} items done",
    ]
    if view["reason"]:
        lines.append(view["reason"])
    lines += ["", *(_item(i) for i in view["items"])] if view["items"] else ["", "No items yet."]
    verdict = view["verdict"]
    if verdict:
        word = "met" if verdict["met"] else "not met"
        lines += ["", f"Verdict: {word} at {verdict['commit'][:7]}"]
        lines += [f"  - {gap}" for gap in verdict["gaps"]]
    spent, limits = view["spent"], view["limits"]
    lines += [
        "",
        f"{spent['cost_usd']:.2f} of {limits['cost_usd']:.2f} USD · "
        f"{counted(spent['requests'], 'model request')}",
    ]
    return lines


def _item(item: dict[str, Any]) -> str:
    mark, colour = _MARKS[item["status"]]
    waits = item["waiting_for"]
    notes = [item["status"], item["priority"]]
    if waits and item["status"] == "open":
        notes.append("waits for " + ", ".join(f"#{n}" for n in waits))
    if item["pull_request"]:
        notes.append(f"pull request #{item['pull_request']}")
    if item["question"]:
        notes.append(item["question"])
    return f"  {click.style(mark, fg=colour)} #{item['number']:<4} {item['title']}  " + click.style(
        " · ".join(notes), dim=True
    )
