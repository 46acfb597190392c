"""Which faults there are, and at which points of a recorded run each of them applies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.recovery.faults import machine, remotes, requests
from tests.recovery.stage import Point

PROCESS = ("SIGKILL", "Ctrl-C", "SIGTERM")
GIT_KILLED, COMMAND_KILLED, DISK_FULL = "git killed", "command killed", "disk full"
PHASES = ("begin", "observe", "plan", "execute", "integrate", "review", "record", "between")


@dataclass(frozen=True)
class Place:
    """A point taken apart."""

    point: Point
    phase: str
    call: str
    side: str

    @property
    def iteration(self) -> int:
        """The iteration, from 1; 0 before and between them."""
        return int(self.point.label.partition(".")[0])

    @property
    def column(self) -> str:
        """The phase under which a table counts it."""
        if self.phase in PHASES:
            return self.phase
        return "begin" if self.phase == "open" else "between"

    @property
    def fields(self) -> int:
        """How many mutations a batch holds."""
        return sum(int(n) for n in re.findall(r"(\d+) [a-z]\w+[ )]", f"{self.call} "))


def place_of(point: Point) -> Place:
    """Take a point's label apart: `1.plan:git.push(remote):before`."""
    head, _, side = point.label.rpartition(":")
    phase, _, call = head.partition(":")
    return Place(point, phase.partition(".")[2], call, side)


@dataclass(frozen=True)
class Cell:
    """One fault at one point: what one field of the table is made of."""

    kind: str
    place: Place

    @property
    def wanted(self) -> dict[str, object]:
        """What the driver is told."""
        point = self.place.point
        return {"label": point.label, "nth": point.nth, "act": ACTS.get(self.kind, self.kind)}

    @property
    def is_persons(self) -> bool:
        """Whether a person's doing is in it, so that the end may be another one."""
        return self.kind in remotes.PEOPLE

    @property
    def is_blinding(self) -> bool:
        """Whether copies may be left until listings are complete again."""
        return self.kind in requests.CREATIONS or "timeout" in self.kind

    def __str__(self) -> str:
        return f"{self.kind} at {self.place.point}"


ACTS = {"SIGKILL": "kill"}


def _changes(place: Place) -> bool:
    """Whether a call changes anything: dying after one that reads is dying before the next."""
    name = re.split(r"[(\[]", place.call)[0]
    if name.startswith("git."):
        return machine.changes(name.removeprefix("git."))
    if name.startswith("http."):
        return not _reads(place)
    return name in ("command.run", "agent.ask", "agent.step", "worktrees.open", "worktrees.close",
                    "wiring.begin", "wiring.deliver")  # fmt: skip


def _reads(place: Place) -> bool:
    return place.call.startswith(
        ("http.GET", "http.POST(Milestone", "http.POST(Ids", "http.POST(PullRequests",
         "http.POST(Find", "http.POST(Comments", "http.POST(Issues")
    )  # fmt: skip


def _dies(place: Place) -> bool:
    return place.side == "after" and _changes(place)


def _writes(place: Place) -> bool:
    wanted = "after" if place.call.startswith("agent.step") else "before"
    return place.side == wanted and _changes(place)


def _starts(name: str) -> Callable[[Place], bool]:
    return lambda place: place.side == "before" and place.call.startswith(name)


def _is_batch(place: Place) -> bool:
    return _starts("http.POST(Batch")(place) and place.fields > 1


def _updates(place: Place) -> bool:
    return _starts("http.")(place) and "updateIssueComment" in place.call


def _creates(place: Place) -> bool:
    words = ("createIssue", "addComment", "createPullRequest", "/milestones)")
    return _starts("http.POST")(place) and any(word in place.call for word in words)


def _is_git_write(place: Place) -> bool:
    return _starts("git.")(place) and _changes(place) and "remote" not in place.call


def _is_remote(place: Place) -> bool:
    return _starts("git.")(place) and place.call.endswith("(remote)")


def _person_may_act(place: Place) -> bool:
    acts = place.call.startswith(("git.push", "http.P")) and not _reads(place)
    return place.side == "after" and acts and place.iteration > 0 and place.phase != "observe"


def _branch_exists(place: Place) -> bool:
    return _person_may_act(place) and (place.iteration, place.phase) not in ((1, "plan"),)


APPLIES: dict[str, Callable[[Place], bool]] = {
    **dict.fromkeys(PROCESS, _dies),
    COMMAND_KILLED: _starts("command.run"),
    DISK_FULL: _writes,
    GIT_KILLED: _is_git_write,
    **dict.fromkeys(requests.ANY_REQUEST, _starts("http.")),
    **dict.fromkeys(requests.BATCHES, _is_batch),
    **dict.fromkeys(requests.UPDATES, _updates),
    **dict.fromkeys(requests.CREATIONS, _creates),
    **dict.fromkeys(remotes.PUSHES, _starts("git.push(remote)")),
    **dict.fromkeys(remotes.REMOTE, _is_remote),
    remotes.PEOPLE[0]: _person_may_act,
    **dict.fromkeys(remotes.PEOPLE[1:], _branch_exists),
}
"""Every kind of fault, in the order of the table, with what it meets."""


def cells(points: Sequence[Point]) -> Iterator[Cell]:
    """Yield every fault at every point at which it applies, kind by kind."""
    places = [place_of(point) for point in points]
    for kind, applies in APPLIES.items():
        yield from (Cell(kind, place) for place in places if applies(place))
