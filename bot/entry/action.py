"""`specloop action`: what the jobs of the workflow call, one subcommand for each kind of job."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

if TYPE_CHECKING:
    from bot.wiring.jobs.runner import RunnerLog

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
milestone_option = click.option("--milestone", type=click.IntRange(1), required=True,
                                help="Number of the spec issue.")  # fmt: skip


@click.group("action", hidden=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Carry out one job of the workflow; `action.yml` calls this."""
    from bot.wiring.jobs.runner import RunnerLog

    if ctx.invoked_subcommand is None:  # only the help is asked for
        return
    ctx.obj = RunnerLog()
    ctx.obj.stop_commands()


@command.command()
@click.pass_context
def wake(ctx: click.Context) -> None:
    """Start the iterations that an event, or the hour, makes due."""
    from bot.wiring.waking import wake as woken

    ctx.exit(woken(os.environ))


@command.command()
@milestone_option
@click.option("--stage", type=click.IntRange(1, 6), required=True, help="Which of the chain's.")
@click.option("--deliveries", type=_FOLDER, required=True, help="What the jobs before brought.")
@click.option("--orders", type=_FOLDER, required=True, help="Where orders are written.")
@click.pass_context
def write(ctx: click.Context, milestone: int, stage: int, deliveries: Path, orders: Path) -> None:
    """Go on with an iteration; order what agents and gates must do."""
    from bot.entry.jobs import story_of, summary_of_write
    from bot.entry.live import LiveListener
    from bot.wiring.jobs.job import job_of
    from bot.wiring.jobs.write import write as written

    job = job_of(os.environ)
    console = Console(highlight=False, record=True)
    try:
        made = written(job, milestone, stage, deliveries, orders, LiveListener(console))
        job.summarise(summary_of_write(made, stage))
    finally:  # what happened before an error is what helps most
        job.summarise(story_of(console.export_text()))
    ctx.exit(0)


@command.command()
@click.option("--order", type=_FILE, required=True, help="The order's file.")
@click.option("--out", type=_FOLDER, required=True, help="Where the delivery is written.")
def think(order: Path, out: Path) -> None:
    """Carry out one order for an agent."""
    from bot.entry.jobs import say_delivery
    from bot.entry.live import LiveListener
    from bot.wiring.jobs.job import job_of
    from bot.wiring.jobs.think import think as thought

    console = Console(highlight=False)
    say_delivery(console, thought(job_of(os.environ), order, out, LiveListener(console)))


@command.command()
@click.option("--order", type=_FILE, required=True, help="The order's file.")
@click.option("--out", type=_FOLDER, required=True, help="Where the delivery is written.")
@click.pass_obj
def gates(log: RunnerLog, order: Path, out: Path) -> None:
    """Run the gates on every tree of an order."""
    from bot.entry.jobs import say_delivery
    from bot.entry.live import LiveListener
    from bot.wiring.jobs.gates import run_gates
    from bot.wiring.jobs.job import job_of

    console = Console(highlight=False)
    made = run_gates(job_of(os.environ), order, out, LiveListener(console), log)
    say_delivery(console, made)
