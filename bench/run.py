"""`make bench`: measures, prints the table and writes docs/benchmarks.md.

    python -m bench.run [--only NAME]... [--quick]

Only a whole run writes the file: a part of it, or small sizes, would pass for the figures.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import table
from bench.figures import Effort, Figure
from bench.measurements import (
    cancel,
    dispatch,
    hub,
    phases,
    pushes,
    recovery,
    requests,
    search,
    speedup,
    status,
)

BUSY = 1.5
"""Load per processor from which the figures say more about the machine than about specloop."""

Measure = Callable[[Effort], Iterator[Figure]]
MEASUREMENTS: dict[str, Measure] = {
    "phases": phases.measure,
    "status": status.measure,
    "requests": requests.measure,
    "pushes": pushes.measure,
    "dispatch": dispatch.measure,
    "speedup": speedup.measure,
    "cancel": cancel.measure,
    "recovery": recovery.measure,
    "hub": hub.measure,
    "search": search.measure,
}


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(MEASUREMENTS)), help="These alone.")
@click.option("--quick", is_flag=True, help="Small sizes, one run: to try the code.")
def command(only: tuple[str, ...], quick: bool) -> None:
    """Measure specloop on this machine."""
    console, loads = Console(), [os.getloadavg()[0]]
    if loads[0] > BUSY * (os.cpu_count() or 1):
        console.print(f"The machine is busy (load {loads[0]:.1f}); take no figure from this.")
    names = [n for n in MEASUREMENTS if not only or n in only]
    figures = _measured(names, quick, console, loads)
    about = table.machine(loads)
    console.print(table.for_terminal(figures, about))
    if quick or only:
        console.print("Part of a run, or a quick one: docs/benchmarks.md stays as it was.")
    else:
        table.TARGET.write_text(table.markdown(figures, about), encoding="utf-8")


def _measured(names: list[str], quick: bool, console: Console, loads: list[float]) -> list[Figure]:
    figures: list[Figure] = []
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=len(names))
        for name in names:
            effort = Effort(quick, lambda told: progress.update(bar, description=told))
            for figure in MEASUREMENTS[name](effort):
                figures.append(figure)
                progress.print(f"{figure.what}: {figure.shown}  {table.goal(figure)}")
            loads.append(os.getloadavg()[0])
            progress.advance(bar)
    return figures


if __name__ == "__main__":
    command()
