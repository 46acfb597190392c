"""`specloop run`: carry a spec on a repository until it is met, against the embedded GitHub."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from bot.domain.errors import UserError
from bot.entry.options import repo_option


@click.command()
@click.argument("spec", type=click.Path(path_type=Path, allow_dash=True), default="-")
@repo_option
@click.option(
    "--agent",
    default="auto",
    metavar="AGENT",
    help="Who thinks: `PROVIDER:MODEL`, a coding agent such as `claude-code`, or `playbook:FILE`, "
    "a recorded story. By default what is there: a key, else an installed coding agent.",
)
@click.option(
    "--gate",
    "gates",
    multiple=True,
    metavar="COMMAND",
    help="A command that must exit 0; may be repeated. Replaces the configured gates.",
)
@click.option("--yes", is_flag=True, help="Accept every plan without asking.")
@click.option(
    "--merge",
    type=click.Choice(["auto", "review"]),
    default="auto",
    help="Inside the copy: green gates suffice (auto), or each pull request waits for approval.",
)
@click.option("--executors", type=click.IntRange(1, 64), help="Executors side by side.")
@click.option("--iterations", type=click.IntRange(1, 1000), help="Iterations at most.")
@click.option(
    "--unsandboxed",
    is_flag=True,
    help="Let agents run without a sandbox: they can read and reach what you can.",
)
@click.option("--verbose", is_flag=True, help="Also print every tool that agents use.")
@click.pass_context
def command(
    ctx: click.Context, /, spec: Path, repo: Path, gates: tuple[str, ...], **chosen: Any
) -> None:
    """Carry SPEC (a Markdown file, or - for standard input) on a repository until it is met.

    The embedded GitHub serves a copy; the result arrives as a new branch. Your files, your
    branches and your configuration are not touched. The same spec again goes on where it stopped.
    """
    from bot.entry.carried import Wishes, run_spec
    from bot.wiring.register import Choices
    from bot.wiring.spec_text import read_spec

    text = read_spec(_content(spec), "standard input" if str(spec) == "-" else str(spec))
    choices = Choices(
        agent=absolute_agent(chosen["agent"]),
        gates=tuple((_gate_name(g), tuple(_words(g))) for g in gates),
        merge=chosen["merge"],
        approve_plan="never" if chosen["yes"] else "first",
        executors=chosen["executors"],
        iterations=chosen["iterations"],
        unsandboxed=chosen["unsandboxed"],
    )
    ctx.exit(run_spec(Wishes(repo, text, choices, verbose=chosen["verbose"])))


def _content(spec: Path) -> bytes:
    if str(spec) == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise UserError("Name a spec: `specloop run SPEC.md`, or pipe one to standard input.")
        return sys.stdin.buffer.read()
    try:
        return spec.read_bytes()
    except IsADirectoryError:
        raise UserError(f"{spec} is a folder; name the Markdown file with the spec.") from None
    except OSError as error:
        raise UserError(f"{spec} cannot be read: {error.strerror}.") from error


def absolute_agent(agent: str) -> str:
    """Return the agent with its file's path made absolute, so that a later `tick` finds it."""
    kind, colon, argument = agent.partition(":")
    if kind == "playbook" and argument:
        return f"{kind}{colon}{Path(argument).expanduser().absolute()}"
    return agent


def _words(gate: str) -> list[str]:
    try:
        words = shlex.split(gate)
    except ValueError as error:
        raise UserError(f"--gate {gate!r} cannot be split into words: {error}.") from error
    if not words:
        raise UserError("--gate needs a command.")
    return words


def _gate_name(gate: str) -> str:
    return Path(_words(gate)[0]).name if len(_words(gate)) == 1 else " ".join(_words(gate))[:40]
