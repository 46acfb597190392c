"""Conversations with agents as a person reads them: a line each, or one of them replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import click

from bot.domain.errors import UserError
from bot.rules.text import counted
from bot.wiring.invocations import Record, answer_of, invocations, tool_uses, transcript_of
from bot.wiring.recorded import Recorded

ARGUMENTS = 160
"""Characters shown of a tool's arguments."""
_COLOURS = {"answered": "green", "failed": "red"}


def of_item(found: Recorded, number: int) -> list[Record]:
    """Return the records of the invocations that worked on an item."""
    leads = {number, *_leads(found, number)}
    return [r for r in invocations(found) if _lead(r) in leads]


def _leads(found: Recorded, number: int) -> Iterator[int]:
    """Yield the leads of assignments that an item was part of."""
    for path in found.paths():
        if path.startswith("iterations/") and path.endswith("/assignments.json"):
            for given in (found.read(path) or {}).get("assignments", []):
                if number in given["items"]:
                    yield given["items"][0]


def _lead(record: Record) -> int | None:
    phase, _, name = record["key"].partition("/")[2].partition("/")
    return int(name.partition(".")[0]) if phase == "execute" else None


def list_invocations(found: Recorded, asked: Sequence[Record] | None, *, as_json: bool) -> None:
    """Print one line for each invocation; None stands for all of the milestone's."""
    records = invocations(found) if asked is None else asked
    if as_json:
        click.echo(json.dumps(list(records), indent=1))
        return
    if not records:
        click.echo("No agent was asked yet.")
    for r in records:
        usage = r["usage"]
        ended = click.style(f"{r['ended']:<11}", fg=_COLOURS.get(r["ended"], "yellow"))
        click.echo(
            f"  {r['key']:<28} {ended} {r['role']:<18} "
            f"{counted(usage['requests'], 'request'):>13}  "
            f"{usage['seconds']:>6.1f} s  {usage['cost_usd']:.2f} USD  {r['why']}".rstrip()
        )


def replay(found: Recorded, key: str, *, as_json: bool) -> None:
    """Print what is known of one invocation, each time it was held. Raises UserError."""
    records = [r for r in invocations(found) if r["key"] == key]
    if not records:
        raise UserError(f"There is no invocation `{key}`; `specloop show` lists them.")
    told = [_told(found, r, latest=r is records[-1]) for r in records]
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    for one in told:
        for line in _lines(one):
            click.echo(line)


def _told(found: Recorded, record: Record, *, latest: bool) -> dict[str, Any]:
    path, is_it = transcript_of(found, record)
    uses = [{"tool": name, "arguments": given} for name, given in tool_uses(path)] if is_it else []
    return {
        **record,
        "answer": answer_of(found, record) if latest else None,
        "transcript": str(path) if is_it else None,
        "steps": uses,
    }


def _lines(told: dict[str, Any]) -> Iterator[str]:
    usage, talk = told["usage"], told["talk"]
    yield click.style(f"{told['key']} ", bold=True) + click.style(
        told["ended"], fg=_COLOURS.get(told["ended"], "yellow")
    )
    who = f"{told['role']} · {talk['runtime'] or 'unknown runtime'} · {talk['model'] or 'no model'}"
    if told["subject"]:
        who += f" · {told['subject']}, attempt {told['attempt']}, round {told['round']}"
    yield f"  asked      {who}"
    yield f"  began      {told['began'][:19]} UTC, {usage['seconds']:.1f} s"
    yield f"  prompt     sha256 {talk['prompt'] or 'unknown'}"
    yield (
        f"  used       {counted(usage['requests'], 'request')}, "
        f"{usage['input_tokens']:,} tokens in ({usage['cached_tokens']:,} cached), "
        f"{usage['output_tokens']:,} out, "
        f"{usage['cost_usd']:.4f} USD"
    )
    tools = ", ".join(f"{name} {count}" for name, count in sorted(told["tools"].items()))
    yield f"  tools      {tools or 'none'}"
    for step in told["steps"]:
        arguments = " ".join(step["arguments"].split())
        yield f"    {step['tool']} {arguments[:ARGUMENTS]}"
    if told["transcript"]:
        yield f"  transcript {told['transcript']} (the one on record)"
    else:
        yield "  transcript not kept here, or not the one on record"
    if told["why"]:
        yield f"  why        {told['why']}"
    if told["answer"] is not None:
        yield "  answer"
        for line in json.dumps(told["answer"], indent=2, ensure_ascii=False).splitlines():
            yield f"    {line}"
