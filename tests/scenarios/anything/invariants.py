"""What holds whatever happens: each invariant in plain words, with its check."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from bot.domain.run import RunState, Standing
from bot.hub import BOT
from tests.scenarios.anything.deeds import People
from tests.scenarios.anything.model import WANTED, Model
from tests.scenarios.world import World

_MARKER = re.compile(r"<!-- specloop key=(\S+) nonce=\S+ -->")


@dataclass
class Seen:
    """Everything there is to see after a step; read once."""

    world: World
    people: People
    model: Model
    crashes: int
    """Processes that died, or were given wrong answers, so far."""
    undisturbed: bool
    """Whether the last turn came to its own end, and without a fault."""
    stood: RunState | None
    """What the last turn returned, if this step was a turn."""
    spent_before: int
    """Model requests that were on record before this step."""

    @cached_property
    def issues(self) -> list[dict[str, Any]]:
        """All issues, without pull requests."""
        listed = self.world.listed("issues?state=all&direction=asc")
        return [i for i in listed if "pull_request" not in i]

    @cached_property
    def pulls(self) -> list[dict[str, Any]]:
        """All pull requests."""
        return self.world.listed("pulls?state=all&direction=asc")

    @cached_property
    def comments(self) -> list[dict[str, Any]]:
        """All comments."""
        return self.world.listed("issues/comments")

    @cached_property
    def visible(self) -> list[dict[str, Any]]:
        """All comments that are not hidden."""
        return self.world.visible_comments()

    @cached_property
    def record(self) -> dict[str, Any]:
        """The record's files, as plain data."""
        paths = self.world.record_paths()
        wanted = ("state.json", "ledger.json", "journal/")
        return {p: self.world.record(p) for p in paths if p.startswith(wanted)}

    def in_main(self, path: str) -> bool:
        """Whether main has a file."""
        listed = self.world.git("ls-tree", "-r", "--name-only", "main").splitlines()
        return path in listed

    def below(self, commit: str, branch: str) -> bool:
        """Whether a commit is in a branch."""
        return commit in self.world.git("rev-list", branch).split()


Check = Callable[[Seen], Iterator[str]]
INVARIANTS: list[tuple[str, Check]] = []


def invariant(words: str) -> Callable[[Check], Check]:
    """Add an invariant; its check yields what contradicts it."""

    def added(check: Check) -> Check:
        INVARIANTS.append((words, check))
        return check

    return added


def broken(seen: Seen) -> list[str]:
    """Return every contradiction, with the words it contradicts."""
    return [f"{words}\n    But: {but}" for words, check in INVARIANTS for but in check(seen)]


@invariant("Of all that the bot creates there is at most one live copy.")
def _one_copy(seen: Seen) -> Iterator[str]:
    if seen.undisturbed:  # a copy that a lost answer made is folded by the next whole look
        yield from copies([*seen.issues, *seen.pulls], seen.visible)


@invariant("At most one pull request is open for each item, and for each attempt.")
def _one_pull_request(seen: Seen) -> Iterator[str]:
    heads = [p["head"]["ref"] for p in seen.pulls if p["state"] == "open"]
    for what in (heads, [head.rpartition("/")[0] for head in heads]):
        yield from (f"{n} are open for {head}" for head, n in Counter(what).items() if n > 1)


@invariant("Every effect that was intended has one receipt once a turn came to its own end.")
def _receipts(seen: Seen) -> Iterator[str]:
    if not (seen.undisturbed and seen.stood):
        return
    segments = [s for path, s in seen.record.items() if path.startswith("journal/")]
    received = Counter(r["key"] for s in segments for r in s.get("receipts", ()))
    withdrawn = {nonce for s in segments for nonce in s.get("withdrawn", ())}
    intents = (i for s in segments for i in s.get("intents", ()))
    intended = {i["key"] for i in intents if i["nonce"] not in withdrawn}
    yield from (f"nothing is known of {key}" for key in sorted(intended - received.keys()))
    yield from (f"{key} has {n} receipts" for key, n in received.items() if n > 1)


@invariant("DONE is never false: all is there, the verdict is of main's tree, no High is open.")
def _done(seen: Seen) -> Iterator[str]:
    if seen.stood is None or seen.stood.standing is not Standing.DONE:
        return
    verdict = seen.record["ledger.json"]["verdict"]
    if not verdict or not verdict["met"]:
        yield f"the verdict is {verdict}"
    elif verdict["tree"] != seen.world.git("rev-parse", "main^{tree}"):
        yield "the verdict is of another tree"
    yield from (f"there is no {n}.txt" for n in WANTED if not seen.in_main(f"{n}.txt"))
    for issue in seen.issues:
        if issue["state"] == "open" and _label(issue) == "priority:high":
            yield f"#{issue['number']} is open and High"


@invariant("Nothing that a person wrote is overwritten.")
def _texts(seen: Seen) -> Iterator[str]:
    issues = {i["number"]: i for i in seen.issues}
    for (number, what), text in seen.people.texts.items():
        if issues[number][what] != text:
            yield f"the {what} of #{number} is {issues[number][what]!r} instead of {text!r}"
    comments = {c["id"]: c["body"] for c in seen.comments}
    for comment, text in seen.people.comments.items():
        if comments.get(comment) != text:
            yield f"a comment is {comments.get(comment)!r} instead of {text!r}"
    for number, label in seen.people.priorities.items():
        if _label(issues[number]) != label:
            yield f"#{number} is {_label(issues[number])} instead of {label}"


@invariant("What a person closed stays closed.")
def _closed(seen: Seen) -> Iterator[str]:
    for thing in (*seen.issues, *seen.pulls):
        if thing["number"] in seen.people.closed and thing["state"] == "open":
            yield f"#{thing['number']} is open again"


@invariant("What a person pushed is in its branch, or landed with it.")
def _commits(seen: Seen) -> Iterator[str]:
    branches = seen.world.branches()
    for commit, (branch, path) in seen.people.commits.items():
        if branch in branches and not seen.below(commit, branch):
            yield f"{commit[:10]} is gone from {branch}"
        elif branch not in branches | seen.people.cut and not seen.in_main(path):
            yield f"{branch} was deleted with {path} in it"


@invariant("What was spent stays spent.")
def _spent(seen: Seen) -> Iterator[str]:
    now = seen.record["state.json"]["spent"]["requests"] if seen.stood else seen.spent_before
    if now < seen.spent_before:
        yield f"{now} requests are on record, and there were {seen.spent_before}"


@invariant("A crash repeats at most one unfinished invocation of each Executor.")
def _asked(seen: Seen) -> Iterator[str]:
    for key, count in Counter(seen.model.asked).items():
        if count > 1 + seen.crashes:
            yield f"{key} was asked {count} times, and there were {seen.crashes} crashes"


@invariant("Where it stands is told: the progress comment names the standing and the reason.")
def _told(seen: Seen) -> Iterator[str]:
    if not (seen.undisturbed and seen.stood) or seen.stood.standing is Standing.RUNNING:
        return
    if not seen.stood.reason and seen.stood.standing is not Standing.DONE:
        yield f"it stands {seen.stood.standing.value} without a reason"
    if not any(c["user"]["login"] == BOT and "### Progress" in c["body"] for c in seen.comments):
        yield "there is no progress comment"


def copies(things: list[dict[str, Any]], comments: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what the bot made of which more than one lives: open, or a comment in sight."""
    live = [thing for thing in things if thing["state"] == "open"]
    keys = Counter(
        key for thing in (*live, *comments)
        if thing["user"]["login"] == BOT and (key := _key(thing["body"]))
    )  # fmt: skip
    yield from (f"{n} live copies of {key}" for key, n in keys.items() if n > 1)


def _key(body: str | None) -> str:
    marker = _MARKER.search(body or "")
    return unquote(marker[1]) if marker else ""


def _label(issue: dict[str, Any]) -> str:
    found = [la["name"] for la in issue["labels"] if la["name"].startswith("priority:")]
    return ", ".join(found)
