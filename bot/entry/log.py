"""`specloop log`: what each iteration did, and what each role cost in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from bot.entry.options import json_option, milestone_option, repo_option
from bot.rules.text import counted
from bot.wiring.invocations import Record, invocations, iteration_of
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
    spent = spent_by_role(invocations(found))
    if as_json:
        for line in history:
            line["roles"] = spent.get(line["iteration"], {})
        click.echo(json.dumps({"history": history, "learnings": learnings}, indent=1))
        return
    if not history:
        click.echo("No iteration has ended yet.")
    for line in history:
        for text in iteration_lines(line):
            click.echo(text)
        for role, used in spent.get(line["iteration"], {}).items():
            click.echo(
                f"  {role:<20} {used['calls']:>3} asked  "
                f"{counted(int(used['requests']), 'request'):>13}  "
                f"{used['tokens']:>9,} tokens  {used['seconds']:>7.1f} s  "
                f"{used['cost_usd']:>7.2f} USD"
            )
    told = [*learnings["taught"], *learnings["curated"]]
    if told:
        click.echo("Learnings:")
        for learning in told:
            click.echo(f"  - {learning}")


def spent_by_role(records: Iterable[Record]) -> dict[int, dict[str, dict[str, float]]]:
    """Return what each role used, by iteration; every invocation counts, answered or not."""
    spent: dict[int, dict[str, dict[str, float]]] = {}
    for record in records:
        nothing = {"calls": 0, "requests": 0, "tokens": 0, "seconds": 0.0, "cost_usd": 0.0}
        used = spent.setdefault(iteration_of(record), {}).setdefault(record["role"], nothing)
        usage = record["usage"]
        used["calls"] += 1
        used["requests"] += usage["requests"]
        used["tokens"] += usage["input_tokens"] + usage["output_tokens"]
        used["seconds"] = round(used["seconds"] + usage["seconds"], 1)
        used["cost_usd"] = round(used["cost_usd"] + usage["cost_usd"], 6)
    return spent


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
