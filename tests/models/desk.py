"""A desk for one Executor's conversation with a model: its folder, its tools, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.agents.providers import ProviderModels
from bot.agents.role_file import role_files
from bot.agents.roles import load_roles
from bot.agents.runtime import ModelAgent, Surroundings
from bot.agents.transcript import folder_log, folder_sink
from bot.domain.agents import Invocation, Reply, RoleKind
from bot.domain.providers import Models, model_name
from bot.domain.usage import Usage
from bot.ports.agent import Workplace
from bot.ports.broker import Broker, Pass
from bot.words import TemplateWords
from tests.agents.conftest import FakeClock
from tests.models.server import Asked, ModelServer, Reaction, Say, Script, Use, serving

ANTHROPIC, OPENAI = "anthropic:claude-sonnet-5-5", "openai:gpt-5"
DONE = Use("answer", {"outcome": "done", "title": "Say hello", "summary": "It says hello."})


class OpenDoor:
    """Where the broker stands: lets everybody through to one server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def admit(self, invocation: str, cap_usd: float) -> Pass:
        return Pass(f"pass-of-{invocation}", self.url)

    def settle(self, admitted: Pass) -> Usage | None:
        return None


class Desk:
    """An Executor's folder, and its conversations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tree = folder / "tree"
        self.tree.mkdir()
        self.clock = FakeClock()
        self.ran: list[Sequence[str]] = []
        self.server: ModelServer | None = None

    def ask(self, *names: str, script: Script) -> Reply:
        """Hold one conversation with models that a script speaks for."""
        with serving(script) as self.server:
            models = Models(tuple(map(model_name, names)))
            return self.hold(models, OpenDoor(self.server.url))

    def hold(self, models: Models, broker: Broker) -> Reply:
        """Hold one conversation."""
        words = TemplateWords()
        kept = self.folder / "kept"
        surroundings = Surroundings(
            words, self.clock, self._run, folder_sink(kept), folder_log(kept, words)
        )
        roles = load_roles([role_files(words.root / "roles")], words)
        agent = ModelAgent(roles, ProviderModels(models, broker), surroundings)
        return agent.ask(_invocation(), Workplace(self.tree, True), lambda *_: None)

    def _run(self, argv: Sequence[str], cwd: Path, timeout: float, /) -> tuple[int, str]:
        self.ran.append(argv)
        return 0, "1 passed"


def _invocation() -> Invocation:
    prompt: dict[str, Any] = {
        "spec": {"title": "A greeting", "body": "It greets."},
        "items": [{"number": 7, "key": "hello", "title": "Say hello", "description": "Do."}],
    }
    return Invocation("1/execute/7.1/1", "executor", RoleKind.EXECUTOR, 1, "hello", prompt=prompt)


def executor(asked: Asked) -> Reaction:
    """Write, run, answer: each only when what came before was told."""
    match asked.turns:
        case 0:
            assert "Say hello" in asked.said
            path = {"path": "hello.txt", "text": "hello\n"}
            return Say((Use("write_file", path),), "I begin with the file.")
        case 1:
            assert "hello.txt" in asked.last
            return Say((Use("run", {"argv": ["make", "test"]}),), cached=100)
        case 2:
            assert "1 passed" in asked.last
            return Say((DONE,), cached=200)
    raise AssertionError("it was asked too often")
