"""Killing a run: how soon the next one is back where it was, and what is paid for twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.figures import Effort, Figure, Goal, number
from bench.town import Town
from bench.victim import ASK, Death, Life, live


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill that is measured."""

    what: str
    death: Death
    cut_off: int = 0
    """Answers that were under way, and must be asked for again."""


KILLS = (
    Kill("while the Planner answers", Death(f"{ASK}1/plan"), 1),
    Kill("when items are created, not recorded", Death("create item/", done=True)),
    Kill("while the second Executor answers", Death(f"{ASK}1/execute/", 2), 1),
    Kill("when the second has merged, not recorded", Death("merge ", 2, done=True)),
    Kill("while Verifier and Specialists answer", Death(f"{ASK}1/review/verifier"), 3),
)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What one kill cost."""

    seconds: float
    """From the start of the next process until it did what the killed one had not."""
    requests: int
    """API requests that it sent until then."""
    repeated: int
    """Agent invocations that were begun in both."""
    before: float
    """Seconds that the killed one had needed to get there."""


def measure(effort: Effort) -> Iterator[Figure]:
    """Kill a run in several steps, each in a fresh world, and let another one go on."""
    items = effort.size(8, 3)
    for kill in KILLS:
        found = []
        for _ in effort.runs(5, f"recovery, killed {kill.what}"):
            with effort.folder() as folder:
                found.append(_one(folder, items, kill.death))
        reached = number(median(r.before for r in found))
        how = (
            f"{items} items, instant agents, SIGKILL; from the start of the next process until it "
            f"does what the killed one, which came there in {reached} s, had not done"
        )
        yield Figure(f"recovery, killed {kill.what}", "s", tuple(r.seconds for r in found), how)
        yield Figure(
            f"agents asked again, killed {kill.what}", "", tuple(r.repeated for r in found),
            f"invocations of both processes; answers under way when it was killed: {kill.cut_off}",
            Goal("at most", kill.cut_off),
        )  # fmt: skip
        yield Figure(
            f"requests until back, killed {kill.what}", "", tuple(r.requests for r in found),
            "API requests of the next process until then",
        )  # fmt: skip


def _one(folder: Path, items: int, death: Death) -> Recovery:
    # One Executor at a time: a kill then cuts off one answer, not as many as the machine likes.
    town = Town(folder, items=items, executors=1)
    with town.served() as endpoint:
        site = town.begin(endpoint)
        killed = live(site, items, folder / "killed.jsonl", death)
        other = live(site, items, folder / "other.jsonl", None)
    return _compared(killed, other)


def _compared(killed: Life, other: Life) -> Recovery:
    done = killed.done()
    back = next((s for s in other.begun() if s.name not in done), None)
    if back is None:
        raise RuntimeError("the next run did nothing that was still to be done")
    return Recovery(
        seconds=back.at - other.born,
        requests=back.requests,
        repeated=len(killed.asked() & other.asked()),
        before=killed.begun()[-1].at - killed.born,
    )
