"""Cancelling a running Executor: from the interrupt until nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import yaml

from bench.figures import Effort, Figure, Goal
from bench.town import SPEC, SPECLOOP, Town
from bot.wiring.machine import LocalProcesses

PATIENCE = 60.0
GATE = """\
# Green at once, but where an Executor left `slow`: there it works for long, with children.
test -e slow || exit 0
sleep 1000 & echo $! >> FOLDER/new
(sleep 1000 & echo $! >> FOLDER/new; wait) & echo $! >> FOLDER/new
echo $$ >> FOLDER/new
mv FOLDER/new FOLDER/pids
wait
"""
WORK = {"write": {"path": "slow", "text": "Take your time.\n"}}


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Milliseconds after the interrupt."""

    processes: float
    run: float


def measure(effort: Effort) -> Iterator[Figure]:
    """Interrupt `specloop run` while a gate, then an agent's command, is at work."""
    for what, uses in (("gate", [WORK]), ("command", [WORK, {"run": ["sh", "gate.sh"]}])):
        found = []
        for _ in effort.runs(7, f"cancel of a {what}"):
            with effort.folder() as folder:
                found.append(_one(folder, uses))
        how = "SIGINT to `specloop run` until a shell, its children and theirs (`sleep`) are gone"
        yield Figure(
            f"cancel of an Executor's {what}", "ms", tuple(c.processes for c in found), how,
            Goal("under", 100),
        )  # fmt: skip
        yield Figure(
            f"the same until `run` has ended, {what}", "ms", tuple(c.run for c in found),
            "lease given back, record published, embedded GitHub stopped",
        )  # fmt: skip


def _one(folder: Path, uses: Sequence[object]) -> Cancelled:
    town = Town(folder, ("sh", "gate.sh"), files={"gate.sh": GATE.replace("FOLDER", str(folder))})
    plan = {
        "decision": "CONTINUE",
        "reason": "There is work.",
        "items": [{"key": "slow", "title": "Take time", "description": "A lot."}],
    }
    scenes = [
        {"role": "planner", "answer": plan},
        {"role": "executor", "do": list(uses), "answer": {"outcome": "done", "summary": "Done."}},
    ]
    town.playbook.write_text(yaml.safe_dump({"playbook": 1, "scenes": scenes}))
    (folder / "spec.md").write_text(SPEC)
    told = folder / "told"
    with told.open("wb") as log:
        run = _started(town, folder, log)
    started: list[int] = []
    try:
        if not _until((folder / "pids").exists, run):
            raise RuntimeError(f"the Executor never began: {told.read_text()}")
        started = [int(line) for line in (folder / "pids").read_text().split()]
        time.sleep(0.5)
        alive = LocalProcesses().alive
        began = time.perf_counter()
        run.send_signal(signal.SIGINT)
        if not _until(lambda: not any(map(alive, started))):
            raise RuntimeError("processes of the cancelled Executor live on")
        gone = time.perf_counter() - began
        run.wait(PATIENCE)
        return Cancelled(gone * 1000, (time.perf_counter() - began) * 1000)
    finally:
        run.kill()
        run.wait()
        for process in started:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _started(town: Town, folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [str(SPECLOOP), "run", str(folder / "spec.md"), "--repo", str(town.checkout)]
    return subprocess.Popen(
        [*command, "--yes", "--agent", f"playbook:{town.playbook}"],
        env={"PATH": os.environ["PATH"], "SPECLOOP_HOME": str(folder / "home")},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )


def _until(holds: Callable[[], bool], run: subprocess.Popen[bytes] | None = None) -> bool:
    """Wait until something holds; False when it does not, or the run ends before."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline or (run is not None and run.poll() is not None):
            return False
        time.sleep(0.0005)
    return True
