"""What the stories need: a clock that does not wait, a permit, a person, a repository."""

from __future__ import annotations

import subprocess
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.domain.effects import Create, CreateComment, CreateIssue, CreatePullRequest, Intent
from bot.domain.errors import LeaseLost
from bot.domain.work import MilestoneRef
from bot.github import open_tracker
from bot.github.tracker import GitHubTracker

T = TypeVar("T")
LAG = 0.2
"""Seconds by which the hub's listings are late."""


class FakeClock:
    """Wall time is real; waits are remembered and hardly waited."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.when_sleeping: Callable[[], None] = lambda: None
        self._ahead = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def boot(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.when_sleeping()
        self._ahead += seconds
        time.sleep(min(seconds, LAG / 2))


@dataclass
class Permit:
    """Counts how often it was asked, and says no after `until` times."""

    until: float = float("inf")
    asked: int = 0

    def check(self) -> None:
        if self.asked >= self.until:
            raise LeaseLost("The lease is over.")
        self.asked += 1


@dataclass
class Person:
    """Someone who uses the hub's REST API directly."""

    login: str
    token: str
    url: str

    def call(self, method: str, path: str, **json: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(trust_env=False, timeout=30) as http:
            answer = http.request(method, f"{self.url}{path}", json=json or None, headers=headers)
        assert answer.status_code < 400, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None


@dataclass
class Shop:
    """One repository, the maintainer who owns it, and the bot's tracker of it."""

    name: str
    owner: Person
    bot: Person
    folder: Path
    root: int = 0
    opened: list[GitHubTracker] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/repos/{self.name}"

    def call(self, method: str, path: str, **json: Any) -> Any:
        """Act as the owner on this repository."""
        return self.owner.call(method, self.path + path, **json)

    def tracker(
        self,
        url: str | None = None,
        clock: FakeClock | None = None,
        permit: Permit | None = None,
        *,
        pace: bool = False,
        created: Sequence[datetime] = (),
    ) -> GitHubTracker:
        tracker = open_tracker(
            url or self.owner.url,
            self.bot.token,
            self.name,
            permit or Permit(),
            clock or FakeClock(),
            pace=pace,
            created=lambda: created,
        )
        self.opened.append(tracker)
        return tracker

    def issue(self, title: str = "Build a shop", **fields: Any) -> int:
        return int(self.call("POST", "/issues", title=title, **fields)["number"])

    def push(self, branch: str, file: str = "", text: str = "x\n") -> str:
        """Push a commit on a new branch off main as the owner; return its SHA."""
        address = self.owner.url.replace("//", f"//{self.owner.login}:{self.owner.token}@")
        work = self.folder / uuid.uuid4().hex
        identity = ["-c", f"user.name={self.owner.login}", "-c", "user.email=owner@example.com"]
        git = ["git", "-C", str(work), *identity]
        for command in (
            ["git", "clone", "-q", f"{address}/{self.name}.git", str(work)],
            [*git, "checkout", "-q", "-b", branch],
        ):
            subprocess.run(command, check=True, capture_output=True)
        (work / (file or f"{branch.replace('/', '-')}.txt")).write_text(text)
        for command in (
            [*git, "add", "."],
            [*git, "commit", "-q", "-m", f"work on {branch}"],
            [*git, "push", "-q", "origin", branch],
        ):
            subprocess.run(command, check=True, capture_output=True)
        sha = subprocess.run(
            [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
        )
        return sha.stdout.strip()


def eventually(look: Callable[[], T | None]) -> T:
    """Return what `look` finds once the listings have caught up."""
    for _ in range(100):
        found = look()
        if found:
            return found
        time.sleep(LAG / 4)
    raise AssertionError("it never came")


def settled() -> None:
    """Let the listings catch up with everything written so far."""
    time.sleep(LAG * 1.5)


def intent(effect: Create) -> Intent:
    return Intent(effect.key, uuid.uuid4().hex, effect, datetime.now(UTC))


def new_issue(
    key: str, milestone: MilestoneRef, parent: int | None = None, labels: tuple[str, ...] = ()
) -> Intent:
    return intent(
        CreateIssue(key, f"Title of {key}", f"Body of {key}", labels, parent, milestone.number)
    )


def new_comment(key: str, subject: int, body: str = "A word.") -> Intent:
    return intent(CreateComment(key, subject, body))


def new_pull_request(key: str, head: str, body: str = "Work.") -> Intent:
    return intent(CreatePullRequest(key, head, "main", f"Title of {key}", body))
