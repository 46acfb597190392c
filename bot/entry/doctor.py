"""`specloop doctor`: what is here, what is missing, what that costs, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from bot.domain.health import Finding, Health
from bot.entry.options import REPOSITORY, github_option, json_option, repo_option

_COLOURS = {Health.OK: "green", Health.MISSING: "red", Health.UNKNOWN: "yellow"}


@click.command()
@repo_option
@github_option
@click.option("--agent", default="auto", metavar="AGENT", help="Who is to think, as for `run`.")
@click.option("--try", "ask", is_flag=True, help="Ask one short question; it may cost a cent.")
@click.option("--unsandboxed", is_flag=True, help="As for `run`: agents run as you do.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    repo: Path,
    github: str | None,
    agent: str,
    ask: bool,
    unsandboxed: bool,
    as_json: bool,
) -> None:
    """Look whether a run can begin here: git, sandbox, gates, keys, coding agents.

    With `--github` (or `--repo OWNER/NAME`) it looks at a repository on GitHub instead: token,
    workflow, settings, key, labels, protection. It changes nothing.

    Prints one line for each; what must be mended first is marked, and the exit code is 1 then.
    """
    if github is None and not repo.exists() and REPOSITORY.fullmatch(str(repo)):
        github = str(repo)
    found = _remote(github) if github else _here(repo, agent, ask=ask, unsandboxed=unsandboxed)
    told: list[Finding] = []
    for finding in found:
        told.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in told], indent=1))
    ctx.exit(1 if any(f.health is Health.MISSING for f in told) else 0)


def _remote(repository: str) -> Iterator[Finding]:
    from bot.wiring.remote_doctor import examine_repository

    return examine_repository(repository)


def _here(repo: Path, agent: str, *, ask: bool, unsandboxed: bool) -> Iterator[Finding]:
    from bot.entry.run import absolute_agent
    from bot.wiring.examine import examine
    from bot.wiring.register import Choices

    choices = Choices(agent=absolute_agent(agent), unsandboxed=unsandboxed)
    return examine(repo, choices, ask=ask)


def _print(finding: Finding) -> None:
    mark = click.style(f"{finding.health.value:<8}", fg=_COLOURS[finding.health])
    click.echo(f"{mark}{finding.what:<14} {finding.said}")
    for name, text in (("costs", finding.cost), ("do", finding.todo)):
        if text:
            click.echo(f"{'':<22} {name}: {text}")
