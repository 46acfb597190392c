"""What a person watches while an iteration runs: one line per event, as it happens."""

from __future__ import annotations

import threading
import time
from functools import singledispatch

from rich.console import Console
from rich.text import Text

from bot.domain.events import (
    AttemptEnded,
    AttemptStarted,
    CommandRead,
    Event,
    FeedbackGiven,
    GateFinished,
    PhaseResumed,
    PhaseStarted,
    PlanMade,
    PullRequestOpened,
    Recovered,
    RoundStarted,
    Stood,
    ToolUsed,
    TrainMoved,
    VerdictGiven,
)
from bot.domain.outputs import AttemptOutcome, TrainOutcome
from bot.domain.run import Phase, Standing

_HEADINGS = {
    Phase.OBSERVE: "observe    reads tracker and code",
    Phase.PLAN: "plan       rules first, then the Planner",
    Phase.EXECUTE: "execute    Executors in parallel, each in a worktree of its own",
    Phase.INTEGRATE: "integrate  gates the merged tree, then merges",
    Phase.REVIEW: "review     Verifier and Specialists, read-only",
    Phase.RECORD: "record     writes down what was learned and spent",
}
_OUTCOMES = {
    AttemptOutcome.READY: ("ready", "green"),
    AttemptOutcome.FAILED: ("failed", "red"),
    AttemptOutcome.BLOCKED: ("asks", "yellow"),
    AttemptOutcome.NEEDLESS: ("nothing to do", "green"),
    AttemptOutcome.INTERRUPTED: ("interrupted", "yellow"),
}
_TRAINS = {
    TrainOutcome.MERGED: ("merged", "green"),
    TrainOutcome.CONFLICT: ("conflict", "yellow"),
    TrainOutcome.RED: ("red when merged", "red"),
    TrainOutcome.WAITING: ("waits", "yellow"),
    TrainOutcome.REFUSED: ("refused", "red"),
}
_STANDINGS = {
    Standing.RUNNING: ("goes on", "blue"),
    Standing.WAITING: ("waits for a person", "yellow"),
    Standing.STUCK: ("stuck", "red"),
    Standing.DONE: ("done", "green"),
}


class LiveListener:
    """Prints events; from any thread."""

    def __init__(self, console: Console, *, tools: bool = False) -> None:
        """`tools` also prints every tool an agent uses."""
        self._console = console
        self._tools = tools
        self._lock = threading.Lock()
        self._began = time.monotonic()

    def tell(self, event: Event) -> None:
        """Print one event."""
        if isinstance(event, ToolUsed) and not self._tools:
            return
        with self._lock:
            for line in lines_of(event):
                elapsed = f"{time.monotonic() - self._began:6.1f} s  "
                self._console.print(Text().append(elapsed, "dim").append(line), soft_wrap=True)


@singledispatch
def lines_of(event: Event) -> list[Text]:
    """Return what is printed of an event; every member of the union has its own below."""
    raise TypeError(f"nothing is printed for {type(event).__name__}")


@lines_of.register
def _(event: PhaseStarted) -> list[Text]:
    heading = Text(_HEADINGS[event.phase], style="bold")
    if event.phase is not Phase.OBSERVE:
        return [heading]
    return [Text(f"── Iteration {event.iteration} ", style="bold cyan"), heading]


@lines_of.register
def _(event: PhaseResumed) -> list[Text]:
    told = f"{event.phase.value:<10} was finished before; taken from the record"
    return [Text(told, style="dim")]


@lines_of.register
def _(event: PlanMade) -> list[Text]:
    by = "" if event.by == "planner" else " (by rule, no model asked)"
    lines = [_indent().append(event.decision, style="bold").append(f"{by}: {event.reason}")]
    for number, title, priority in event.items:
        line = _who((number,)).append(f"{title} ")
        lines.append(line.append(f"({priority})", style=_priority(priority)))
    return [*lines, *(_indent().append(r, style="yellow") for r in event.refusals)]


@lines_of.register
def _(event: AttemptStarted) -> list[Text]:
    word = {"start": "starts", "retry": "tries again,", "reconcile": "reconciles,",
            "revise": "revises,"}[event.errand]  # fmt: skip
    return [_who(event.items).append(f"Executor {word} attempt {event.attempt}: {event.title}")]


@lines_of.register
def _(event: RoundStarted) -> list[Text]:
    return [] if event.round == 1 else [_who(event.items).append(f"round {event.round}")]


@lines_of.register
def _(event: GateFinished) -> list[Text]:
    if event.cached and event.passed:
        return []
    colour = ("green", "green") if event.passed else ("red", "red")
    line = _indent().append(f"{event.subject} gate {event.gate} ").append(*colour)
    spent = " (known for this tree)" if event.cached else f" in {event.seconds:.1f} s"
    lines = [line.append(spent, style="dim")]
    return [*lines, _indent().append(f"  {event.why}", style="dim red")] if event.why else lines


@lines_of.register
def _(event: AttemptEnded) -> list[Text]:
    word, style = _OUTCOMES[event.outcome]
    after = f" after {event.rounds} rounds" if event.rounds > 1 else ""
    line = _who(event.items).append(word, style=style).append(after)
    ready = event.outcome is AttemptOutcome.READY
    return [line if ready else line.append(f": {event.note}")]


@lines_of.register
def _(event: PullRequestOpened) -> list[Text]:
    closes = ", ".join(f"#{n}" for n in event.items)
    return [_indent().append(f"#{event.number} opened, closes {closes}: {event.title}")]


@lines_of.register
def _(event: TrainMoved) -> list[Text]:
    word, style = _TRAINS[event.outcome]
    line = _indent().append(f"#{event.pull_request} ").append(word, style=style)
    return [line.append(f": {event.note}" if event.note else "")]


@lines_of.register
def _(event: VerdictGiven) -> list[Text]:
    word, style = ("met", "green") if event.met else ("not met", "yellow")
    lines = [_indent().append("verdict: ").append(word, style=f"bold {style}")]
    return [*lines, *(_indent().append(f"gap: {g}", style="yellow") for g in event.gaps)]


@lines_of.register
def _(event: FeedbackGiven) -> list[Text]:
    line = _indent().append(f"{event.specialist}: {event.title} ")
    line.append(f"({event.priority})", style=_priority(event.priority))
    return [line.append(", known already" if event.repeats else "", style="dim")]


@lines_of.register
def _(event: CommandRead) -> list[Text]:
    line = _indent().append(f"{event.author} says /{event.command}", style="magenta")
    return [line if event.accepted else line.append(f", refused: {event.why}", style="red")]


@lines_of.register
def _(event: Recovered) -> list[Text]:
    what = "was done" if event.found else "was not done; it is sent now"
    return [_indent().append(f"unfinished before: {event.key} {what}", style="dim")]


@lines_of.register
def _(event: Stood) -> list[Text]:
    word, style = ("rests", "yellow") if event.is_resting else _STANDINGS[event.standing]
    line = Text(f"iteration {event.iteration} ", style="bold").append(word, style=style)
    return [line.append(f": {event.reason}" if event.reason else "")]


@lines_of.register
def _(event: ToolUsed) -> list[Text]:
    who = event.subject or event.role
    return [_indent().append(f"{who} {event.tool} {event.detail}", style="dim")]


def _indent() -> Text:
    return Text("           ")


def _who(items: tuple[int, ...]) -> Text:
    return _indent().append(" ".join(f"#{n}" for n in items), style="bold").append(" ")


def _priority(priority: str) -> str:
    return {"high": "red", "medium": "yellow", "low": "dim"}.get(priority, "")
