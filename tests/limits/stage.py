"""A repository on a hub whose clock the run moves: hours pass without anybody waiting."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml

from bot.domain.events import Event
from bot.domain.run import RunState, Standing
from bot.domain.settings import Settings
from bot.hub import BOT, MAINTAINER, HubProcess
from bot.loop.iteration import iterate
from bot.wiring.begin import begin
from bot.wiring.build import Adapters, open_house
from bot.wiring.checkout import open_checkout
from bot.wiring.embedded import Endpoint
from bot.wiring.places import World
from bot.wiring.register import Choices
from bot.wiring.site import Site
from bot.wiring.spec_text import read_spec
from tests.limits.agents import InstantAgent, book

SPEC = "# A book\n\nEach part of the book is done.\n"
WRITES = ("contents", "issues", "pull_requests", "statuses")
PLAYBOOK = {"playbook": 1, "scenes": [{"role": "planner", "answer": {}}]}


class VirtualClock:
    """The real time, and what was slept on top of it; the hub's clock goes along."""

    def __init__(self, hub: httpx.Client) -> None:
        self.slept: list[float] = []
        self._hub = hub
        self._ahead = float(hub.get("/_hub/clock").raise_for_status().json()["ahead"])

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def boot(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        """Let time pass that no process waits for."""
        answer = self._hub.post("/_hub/clock", content=json.dumps({"advance": seconds}))
        answer.raise_for_status()
        self._ahead += seconds


@dataclass
class Silent:
    """A listener that keeps nothing."""

    def tell(self, event: Event) -> None:
        """Take no notice."""


@dataclass
class Stage:
    """One spec on a repository of its own, carried by a workflow's token."""

    hub: HubProcess
    folder: Path
    items: int
    """Items of the whole milestone."""
    together: int
    """Items that one iteration takes on."""
    site: Site = field(init=False)
    clock: VirtualClock = field(init=False)
    agent: InstantAgent = field(init=False)
    state: RunState = field(init=False)
    runs: int = 0
    _first_line: int = 0

    def __post_init__(self) -> None:
        tokens = self.hub.world.tokens
        bearer = {"Authorization": f"Bearer {tokens[MAINTAINER]}"}
        self.person = httpx.Client(
            base_url=self.hub.url, headers=bearer, trust_env=False, timeout=30
        )
        self.clock = VirtualClock(self.person)
        self.agent = InstantAgent(self.items, self.together)
        endpoint = Endpoint(self.hub.url, tokens[BOT], tokens[MAINTAINER], paced=True)
        playbook = self.folder / "playbook.yml"
        playbook.write_text(yaml.safe_dump(PLAYBOOK))
        choices = Choices(f"playbook:{playbook}", approve_plan="never")
        checkout = open_checkout(self._project())
        spec = read_spec(SPEC.encode(), "the spec")
        world = World(self.folder / "world")
        milestone = begin(world, checkout, endpoint, spec, choices, Settings()).milestone
        self.path = f"/repos/{milestone.repository}"
        self.does("PATCH", self.path, delete_branch_on_merge=True)
        setting = {"can_approve_pull_request_reviews": True}
        self.does("PUT", f"{self.path}/actions/permissions/workflow", **setting)
        token = self.does(
            "POST",
            "/_hub/tokens",
            kind="workflow",
            repositories=[milestone.repository],
            permissions=dict.fromkeys(WRITES, "write"),
        )["token"]
        self.site = Site(world, replace(endpoint, bot_token=token), milestone, checkout)
        self._first_line = len(self._lines())

    def close(self) -> None:
        self.faults()
        self.person.close()

    def _project(self) -> Path:
        folder = self.folder / f"book-{uuid.uuid4().hex[:8]}"
        configuration = {
            "gates": {"check": {"command": ["true"], "category": "test"}},
            "specialists": [],
            "limits": {
                "items_per_iteration": self.together,
                "executors": 32,
                "iterations": 100,
            },
        }
        files = {
            "book.txt": book(self.items),
            ".github/specloop.yml": yaml.safe_dump(configuration),
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        for arguments in (
            ("init", "-q", "-b", "main"),
            ("add", "-A"),
            ("-c", "user.name=Mary", "-c", "user.email=mary@example.org", "commit", "-qm", "Begin"),
        ):
            subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
        return folder

    # The run.

    def run(self) -> RunState:
        """Let one process run iterations until one says that the next is not due now."""

        def adapt(adapters: Adapters) -> Adapters:
            return replace(adapters, agent=self.agent)

        self.runs += 1
        stop = threading.Event()
        with open_house(self.site, Silent(), stop, adapt, self.clock) as (house, _):
            self.state = iterate(house)
        return self.state

    def run_to_the_end(self, most: int = 100) -> None:
        """Wake a process whenever the run is due, until nothing is due any more."""
        for _ in range(most):
            state = self.run()
            if state.due_at is not None:
                self.sleep_until_due()
            elif state.standing is not Standing.RUNNING:
                return
        raise AssertionError(f"after {most} runs it is {self.state.standing}: {self.state.reason}")

    def sleep_until_due(self) -> None:
        """Let time pass until the run is due; no process waits meanwhile."""
        assert self.state.due_at is not None
        self.clock.pass_by(max(0.0, (self.state.due_at - self.clock.now()).total_seconds()))

    # The hub.

    def faults(self, *rules: dict[str, Any]) -> None:
        """Set the hub's bad habits in place of all others."""
        self.does("PUT", "/_hub/faults", rules=list(rules))

    def does(self, method: str, path: str, **fields: Any) -> Any:
        """Act as the maintainer."""
        answer = self.person.request(method, path, content=json.dumps(fields) if fields else None)
        assert answer.status_code < 400, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What the bot has sent, as the hub logged it."""
        mine = "github-actions[bot]"
        lines = map(json.loads, self._lines()[self._first_line :])
        return [line for line in lines if line["actor"] == mine]

    @property
    def limited(self) -> list[dict[str, Any]]:
        """The requests that met a limit."""
        return [line for line in self.requests if line["limited"] or line["status"] in (403, 429)]

    def all(self, what: str) -> Sequence[dict[str, Any]]:
        """Return a whole listing of the repository, once it has caught up."""
        self.clock.pass_by(5)
        found: list[dict[str, Any]] = []
        while True:
            number = len(found) // 100 + 1
            page = self.does("GET", f"{self.path}/{what}&per_page=100&page={number}")
            found += page
            if len(page) < 100:
                return found

    def book(self) -> str:
        """Return what landed."""
        bare = self.hub.world.repositories / f"{self.site.milestone.repository}.git"
        shown = subprocess.run(
            ["git", f"--git-dir={bare}", "show", "main:book.txt"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return shown.stdout

    def _lines(self) -> list[bytes]:
        return self.hub.world.request_log.read_bytes().splitlines()
