"""Wall time of `specloop status` as a process, by the number of items on record."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from unittest.mock import patch

from bench.figures import Effort, Figure, Goal, number
from bench.town import SPECLOOP, Town
from bot.domain.board import Board, Item
from bot.domain.findings import GateReport, GateResult
from bot.domain.outputs import AttemptOutcome, AttemptReport
from bot.domain.plan import Assignment
from bot.domain.run import AcceptedSpec, Ledger, RunState
from bot.domain.settings import Limits
from bot.domain.work import Issue, IssueState, ItemKind, Priority, Status
from bot.rules.dashboard import view_of
from bot.state.codec import JsonCodec
from bot.state.ref import RefStore, ref_of
from bot.wiring.places import world_of
from bot.wiring.register import Choices, Milestone, Register, save_register
from bot.workspace.clone import Clone
from bot.workspace.remote import Remote

ROOT = 1
SHA = "0" * 40
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def measure(effort: Effort) -> Iterator[Figure]:
    """Ask for the status of records of growing size."""
    for items in (0, 100, 1000, 10_000):
        with effort.folder() as folder:
            town = Town(folder)
            _record(town, items)
            command = [str(SPECLOOP), "status", "--repo", str(town.checkout)]
            environment = {"PATH": os.environ["PATH"], "SPECLOOP_HOME": str(folder / "home")}
            times, bare = [], []
            for run in effort.runs(21, f"status at {items} items"):
                if run == 1:  # files in the page cache, modules compiled
                    _spent(command, environment)
                times.append(_spent(command, environment))
                bare.append(_spent([sys.executable, "-c", "pass"], environment))
            how = "process start to exit, output to a pipe; record written with the real codec"
            if items == 0:
                how += f"; Python alone starts in {number(sorted(bare)[len(bare) // 2])} ms"
            goal = Goal("under", 100) if items == 1000 else None
            yield Figure(f"`status` at {items:,} items", "ms", tuple(times), how, goal)


def _spent(command: Sequence[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=environment, capture_output=True, check=True)
    return (time.perf_counter() - began) * 1000


def _record(town: Town, count: int) -> None:
    """Put a milestone on record: half of its items done, some waiting for others."""
    with patch.dict(os.environ, SPECLOOP_HOME=str(town.folder / "home")):
        world = world_of(town.checkout)
    milestone = Milestone(
        ROOT, "maintainer/book", "A book of parts", "", "main", SHA, "specloop/1", Choices("none")
    )
    save_register(world, Register(str(town.checkout), (milestone,)))
    remote = Remote("http://127.0.0.1:9/maintainer/book.git")
    clone = Clone(world.clone / "book", remote)
    items = tuple(_item(n) for n in range(2, count + 2))
    done = tuple(_attempt(i.number) for i in items if i.status is Status.DONE)
    ledger = Ledger(attempts=done)
    spec = AcceptedSpec("A book of parts", "There is a file for each part.", "", "maintainer")
    state = RunState(root=ROOT, iteration=9, spec=spec, started_at=NOW, updated_at=NOW)
    view = view_of("A book of parts", state, Board(items), ledger, (), Limits())
    encode = JsonCodec().encode
    store = RefStore(clone.git.run, remote.url, ref_of(ROOT))
    files = {"state.json": state, "ledger.json": ledger, "view.json": view}
    store.commit({path: encode(value) for path, value in files.items()}, "Record")
    clone.close()


def _item(number: int) -> Item:
    done = number % 2 == 0
    issue = Issue(
        number, f"I_{number}", f"Write part {number} of the book, with its tests", "", "bot",
        None, IssueState.CLOSED if done else IssueState.OPEN, None, (), NOW, ROOT, (), (), 0,
    )  # fmt: skip
    waits = (number - 2,) if number % 10 == 1 and number > 3 else ()
    priority = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)[number % 3]
    status = Status.DONE if done else Status.OPEN
    return Item(issue, f"part-{number}", ItemKind.WORK, priority, "", status, waits)


def _attempt(number: int) -> AttemptReport:
    gates = GateReport(SHA, (GateResult("check", SHA, passed=True, seconds=1.0),))
    assignment = Assignment((number,), 1, f"specloop/1/{number}/1", SHA, SHA)
    return AttemptReport(
        assignment, AttemptOutcome.READY, SHA, 1, f"Write part {number}", "Done.", gates=gates
    )
