"""A world for agents: a clock that only moves when told, a folder to work in, no network."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.agents import open_agent
from bot.agents.role_file import role_files
from bot.agents.roles import load_roles
from bot.domain.agents import Invocation, Reply, RoleKind
from bot.ports.agent import Agent, Workplace
from bot.words import TemplateWords

WORDS = TemplateWords()
ROLES = role_files(WORDS.root / "roles")
SHIPPED = load_roles([ROLES], WORDS)


@pytest.fixture(autouse=True, scope="module")
def no_real_model() -> Iterator[None]:
    from pydantic_ai import models

    with models.override_allow_model_requests(False):
        yield


class FakeClock:
    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)

    def boot(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class Stage:
    """Everything one conversation needs, and what came of it."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    told: list[tuple[str, str]] = field(default_factory=list)
    ran: list[tuple[Sequence[str], Path, float]] = field(default_factory=list)

    @property
    def tree(self) -> Path:
        return self.folder / "tree"

    @property
    def transcripts(self) -> Path:
        return self.folder / "transcripts"

    def run_command(
        self, argv: Sequence[str], cwd: Path, timeout: float, /
    ) -> tuple[int | None, str]:
        self.ran.append((argv, cwd, timeout))
        return 0, "ran " + " ".join(argv)

    def agent(self, playbook: str) -> Agent:
        file = self.folder / "play.yml"
        file.write_text(playbook, encoding="utf-8")
        return open_agent(
            f"playbook:{file}",
            SHIPPED,
            WORDS,
            self.clock,
            run_command=self.run_command,
            transcripts=self.transcripts,
        )

    def ask(self, agent: Agent, invocation: Invocation, writable: bool = True) -> Reply:
        place = Workplace(self.tree, writable)
        return agent.ask(invocation, place, lambda *said: self.told.append(said))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    stage.tree.mkdir()
    return stage


def invocation(role: str = "executor", kind: RoleKind | None = None, **given: object) -> Invocation:
    values: dict[str, object] = {
        "key": f"1/{role}",
        "iteration": 1,
        "subject": "parse-interval" if role == "executor" else "",
        "prompt": {"spec": {"title": "The spec", "body": "It works."}},
    }
    return Invocation(role=role, kind=kind or RoleKind(role), **(values | given))  # type: ignore[arg-type]


def scene(text: str, role: str = "executor") -> str:
    """A playbook of one scene; `text` holds its other lines."""
    lines = "\n".join(f"    {line}" for line in text.strip("\n").split("\n"))
    return f"playbook: 1\nscenes:\n  - role: {role}\n{lines}\n"


DONE = "answer: {outcome: done, title: Do it, summary: It is done}"

linked = pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
