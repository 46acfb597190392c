"""One repository, its embedded GitHub and the loop on it, as `specloop run` has them."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import yaml

from bot.domain.events import Event
from bot.domain.run import RunState
from bot.domain.settings import Settings
from bot.hub import BOT, MAINTAINER, found_world, start_hub
from bot.loop.house import House
from bot.loop.iteration import iterate
from bot.ports.agent import Agent
from bot.ports.listener import Listener
from bot.wiring.begin import begin
from bot.wiring.build import Adapters, open_house
from bot.wiring.checkout import open_checkout
from bot.wiring.embedded import LAG, Endpoint
from bot.wiring.places import World
from bot.wiring.register import Choices
from bot.wiring.site import Site
from bot.wiring.spec_text import read_spec

SPEC = "# A book of parts\n\nThere is a file for each part.\n"
UNLIMITED = ("--rest-limit", "100000000", "--graphql-limit", "100000000")
PLAYBOOK = {"playbook": 1, "scenes": [{"role": "planner", "answer": {}}]}
SPECLOOP = Path(sys.executable).with_name("specloop")


@dataclass
class Town:
    """A checkout with one gate and the world that belongs to it."""

    folder: Path
    gate: tuple[str, ...] = ("true",)
    executors: int = 4
    items: int = 12
    """Items that one iteration takes on at most."""
    files: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        configuration = {
            "gates": {"check": {"command": list(self.gate), "category": "test"}},
            "limits": {"items_per_iteration": self.items},
        }
        files = {
            "README.md": "A book.\n",
            ".github/specloop.yml": yaml.safe_dump(configuration),
            **{f"pages/{n}.txt": f"Page {n}.\n" * 40 for n in range(100)},
            **self.files,
        }
        self.checkout = self.folder / "book"
        for name, text in files.items():
            path = self.checkout / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "Begin the book")
        self.world = World(self.folder / "world")
        self.playbook = self.folder / "playbook.yml"
        self.playbook.write_text(yaml.safe_dump(PLAYBOOK), encoding="utf-8")

    def git(self, *arguments: str) -> str:
        """Run git on the checkout, as a person would."""
        who = ("-c", "user.name=Person", "-c", "user.email=person@example.com")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.checkout, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    @contextmanager
    def served(self, port: int = 0) -> Iterator[Endpoint]:
        """Serve the world's GitHub."""
        home = found_world(self.world.hub)
        with start_hub(home, port=port, lag=LAG, extra=UNLIMITED) as hub:
            yield Endpoint(hub.url, home.tokens[BOT], home.tokens[MAINTAINER])

    def begin(self, endpoint: Endpoint) -> Site:
        """Copy the checkout, open the spec."""
        choices = Choices(
            f"playbook:{self.playbook}", approve_plan="never", executors=self.executors
        )
        checkout = open_checkout(self.checkout)
        spec = read_spec(SPEC.encode(), "the spec")
        made = begin(self.world, checkout, endpoint, spec, choices, Settings())
        return Site(self.world, endpoint, made.milestone, checkout)


@dataclass
class Silent:
    """A listener that keeps nothing."""

    def tell(self, event: Event) -> None:
        """Take no notice."""


@contextmanager
def house_with(
    site: Site, agent: Agent, listener: Listener | None = None, tracker: Any = None
) -> Iterator[House]:
    """Open the house as `specloop run` does, with another agent; `tracker(real)` may wrap it."""

    def adapt(adapters: Adapters) -> Adapters:
        wrapped = tracker(adapters.tracker) if tracker else adapters.tracker
        return replace(adapters, agent=agent, tracker=wrapped)

    with open_house(site, listener or Silent(), threading.Event(), adapt) as (house, _):
        yield house


def one_iteration(site: Site, agent: Agent, listener: Listener | None = None) -> RunState:
    """Run one iteration in a house of its own."""
    with house_with(site, agent, listener) as house:
        return iterate(house)


@contextmanager
def person(site: Site) -> Iterator[httpx.Client]:
    """Yield a client that speaks for the maintainer, below the repository's address."""
    headers = {"Authorization": f"Bearer {site.endpoint.maintainer_token}"}
    url = f"{site.endpoint.url}/repos/{site.milestone.repository}"
    with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        client.event_hooks["response"] = [lambda answer: answer.raise_for_status() and None]
        yield client
