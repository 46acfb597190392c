"""One run as act executes it: the command line, the machine's image, and how it is interrupted."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.actions.rendering import ROOT, pin_of

CALLER = ".github/workflows/specloop.yml"
_STANDINS = Path(__file__).parent / "standins"
_USED = re.compile(r"uses: *((?P<name>actions/[\w-]+)@[0-9a-f]{40})")
Json = dict[str, Any]


@dataclass(frozen=True)
class Chain:
    """A run in its folder: `workspace` is a clone, `product` the rendered product."""

    run: Json
    folder: Path
    hub: str
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def caller(self) -> str:
        """The caller's file, as the repository has it."""
        return (self.folder / "workspace" / CALLER).read_text()

    def command(self, act: Path) -> list[str]:
        """Return the command line."""
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.run["payload"]))
        home, sha = pin_of(self.caller)
        options = ["-C", str(self.folder / "workspace"), "-W", CALLER, "-e", str(event)]
        options += ["-P", "ubuntu-24.04=-self-hosted", "--no-cache-server", "--concurrent-jobs=2"]
        for name, value in self._variables().items():
            options += ["--env", f"{name}={value}"]
        for name, value in self.secrets.items():
            options += ["-s", f"{name}={value}"]
        for used, place in (*self._standins(), (f"{home}@{sha}", self.folder / "product")):
            options += ["--local-repository", f"{used}={place}"]
        return [str(act), str(self.run["event"]), *options]

    def _variables(self) -> dict[str, str]:
        name = self.run["repository"]
        return {
            "GITHUB_API_URL": self.hub,
            "GITHUB_REPOSITORY": name,
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": str(self.run["id"]),
            "GITHUB_SERVER_URL": self.hub,
            "GITHUB_WORKFLOW_REF": f"{name}/{CALLER}@refs/heads/{self.run['branch']}",
            "RUNNER_ENVIRONMENT": "github-hosted",
            "STANDIN_ARTIFACTS": str(self.folder / "artifacts"),
        }

    def _standins(self) -> Iterator[tuple[str, Path]]:
        """Yield what the product's files use, as they pin it, with what stands in for it."""
        for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
            for found in _USED.finditer(path.read_text()):
                place = _STANDINS / found["name"].partition("/")[2]
                yield found[1], place if place.is_dir() else _STANDINS / "unused"


def lay_image(home: Path) -> None:
    """Bring the packages as an image's tool cache would: those of this environment.

    `home` is where act keeps it.
    """
    pins = (ROOT / "requirements/runtime.txt").read_bytes()
    name = f"{hashlib.sha256(pins).hexdigest()[:16]}-{sys.implementation.cache_tag}"
    place = home / ".cache/act/tool_cache/specloop" / name
    place.parent.mkdir(parents=True)
    place.symlink_to(sysconfig.get_path("purelib"))


def tell(root: int, name: str, *numbers: signal.Signals) -> bool:
    """Send signals to what was started below a process; return whether there was anybody.

    `name` is `act`, or `specloop` for what its jobs run.
    """
    parents = dict(_processes())
    is_there = False
    for process in parents:
        place = process
        while place in parents and place != root:
            place = parents[place]
        if place == root and _is(process, name):
            is_there = True
            for number in numbers:
                os.kill(process, number)
    return is_there


def _processes() -> Iterator[tuple[int, int]]:
    """Yield every process with its parent."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            yield int(entry.name), int(fields[1])


def _is(process: int, name: str) -> bool:
    try:
        words = Path("/proc", str(process), "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    if name == "act":
        return Path(os.fsdecode(words[0])).name == "act"
    return any(b"bot.entry.cli" in word for word in words)
