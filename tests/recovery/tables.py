"""What a sweep found, as tables."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.recovery.chain import Outcome
from tests.recovery.kinds import APPLIES, PHASES, Cell

PAIRS = "two of any kind"
_HEADS = ("faults", "survived", "runs", "made", "closed", "hidden", "requests", "again", "steps")
_WORDS = """\
# The sweep

`make sweep` plays one story (three iterations, every kind of effect) without faults, which passes
{points} points: every git command, request, command of agents and gates, tool call and answer,
before and after. Then it plays the story again with every fault at every point where it applies,
starts it again whenever a run gives up, and compares tracker, repository and record with those of
the undisturbed story; numbers, commits and times aside. A last pass lays two faults of any kind.

The last sweep tried {tried} of {planned} faults in {minutes} minutes on {processors} processors;
{survived} were survived. {never} more were at points that the story did not pass when it was played
again (pushes of threads side by side may travel together): they count as nothing.
"""
_NOTES = """
*Runs* counts processes: one that gives up is started again. *Made* are issues, pull requests and
comments beyond the undisturbed story's, which a lost answer and a lagging listing make unavoidable:
*closed* as duplicates or *hidden* as such, so that one of each lives. *Requests* are the bot's
beyond those of the undisturbed story, each new process's first look included. *Again* are
conversations begun more than once, *steps* the model requests that cost.

## By phase

What was survived, of what was tried.
"""


def summary(done: Sequence[Outcome], points: int, seconds: float) -> Iterator[str]:
    """Yield the lines that a terminal shows."""
    widths = [max(len(head), 5) + 2 for head in _HEADS]
    yield "\n" + " " * 26 + "".join(f"{h:>{w}}" for h, w in zip(_HEADS, widths, strict=True))
    for name, found in [*rows(done), ("all", list(done))]:
        figures = zip(_figures(found), widths, strict=True)
        yield f"{name:26}{''.join(f'{n:>{w}}' for n, w in figures)}"
    yield f"{points} points, {seconds:.0f} s"


def rows(done: Sequence[Outcome]) -> Iterator[tuple[str, list[Outcome]]]:
    """Yield each kind with its stories, in the order of the list of kinds."""
    by_kind: dict[str, list[Outcome]] = {}
    for outcome in done:
        kinds = {c.kind for c in outcome.cells}
        name = kinds.pop() if len(kinds) == 1 else PAIRS
        by_kind.setdefault(name, []).append(outcome)
    yield from ((kind, by_kind[kind]) for kind in (*APPLIES, PAIRS) if kind in by_kind)


def _figures(told: Sequence[Outcome]) -> tuple[int, ...]:
    found = _reached(told)
    cells = sum(len(o.cells) for o in found)
    return (
        cells,
        cells - sum(len(o.cells) for o in found if o.wrong),
        sum(o.runs for o in found),
        sum(o.created for o in found),
        sum(o.tally.closed for o in found),
        sum(o.tally.hidden for o in found),
        sum(o.requests for o in found),
        sum(o.again for o in found),
        sum(o.steps for o in found),
    )


@dataclass(frozen=True)
class Scope:
    """What a sweep was to be."""

    points: int
    planned: int
    """Faults of a whole sweep, those of pairs counted once more."""
    seconds: float


def page(done: Sequence[Outcome], scope: Scope) -> str:
    """Return the page that a whole sweep writes."""
    cells, survived = _figures(done)[:2]
    told = _WORDS.format(
        points=scope.points,
        tried=cells,
        survived=survived,
        minutes=f"{scope.seconds / 60:.0f}",
        processors=os.cpu_count(),
        planned=scope.planned,
        never=sum(len(o.never) for o in done),
    )
    lines = [
        told,
        f"| fault | {' | '.join(_HEADS)} |",
        f"|---|{'--:|' * len(_HEADS)}",
        *(_row(name, _figures(found)) for name, found in rows(done)),
        _row("all", _figures(done)),
        _NOTES,
        f"| fault | {' | '.join(PHASES)} |",
        f"|---|{'--:|' * len(PHASES)}",
        *_by_phase(done),
        "",
    ]
    return "\n".join(lines)


def _by_phase(done: Sequence[Outcome]) -> Iterator[str]:
    for name, told in rows(done):
        found = _reached(told)
        every = Counter(c.place.column for o in found for c in o.cells)
        lost = Counter(c.place.column for c in _lost(found))
        shown = [f"{every[p] - lost[p]}/{every[p]}" if every[p] else "" for p in PHASES]
        yield f"| {name} | {' | '.join(shown)} |"


def _lost(found: Sequence[Outcome]) -> list[Cell]:
    return [c for o in found if o.wrong for c in o.cells]


def _reached(told: Sequence[Outcome]) -> list[Outcome]:
    """Return the stories whose faults all happened; a point not passed is tried alone."""
    return [o for o in told if not o.never]


def _row(name: str, figures: Sequence[int]) -> str:
    return f"| {name} | {' | '.join(map(str, figures))} |"
