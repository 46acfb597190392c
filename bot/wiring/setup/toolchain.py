"""What a project's manifests tell of its toolchain and its gates: a guess that people correct."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.findings import GateCategory
from bot.workspace.detect import Tree, needs_pytest

_REQUIREMENTS = (
    "requirements.txt", "requirements-dev.txt", "dev-requirements.txt", "requirements-test.txt",
    "test-requirements.txt", "requirements/dev.txt", "requirements/test.txt",
)  # fmt: skip
_GROUPS = ("dev", "test", "tests", "testing")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Python:
    """How a Python project's dependencies are installed."""

    arguments: str
    """Of `pip install`."""
    project: str
    """The distribution that was installed only for its dependencies; empty for none."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A gate as the configuration writes it."""

    name: str
    command: str
    category: GateCategory
    """Gates run in the order of their categories: what fetches packages builds."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What was concluded, and from what."""

    manifests: tuple[str, ...]
    python: Python | None = None
    gates: tuple[Guess, ...] = ()

    @property
    def fetches(self) -> bool:
        """Whether gates fetch packages."""
        return any(m in ("package.json", "go.mod", "Cargo.toml") for m in self.manifests)


def guess(tree: Tree) -> Toolchain:
    """Return what the files at the top of a tree suggest; nothing that is broken is believed."""
    paths = set(tree.paths)
    python = _python(tree, paths)
    found = [m for m in ("pyproject.toml", "setup.cfg", "setup.py", *_REQUIREMENTS) if m in paths]
    manifests = found[:1] if python else []
    gates: list[Guess] = []
    locked = " --locked" if "Cargo.lock" in paths else ""
    suggested = {
        "package.json": _node(tree, paths),
        "go.mod": [
            Guess("go-build", "go build ./...", GateCategory.BUILD),
            Guess("go-test", "go test ./...", GateCategory.TEST),
        ],
        "Cargo.toml": [Guess("cargo-test", f"cargo test{locked}", GateCategory.TEST)],
    }
    for name in (m for m in suggested if m in paths):
        manifests.append(name)
        gates += suggested[name]
    if python and gates:  # what would be found by itself is not looked for beside others
        tests = "python3 -m pytest -q" if needs_pytest(tree) else "python3 -m unittest discover"
        gates.append(Guess("python-tests", tests, GateCategory.TEST))
    return Toolchain(tuple(manifests), python, tuple(gates))


def _python(tree: Tree, paths: set[str]) -> Python | None:
    listed = [f"-r {name}" for name in _REQUIREMENTS if name in paths]
    pytest = ["pytest"] if needs_pytest(tree) else []
    if listed:
        return Python(" ".join([*listed, *pytest]), "")
    settings = _toml(tree, "pyproject.toml") if "pyproject.toml" in paths else {}
    name = _name(settings, tree, paths)
    if not name:
        is_one = paths & {"pyproject.toml", "setup.py", "setup.cfg"} or any(
            p.endswith(".py") and "/" not in p for p in paths
        )
        return Python("pytest", "") if is_one and pytest else None
    extras = _table(_table(settings, "project"), "optional-dependencies")
    wanted = [g for g in _GROUPS if g in extras]
    groups = [g for g in _GROUPS if g in _table(settings, "dependency-groups")]
    project = f"'.[{','.join(wanted)}]'" if wanted else "."
    return Python(" ".join([project, *(f"--group {g}" for g in groups), *pytest]), name)


def _name(settings: Mapping[str, Any], tree: Tree, paths: set[str]) -> str:
    """Return the distribution's name; empty when it cannot be told."""
    told = _table(settings, "project").get("name") or _table(
        _table(settings, "tool"), "poetry"
    ).get("name")
    if told is None and "setup.cfg" in paths:
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string((tree.read("setup.cfg") or b"").decode("utf-8", "replace"))
        except configparser.Error:
            return ""
        told = parser.get("metadata", "name", fallback=None)
    return told if isinstance(told, str) and _NAME.fullmatch(told) else ""


def _node(tree: Tree, paths: set[str]) -> list[Guess]:
    try:
        read = json.loads(tree.read("package.json") or b"")
    except (ValueError, RecursionError):
        read = {}
    scripts = _table(read if isinstance(read, dict) else {}, "scripts")
    locked = {"package-lock.json", "npm-shrinkwrap.json"} & paths
    install = f"npm {'ci' if locked else 'install'} --ignore-scripts"
    known = {
        "build": ("npm run build", GateCategory.BUILD),
        "test": ("npm test", GateCategory.TEST),
        "lint": ("npm run lint", GateCategory.LINT),
    }
    gates = [Guess(f"npm-{n}", *gate) for n, gate in known.items() if n in scripts]
    return [Guess("npm-install", install, GateCategory.BUILD), *gates]


def _toml(tree: Tree, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads((tree.read(path) or b"").decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _table(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}
