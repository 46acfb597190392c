"""Little programs that stand for coding agents, and one conversation with each."""

from __future__ import annotations

import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.agents.coding.agent import CodingAgent, Setting
from bot.agents.coding.files import load_agent
from bot.agents.coding.host import Host
from bot.agents.coding.opening import open_coding_agent
from bot.domain.agents import Invocation, Reply, RoleKind
from bot.ports.agent import Workplace
from bot.ports.broker import Broker
from bot.ports.process import never
from bot.wiring.machine import SystemClock
from bot.wiring.roles import roles_in_force
from bot.words import TemplateWords
from bot.workspace.process import run_watched
from tests.agents.coding.sandbox import OpenField

TEMPLATES = TemplateWords().root
PRELUDE = """\
import json, os, pathlib, signal, subprocess, sys, time
home = pathlib.Path(os.environ["HOME"])
result = home / ".specloop-result"
"""


@dataclass
class Stage:
    """A folder to work in, a program, and what came of asking it."""

    folder: Path
    sandbox: Any = field(default_factory=OpenField)
    broker: Broker | None = None
    cancelled: Any = never
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def tree(self) -> Path:
        """The worktree."""
        return self.folder / "tree"

    @property
    def logs(self) -> Path:
        """Where conversations are kept."""
        return self.folder / "logs"

    def file(self, name: str = "scripted", **fields: Any) -> Path:
        """Write an agent file."""
        given = {
            "name": name, "title": "Scripted", "runtime": "command", "install": "write it",
        }  # fmt: skip
        path = self.folder / f"{name}.yml"
        path.write_text(yaml.safe_dump(given | fields, sort_keys=False))
        return path

    def agent(self, script: str, *arguments: Any, **fields: Any) -> CodingAgent:
        """Return an agent that runs a script, with further arguments."""
        place = self.folder / "agent.py"
        place.write_text(PRELUDE + textwrap.dedent(script))
        command = [sys.executable, "-I", str(place), *arguments]
        return self.opened(self.file(**{"command": command, **fields}))

    def opened(self, path: Path, model: str = "") -> CodingAgent:
        """Return the agent of a file."""
        words = TemplateWords()
        setting = Setting(
            roles_in_force(words, (), ()),
            words,
            SystemClock(),
            TEMPLATES / "agents" / "protocol.md",
        )
        host = Host(self.sandbox, run_watched, self.broker, self.cancelled, self.logs)
        file = load_agent(path)
        return open_coding_agent(f"{file.name}:{model}", {file.name: file}, setting, host)

    def ask(self, agent: CodingAgent, role: str = "executor", **prompt: Any) -> Reply:
        """Ask as the loop does."""
        kind = RoleKind(role) if role in set(RoleKind) else RoleKind.SPECIALIST
        writable = kind is RoleKind.EXECUTOR
        subject = "hello" if writable else ""
        known = {"spec": {"title": "The spec", "body": "It works."}}
        invocation = Invocation(
            f"1/{role}", role, kind, 1, subject, attempt=2, round=3, prompt=known | prompt
        )
        place = None if kind is RoleKind.PLANNER else Workplace(self.tree, writable)
        return agent.ask(invocation, place, lambda *said: self.told.append(said))

    def log(self, role: str = "executor") -> str:
        """Return what was kept of the conversation."""
        return (self.logs / f"1.{role}.log").read_text()
