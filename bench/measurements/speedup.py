"""How much of the ideal speed-up eight equal Executors reach."""

from __future__ import annotations

import os
from collections.abc import Iterator

from bench.agents import InstantAgent
from bench.figures import Effort, Figure, Goal
from bench.measurements.dispatch import Moments
from bench.town import Town, one_iteration

WIDTH = 8


def measure(effort: Effort) -> Iterator[Figure]:
    """Let one Executor work alone, then eight side by side."""
    for seconds in (1.0, 10.0):
        if effort.quick and seconds > 1:
            return
        shares, alone, together = [], 0.0, 0.0
        for _ in effort.runs(5 if seconds == 1 else 3, f"speed-up, agents of {seconds:g} s"):
            alone, together = (_spent(effort, seconds, count) for count in (1, WIDTH))
            shares.append(alone / together)
        how = (
            f"agents wait {seconds:g} s, write one file, gate `true`; begun to gated: "
            f"one alone {alone:.2f} s, {WIDTH} side by side {together:.2f} s (ideal: the same); "
            f"{os.cpu_count()} processors share the git commands"
        )
        goal = Goal("at least", 0.95) if seconds > 1 else None  # a real agent takes minutes
        yield Figure(
            f"share of the ideal speed-up, {WIDTH} Executors of {seconds:g} s", "", tuple(shares),
            how, goal,
        )  # fmt: skip


def _spent(effort: Effort, seconds: float, count: int) -> float:
    with effort.folder() as folder:
        town = Town(folder, executors=WIDTH, items=count)
        moments = Moments()
        with town.served() as endpoint:
            one_iteration(town.begin(endpoint), InstantAgent(count, seconds), moments)
        return max(moments.ended) - min(moments.began)
