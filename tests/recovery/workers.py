"""Stories side by side: one process each, with a small disk of its own to run full."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.hub import HubNotStarted
from tests.recovery import chain
from tests.recovery.chain import Outcome, Undisturbed
from tests.recovery.faults.control import Control
from tests.recovery.kinds import Cell
from tests.recovery.stage import STORY, Point, Stage
from tests.recovery.zygote import preload

DISK = "48m"
"""Size of a story's disk: six times what it needs."""
_HERE: dict[str, Any] = {}


@dataclass
class Worker:
    """Plays one story after the other in a folder of its own."""

    folder: Path
    keep: Path
    """Where stories that went wrong are kept."""
    undisturbed: Undisturbed | None = None
    played: int = 0

    def record(self) -> tuple[Undisturbed, tuple[Point, ...]]:
        """Play the story without faults."""
        stage = self._stage()
        with stage.served():
            made = chain.record(stage)
            points = stage.runs[0].points
        chain.forget(stage)
        return made, points

    def play(self, cells: Sequence[Cell]) -> list[Outcome]:
        """Play a story with faults; what goes wrong is looked for in its halves."""
        whole = self._play(cells)
        missed, outcomes = whole.never, [whole]
        if len(cells) > 1 and whole.wrong:
            middle = len(cells) // 2
            halves = [*self.play(cells[:middle]), *self.play(cells[middle:])]
            if any(o.wrong for o in halves):
                return halves
            return [*halves, whole]
        if len(cells) > 1 and missed:
            whole.cells = [c for c in cells if c not in missed]
            whole.never = []
            for cell in missed:
                outcomes += self.play([cell])
        return outcomes

    def _play(self, cells: Sequence[Cell]) -> Outcome:
        if self.undisturbed is None:
            raise RuntimeError("the undisturbed story is played first")
        stage = self._stage()
        if any(cell.is_persons for cell in cells):
            stage.playbook = self._lenient()
        try:
            with stage.served():
                made = chain.suffer(stage, Control(stage.world), self.undisturbed, cells)
        except (AssertionError, OSError, HubNotStarted, subprocess.SubprocessError) as error:
            made = Outcome(cells, [f"{type(error).__name__}: {error}"])
        if made.wrong and len(cells) == 1:
            kept = self.keep / f"{os.getpid()}-{self.played}"
            subprocess.run(["cp", "-r", str(stage.folder), str(kept)], check=False)
            made.wrong.insert(0, f"kept in {kept}")
        chain.forget(stage)
        return made

    def _lenient(self) -> Path:
        """Return the playbook without what its scenes expect to see: people change the story."""
        path = self.folder / "lenient.yml"
        text = (STORY / "playbook.yml").read_text()
        path.write_text(re.sub(r"^    sees: .*\n", "", text, flags=re.MULTILINE))
        return path

    def _stage(self) -> Stage:
        self.played += 1
        stage = Stage(self.folder / "disk" / str(self.played), deep=True)
        stage.log = self.folder / f"{self.played}.jsonl"
        stage.log.touch()
        return stage


@contextlib.contextmanager
def disks(root: Path, count: int) -> Iterator[list[Path]]:
    """Yield a folder for each worker, with a small disk mounted in it."""
    folders = [root / f"worker-{n}" for n in range(count)]
    mounted = []
    try:
        for folder in folders:
            disk = folder / "disk"
            disk.mkdir(parents=True)
            command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk)]
            if subprocess.run(command, check=False, capture_output=True).returncode == 0:
                mounted.append(disk)
        yield folders
    finally:
        for disk in mounted:
            subprocess.run(["umount", "-l", str(disk)], check=False)


def is_small(folder: Path) -> bool:
    """Whether a worker's disk can be filled without harm to anybody else."""
    return (folder / "disk").is_mount()


def side_by_side(
    folders: Sequence[Path], keep: Path, undisturbed: Undisturbed, stories: Sequence[Sequence[Cell]]
) -> Iterator[list[Outcome]]:
    """Play stories in as many processes as there are folders, and yield what became of them."""
    context = multiprocessing.get_context("fork")
    free = context.SimpleQueue()
    for folder in folders:
        free.put(folder)
    begin = (free, keep, undisturbed)
    with context.Pool(len(folders), _begin, begin) as pool:
        yield from pool.imap_unordered(_play, stories)


def _begin(free: Any, keep: Path, undisturbed: Undisturbed) -> None:
    preload()
    _HERE["worker"] = Worker(free.get(), keep, undisturbed, played=1)


def _play(cells: Sequence[Cell]) -> list[Outcome]:
    worker: Worker = _HERE["worker"]
    return worker.play(cells)
