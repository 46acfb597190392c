"""Who runs in a sandbox, and who may say otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import UserError
from bot.wiring.enclosure import agents_sandbox, gates_sandbox, require_sandbox
from bot.wiring.places import World
from bot.wiring.register import Choices
from bot.workspace.sandbox_probe import probe
from tests.entry.stage import Laptop
from tests.entry.test_refusals import refused
from tests.sandboxes import require_bubblewrap

MODEL = Choices("anthropic:some-model")
PLAYBOOK = Choices("playbook:/a/story.yml")


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    probe.cache_clear()
    yield
    probe.cache_clear()


def test_without_a_sandbox_no_agent_runs_unless_a_person_says_so(no_programs, tmp_path):
    with pytest.raises(UserError, match=r"apt-get install bubblewrap.*--unsandboxed"):
        require_sandbox(MODEL)
    require_sandbox(PLAYBOOK)
    free = Choices("anthropic:some-model", unsandboxed=True)
    require_sandbox(free)
    assert agents_sandbox(World(tmp_path), free).name == "nothing"
    assert gates_sandbox(World(tmp_path)).name == "nothing"


def test_where_there_is_one_agents_and_gates_are_held(tmp_path):
    require_bubblewrap()
    require_sandbox(MODEL)
    assert agents_sandbox(World(tmp_path), MODEL).name == "bubblewrap"
    assert agents_sandbox(World(tmp_path), PLAYBOOK).name == "nothing"
    assert gates_sandbox(World(tmp_path)).name == "bubblewrap"


def test_on_actions_nobody_says_so(laptop: Laptop) -> None:
    laptop.lay()
    laptop.plays()
    spec = laptop.writes("spec.md", b"# Say hello\n")
    ended = laptop.specloop(
        "run", spec, "--repo", laptop.repo, "--gate", "true", "--unsandboxed",
        "--agent", f"playbook:{laptop.playbook}", extra={"GITHUB_ACTIONS": "true"},
    )  # fmt: skip
    refused(ended, r"On GitHub Actions no agent runs without a sandbox: drop --unsandboxed\.")
    assert not laptop.home.exists()
