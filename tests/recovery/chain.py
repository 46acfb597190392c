"""One story that suffers several faults, is restarted until its end, and is compared then."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.recovery.after import Found, Tally, counted_after, differences
from tests.recovery.faults.control import Control
from tests.recovery.faults.machine import BALLOON
from tests.recovery.faults.remotes import PERSONS_FILE
from tests.recovery.faults.requests import TOO_LATE
from tests.recovery.kinds import Cell
from tests.recovery.stage import KILLED, NAME, Ended, Stage, asked, fired
from tests.recovery.zygote import run_forked

SIGNALS = {130: "Ctrl-C", 143: "SIGTERM"}
GRACE, HOUR, LONG = 300.0, 3700.0, 700.0
"""Seconds until somebody starts it again; the same after a limit; until every listing is whole."""
FRUITLESS = 3
"""How often a run may end early in which nothing new went wrong: a lasting fault is met again."""


Run = Callable[..., Ended]
"""Runs one driver on a stage, with options, until it ends."""


@dataclass(frozen=True)
class Undisturbed:
    """The story without faults."""

    found: Found
    tally: Tally
    requests: int
    steps: int
    """Tools that agents used: one request to a model each."""


@dataclass
class Outcome:
    """What became of one story."""

    cells: Sequence[Cell]
    wrong: list[str] = field(default_factory=list)
    never: list[Cell] = field(default_factory=list)
    """Faults whose point the story did not pass."""
    runs: int = 0
    created: int = 0
    """Objects beyond those of the undisturbed story."""
    tally: Tally = field(default_factory=Tally)
    requests: int = 0
    """Requests of the bot beyond those of the undisturbed story."""
    again: int = 0
    """Conversations begun more than once."""
    steps: int = 0
    """Requests to models beyond those of the undisturbed story."""


def suffer(
    stage: Stage,
    control: Control,
    undisturbed: Undisturbed,
    cells: Sequence[Cell],
    run: Run = run_forked,
) -> Outcome:
    """Let a story suffer faults and return what became of it. The hub must be served."""
    outcome = Outcome(cells)
    left = _until_the_end(stage, control, outcome, run)
    if outcome.wrong:
        return outcome
    outcome.never = left
    _time_passes(stage, control, LONG)
    control.put([])
    if any(c.is_blinding for c in cells):
        ended = run(stage)
        if ended.code != 0:
            outcome.wrong.append(_told(ended))
    _compare(stage, undisturbed, outcome)
    return outcome


def _until_the_end(stage: Stage, control: Control, outcome: Outcome, run: Run) -> Sequence[Cell]:
    """Run until the story ends; return the faults whose point was never passed."""
    left, answered, fruitless = list(outcome.cells), frozenset[str](), 0
    while True:
        ended = run(stage, *_orders(stage, left))
        hit = fired(stage.log, ended.process)
        left = [c for c in left if c.wanted not in hit]
        repeated = [key for key in asked(ended) if key in answered]
        outcome.wrong += [f"{key} was answered, and asked again" for key in repeated]
        if ended.code == 0:
            return left
        fruitless = 0 if hit else fruitless + 1
        outcome.wrong += _manners(ended, [str(h["act"]) for h in hit])
        if fruitless > FRUITLESS or outcome.wrong:
            outcome.wrong.append(_told(ended))
            return left
        answered = stage.answered()
        if any("late" in str(h["act"]) for h in hit):
            time.sleep(TOO_LATE)  # nobody starts it again before a late effect
        _time_passes(stage, control, HOUR if "can go on at" in ended.out else GRACE)


def _told(ended: Ended) -> str:
    return f"a run ended with {ended.code}:\n{ended.out[-1500:]}"


def _orders(stage: Stage, left: Sequence[Cell]) -> list[str]:
    """Write down what is to go wrong in the next run."""
    path = stage.log.with_suffix(".faults")
    path.write_text(json.dumps([c.wanted for c in left]))
    return ["--faults", str(path)]


def _manners(ended: Ended, hit: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the way a run ended early: one sentence, and the right code."""
    if ended.code == KILLED and "kill" in hit:
        return
    said = [line for line in ended.out.splitlines() if line.startswith("specloop: ")]
    if "Traceback" in ended.out or "fault of specloop's own" in ended.out:
        yield f"it broke:\n{ended.out[-3000:]}"
    elif ended.code in SIGNALS:
        if SIGNALS[ended.code] not in hit or len(said) != 1:
            yield f"it ended with {ended.code} and said {said}"
    elif ended.code not in (1, 2, 3) or (ended.code != 3 and len(said) != 1):
        yield f"it ended with {ended.code} and said {said}:\n{ended.out[-1500:]}"


def _time_passes(stage: Stage, control: Control, seconds: float) -> None:
    """What happens until somebody starts it again: time, and room on the disk."""
    (stage.folder / BALLOON).unlink(missing_ok=True)
    control.advance(seconds)


def _compare(stage: Stage, undisturbed: Undisturbed, outcome: Outcome) -> None:
    assert stage.hub is not None
    found, outcome.tally = counted_after(stage.world, stage.hub.url, NAME)
    if any(c.is_persons for c in outcome.cells):
        wanted, found = _essence(undisturbed.found), _essence(found)
        outcome.wrong += differences(wanted, found)
    elif outcome.tally.closed:
        # The copy that lives may have the higher number, and numbers break ties.
        outcome.wrong += differences(_unordered(undisturbed.found), _unordered(found))
    else:
        outcome.wrong += differences(undisturbed.found, found)
    outcome.runs = len(stage.runs)
    outcome.created = outcome.tally.created - undisturbed.tally.created
    outcome.requests = requests_of(stage) - undisturbed.requests
    outcome.again = sum(n > 1 for n in stage.asked.values())
    outcome.steps = steps_of(stage) - undisturbed.steps


def _essence(found: Found) -> Found:
    """Return what must be so whatever a person does to branches meanwhile."""
    return {
        "issues": {key: [i["state"], i["milestone"]] for key, i in found["issues"].items()},
        "milestones": found["milestones"],
        "standing": found["record"]["standing"][0],
        "files": {k: v for k, v in found["main"]["files"].items() if k != PERSONS_FILE},
    }


def _unordered(found: Any) -> Any:
    """Return the same without the order of lists and of words."""
    if isinstance(found, dict):
        return {name: _unordered(value) for name, value in found.items()}
    if isinstance(found, list):
        return sorted((_unordered(value) for value in found), key=repr)
    return sorted(re.findall(r"[^\s,]+", found)) if isinstance(found, str) else found


def requests_of(stage: Stage) -> int:
    """Return how many requests the bot sent, those that were spoilt included."""
    lines = (stage.world.hub / "requests.jsonl").read_text().splitlines()
    return sum(_actor(line) == "specloop[bot]" for line in lines)


def _actor(line: str) -> str:
    """Return who sent a request; a line that a full disk cut tells nobody."""
    with contextlib.suppress(ValueError):
        return str(json.loads(line)["actor"])
    return ""


def steps_of(stage: Stage) -> int:
    """Return how many tools agents used, and answers they gave, over all runs."""
    labels = (point.label for run in stage.runs for point in run.points)
    return sum(":agent.step(" in x or (":agent.ask(" in x and x.endswith("after")) for x in labels)


def forget(stage: Stage) -> None:
    """Remove a story's folder."""
    for path in (stage.folder, *stage.log.parent.glob(f"{stage.log.stem}.*")):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else Path(path).unlink()


def record(stage: Stage, run: Run = run_forked) -> Undisturbed:
    """Run the story without faults. The hub must be served."""
    ended = run(stage)
    assert ended.code == 0, ended.out
    assert stage.hub is not None
    found, tally = counted_after(stage.world, stage.hub.url, NAME)
    return Undisturbed(found, tally, requests_of(stage), steps_of(stage))
