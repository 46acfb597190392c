"""The table: for the terminal, and as docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from bench.figures import Figure, number, scratch

TARGET = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
_HEAD = """\
# Benchmarks

Written by `make bench`; do not edit. Each figure is the median of its runs, with their range.
Everything runs on one machine: the loop, git, the embedded GitHub and who asks it share its
processors. What a goal is about, and what it is not, stands in the last column.
"""


def machine(loads: Sequence[float]) -> str:
    """Return the line about the machine; `loads` are its loads before, between and after."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = (
        f"{os.cpu_count()} processors, {_processor()}",
        f"{memory:.0f} GB",
        f"{platform.system()} {platform.release().partition('-')[0]}",
        f"Python {platform.python_version()}",
        git.strip().replace("git version ", "git "),
        "files in memory" if scratch() else "files on disk",
        f"load {loads[0]:.1f} before, {min(loads):.1f} to {max(loads):.1f} meanwhile",
    )
    return f"{datetime.now(UTC):%Y-%m-%d} · {' · '.join(parts)}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo")
    if lines.exists():
        for line in lines.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def goal(figure: Figure) -> str:
    """Return the goal in words, and whether it is reached."""
    if figure.goal is None:
        return ""
    mark = "met" if figure.met else "missed"
    return f"{figure.goal.word} {number(figure.goal.value)}: {mark}"


def markdown(figures: Sequence[Figure], about: str) -> str:
    """Return the whole document."""
    lines = [_HEAD, f"{about}.", "", "| what | figure | goal | how measured |", "|---|---|---|---|"]
    for f in figures:
        told = goal(f).replace("missed", "**missed**")
        lines.append(f"| {f.what} | {f.shown} | {told} | {f.how}; runs: {len(f.samples)} |")
    return "\n".join(lines) + "\n"


def for_terminal(figures: Sequence[Figure], about: str) -> Table:
    """Return the table as rich prints it, without how each figure was measured."""
    table = Table(title=about, title_justify="left")
    for column in ("what", "figure", "goal"):
        table.add_column(column)
    styles = {True: "green", False: "red", None: ""}
    for f in figures:
        table.add_row(f.what, f.shown, f"[{styles[f.met]}]{goal(f)}" if f.goal else "")
    return table
