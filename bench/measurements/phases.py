"""Engine time per phase, over the same git and gate commands in a bare shell script."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bench.agents import InstantAgent
from bench.figures import Effort, Figure, Goal, number
from bench.recording import Recorder
from bench.replay import Script
from bench.town import Town, house_with
from bot.domain.run import Phase
from bot.loop.iteration import iterate
from bot.workspace.files import remove_tree

PHASES = tuple(p.value for p in Phase)
WHOLE = "the whole iteration"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one phase in one run."""

    engine: float
    """Without waiting for listings to settle, and without GitHub's own time."""
    shell: float
    github: float
    waits: float


def measure(effort: Effort) -> Iterator[Figure]:
    """Run one iteration, then its commands alone."""
    items = effort.size(8, 2)
    found: defaultdict[str, list[Times]] = defaultdict(list)
    for _ in effort.runs(5, "phases"):
        with effort.folder() as folder:
            for phase, times in _one(folder, items).items():
                found[phase].append(times)
    for phase in (*PHASES, WHOLE):
        taken = found[phase]
        parts = {
            name: number(median(getattr(t, name) for t in taken) * 1000)
            for name in ("engine", "shell", "github", "waits")
        }
        how = (
            f"engine {parts['engine']} ms, script {parts['shell']} ms; not counted: "
            f"{parts['github']} ms in GitHub, {parts['waits']} ms until listings settle"
        )
        if phase == WHOLE:
            how += f"; {items} items, one Executor at a time, instant agents, gate `grep`"
        yield Figure(
            f"engine time over bare commands, {phase}", "times",
            tuple(t.engine / t.shell for t in taken), how, Goal("under", 2.0),
        )  # fmt: skip


def _one(folder: Path, items: int) -> dict[str, Times]:
    town = Town(folder, gate=("grep", "-q", "book", "README.md"), executors=1, items=items)
    with town.served() as endpoint:
        site = town.begin(endpoint)
    port = urlsplit(endpoint.url).port or 0
    shutil.copytree(town.world.hub, folder / "before")
    recorder = Recorder(found := town.world.hub / "requests.jsonl")
    found.touch()
    with town.served(port), recorder.watching():
        agent = InstantAgent(items, wrote=recorder.wrote)
        with house_with(site, agent, recorder, recorder.tracker) as house:
            iterate(house)
    steps = [s for s in recorder.steps if s.phase != "after"]
    bare = town.world.hub / "repos" / f"{site.milestone.repository}.git"
    _rewind(town, folder / "before", bare.relative_to(town.world.hub))
    script = Script(folder / "script", bare)
    script.write(steps)
    with town.served(port):
        shell = script.run(steps)
    spent = {
        phase: Times(
            recorder.walls[phase] - recorder.waits[phase] - recorder.github[phase],
            shell[phase],
            recorder.github[phase],
            recorder.waits[phase],
        )
        for phase in PHASES
    }
    return spent | {WHOLE: _sum(list(spent.values()))}


def _rewind(town: Town, before: Path, bare: Path) -> None:
    """Put the world back to before the iteration; objects that GitHub made itself stay known."""
    shutil.move(town.world.hub / bare / "objects", before.parent / "objects")
    for path in (town.world.hub, town.world.clone, town.world.work, town.world.scratch):
        remove_tree(path)
    shutil.move(before, town.world.hub)
    shutil.rmtree(town.world.hub / bare / "objects")
    shutil.move(before.parent / "objects", town.world.hub / bare / "objects")


def _sum(times: list[Times]) -> Times:
    return Times(
        sum(t.engine for t in times),
        sum(t.shell for t in times),
        sum(t.github for t in times),
        sum(t.waits for t in times),
    )
