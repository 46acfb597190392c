"""`specloop show`: an item or pull request with its attempts, or a conversation with an agent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from bot.domain.errors import UserError
from bot.entry.options import json_option, milestone_option, repo_option
from bot.entry.replay import list_invocations, of_item, replay
from bot.rules.text import counted
from bot.wiring.recorded import Recorded, recorded


@click.command()
@click.argument("what", default="", metavar="[#N | INVOCATION]")
@repo_option
@milestone_option
@json_option
def command(what: str, repo: Path, milestone: int | None, as_json: bool) -> None:
    """Show an item or pull request (`7`), or replay an invocation (`2/execute/7.1/1`).

    Without either, all invocations of the milestone are listed.
    """
    found = recorded(repo, milestone)
    number = what.removeprefix("#")
    if not what:
        list_invocations(found, None, as_json=as_json)
    elif number.isdecimal() and int(number[:12]) > 0:
        _show_item(found, int(number[:12]), as_json=as_json)
    elif "/" in what:
        replay(found, what, as_json=as_json)
    else:
        raise UserError(
            f"`{what}` is neither a number nor an invocation: write `specloop show 7`, or "
            "`specloop show` for a list."
        )


def _show_item(found: Recorded, number: int, *, as_json: bool) -> None:
    story = story_of(found, number)
    asked = of_item(found, story["item"]["number"])
    if as_json:
        click.echo(json.dumps({**story, "invocations": asked}, indent=1))
        return
    item = story["item"]
    click.secho(f"#{item['number']} {item['title']}", bold=True)
    click.echo(f"{item['status']} · {item['priority']} · {item['kind']} · key {item['key']}")
    for attempt in story["attempts"]:
        click.echo(
            f"Attempt {attempt['attempt']} in iteration {attempt['iteration']}: "
            f"{attempt['outcome']} after {counted(attempt['rounds'], 'round')}, "
            f"branch {attempt['branch']}"
        )
        click.echo(f"  {attempt['question'] or attempt['summary']}")
        for gate in attempt["gates"]:
            colour = "green" if gate["passed"] else "red"
            click.echo(f"  gate {gate['gate']}: {click.style(colour, fg=colour)}")
            for finding in gate["findings"]:
                place = f"{finding['path']}:{finding['line']}: " if finding["path"] else ""
                click.echo("    " + place + finding["message"].replace("\n", "\n    "))
    for train in story["trains"]:
        click.echo(f"Pull request #{train['pull_request']}: {train['outcome']} {train['note']}")
    if not story["attempts"]:
        click.echo("No Executor has worked on it yet.")
    if asked:
        click.echo("Invocations:")
        list_invocations(found, asked, as_json=False)


def story_of(found: Recorded, number: int) -> dict[str, Any]:
    """Return all the record knows of an item or pull request. Raises UserError."""
    view = found.read("view.json") or {"items": []}
    trains = [t for t in _outputs(found, "integrate") if number in (t["pull_request"], *t["items"])]
    numbers = {number, *(n for t in trains for n in t["items"])}
    item = next((i for i in view["items"] if i["number"] in numbers), None)
    if item is None:
        known = ", ".join(f"#{i['number']}" for i in view["items"]) or "no item"
        raise UserError(f"#{number} is no item of #{found.milestone.root}; there is {known}.")
    attempts = [
        _attempt(r) for r in _outputs(found, "execute") if item["number"] in
        r["assignment"]["items"]
    ]  # fmt: skip
    return {"item": item, "attempts": attempts, "trains": trains}


def _outputs(found: Recorded, phase: str) -> list[dict[str, Any]]:
    """Return the reports of a phase in all iterations, each with its iteration's number."""
    reports = []
    for path in found.paths():
        if path.startswith("iterations/") and path.endswith(f"/{phase}.json"):
            content = found.read(path) or {}
            for report in content.get("reports", []):
                reports.append({"iteration": int(path.split("/")[1]), **report})
    return reports


def _attempt(report: dict[str, Any]) -> dict[str, Any]:
    gates = report.get("gates") or {}
    return {
        "iteration": report["iteration"],
        "attempt": report["assignment"]["attempt"],
        "branch": report["assignment"]["branch"],
        "errand": report["assignment"]["errand"],
        "outcome": report["outcome"],
        "rounds": report["rounds"],
        "summary": report["summary"],
        "question": report["question"],
        "gates": [
            {
                "gate": g["gate"],
                "passed": g["passed"],
                "seconds": g["seconds"],
                "findings": g["findings"],
            }
            for g in gates.get("results", [])
        ],
    }
