"""What `test_real_agents.py` runs where there is no network: one story for each agent.

The Planner and the Verifier are a playbook's, the Executor is the real program; its model is a
mock that asks for a file to be written and for a command to be run.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.agents import Coding, open_agent
from bot.agents.coding.host import Host
from bot.broker import BrokerProcess, Upstream, start_broker
from bot.domain.agents import Invocation, Reply, RoleKind
from bot.domain.events import ToolUsed
from bot.domain.providers import Api
from bot.domain.usage import Usage
from bot.ports.agent import Agent, Workplace
from bot.ports.broker import Pass
from bot.wiring.build import Adapters
from bot.wiring.machine import SystemClock
from bot.wiring.roles import roles_in_force
from bot.words import TemplateWords
from bot.workspace.process import run_watched
from bot.workspace.sandbox import Bubblewrap
from tests.instruments.mock import model_mock, turn
from tests.instruments.npm import NODE, PROGRAMS
from tests.scenarios.scenes import met, planner, planner_done
from tests.scenarios.world import World

ANSWER = '{"outcome":"done","summary":"It says hello.","title":"Say hello"}'
COMMAND = f"printf '%s' '{ANSWER}' > ~/.specloop-result"
WRITES = {"file_path": "hello.txt", "content": "hello\n"}
CLAUDE = turn(
    "Write",
    {"name": "Write", "arguments": WRITES},
    {"name": "Bash", "arguments": {"command": COMMAND, "description": "Answer"}},
    words="I wrote hello.txt.",
)
OPENCODE = turn(
    "write",
    {"name": "write", "arguments": {"filePath": "hello.txt", "content": "hello\n"}},
    {"name": "bash", "arguments": {"command": COMMAND, "description": "Answer"}},
    words="I wrote hello.txt.",
)

CODEX = turn(
    "exec_command",
    {"name": "exec_command", "arguments": {"cmd": f"echo hello > hello.txt; {COMMAND}"}},
    words="I wrote hello.txt.",
)
GEMINI = turn(
    "write_file",
    {"name": "write_file", "arguments": WRITES},
    {"name": "run_shell_command", "arguments": {"command": COMMAND}},
    words="I wrote hello.txt.",
)
AIDER = [
    {
        "match": {"userMessage": "You are an Executor of specloop"},
        "response": {
            "content": "I write it.\n\nhello.txt\n```\n<<<<<<< SEARCH\n=======\nhello\n"
            f">>>>>>> REPLACE\n```\n\n```json\n{ANSWER}\n```\n"
        },
    },
    {"match": {}, "response": {"content": "A title"}},
]
SONNET, GPT = "claude-sonnet-4-5", "gpt-5"


@dataclass(frozen=True)
class ByKind:
    """The Executor is one agent, everybody else another."""

    executor: Agent
    others: Agent

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Ask whose kind it is."""
        asked = self.executor if invocation.kind is RoleKind.EXECUTOR else self.others
        return asked.ask(invocation, workplace, told)


@dataclass(frozen=True)
class Counted:
    """A broker whose bills are kept for looking at."""

    process: BrokerProcess
    settled: list[Usage] = field(default_factory=list)

    def admit(self, invocation: str, cap_usd: float) -> Pass:
        """Return a pass."""
        return self.process.admit(invocation, cap_usd)

    def settle(self, admitted: Pass) -> Usage:
        """Return the bill."""
        self.settled.append(self.process.settle(admitted))
        return self.settled[-1]


@pytest.mark.parametrize(
    ("name", "model", "fixtures"),
    [
        ("claude-code", SONNET, CLAUDE),
        ("opencode", SONNET, OPENCODE),
        ("codex", GPT, CODEX),
        ("claude-acp", SONNET, CLAUDE),
        ("opencode-acp", SONNET, OPENCODE),
        ("codex-acp", "gpt-5.5", CODEX),
        ("gemini-acp", "gemini-2.5-pro", GEMINI),
        ("aider", SONNET, AIDER),
    ],
)
def test_an_item_becomes_a_merged_pull_request(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    model: str,
    fixtures: list[dict[str, Any]],
) -> None:
    assert_dead_network()
    path = os.pathsep.join([str(PROGRAMS), str(NODE), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    words = TemplateWords()
    mock = model_mock(PROGRAMS, tmp_path / "mock", fixtures)
    with ExitStack() as stack:
        url = stack.enter_context(mock)
        upstreams = (
            Upstream("anthropic", Api.ANTHROPIC, url, "a-key"),
            Upstream("openai", Api.OPENAI, f"{url}/v1", "another-key"),
            Upstream("google", Api.GOOGLE, url, "a-third-key"),
        )
        broker = Counted(stack.enter_context(start_broker(tmp_path / "broker", upstreams)))
        sandbox = Bubblewrap(tmp_path / "cells", broker.process.socket)
        host = Host(sandbox, run_watched, broker, logs=tmp_path / "logs")
        roles = roles_in_force(words, (), ())
        coding = Coding(words.root / "agents", host=host)
        real = open_agent(f"{name}:{model}", roles, words, SystemClock(), coding=coding)

        def adapt(adapters: Adapters) -> Adapters:
            return replace(adapters, agent=ByKind(real, adapters.agent))

        world.adapt = adapt
        world.plays(planner("hello", iteration=1), met(evidence="hello.txt"), planner_done())
        world.spec()
        try:
            world.turns_until("done", limit=2)
        except AssertionError:
            print_logs(tmp_path)
            raise
        print_logs(tmp_path)
    assert world.main_files() == {"hello.txt": "hello\n"}, "and nothing of the agent's own"
    pull = world.pull("hello")
    assert pull.merged
    assert pull.title.startswith("Say hello")
    assert world.happened(ToolUsed)[0].tool == name
    assert broker.settled, "nobody asked"
    turns = 1 + any("toolCalls" in fixture["response"] for fixture in fixtures)
    assert broker.settled[0].requests >= turns, "a tool turn, if any, and last words"
    world.replies()


def assert_dead_network() -> None:
    """There must be no way out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, pytest.raises(OSError):
        # Not `connect`, which the suite guards: a datagram needs a route, too.
        probe.sendto(b"", ("192.0.2.1", 9))


def print_logs(folder: Path) -> None:
    """Show what was said, when the test fails."""
    for log in sorted((folder / "logs").glob("*.log")):
        print(f"== {log.name}\n{log.read_text()[-6_000:]}")
    print(f"== mock\n{(folder / 'mock' / 'mock.log').read_text()[-2_000:]}")
