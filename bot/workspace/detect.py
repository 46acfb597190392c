"""Sensible gates for a Python project that configures none."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.domain.findings import Gate, GateCategory
from bot.workspace.clone import Clone
from bot.workspace.python import can_import

_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$")
_IMPORTS_PYTEST = re.compile(rb"^\s*(import|from)\s+pytest\b", re.MULTILINE)
_IMPORTS_UNITTEST = re.compile(rb"^\s*(import|from)\s+(unittest|twisted\.trial|django)\b", re.M)
_PLAIN_TEST = re.compile(rb"^(async )?def test", re.MULTILINE)
_PYTEST = ("pytest", "-q", "-p", "no:cacheprovider")
_RUFF = ("ruff", "check", "--no-cache", "--output-format=concise", ".")
_LOOKED_AT = 50  # test files read; a project is of one kind


class Tree(Protocol):
    """The files of one commit."""

    @property
    def paths(self) -> Collection[str]:
        """Every file's path."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return a file's content, or None when there is no such file."""
        ...


@dataclass(frozen=True, slots=True)
class Detected:
    """The gates and, one sentence each, what they were concluded from."""

    gates: tuple[Gate, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommitTree:
    """A commit's files, read from the clone when asked for."""

    clone: Clone
    commit: str
    paths: tuple[str, ...] = field(default=())

    @staticmethod
    def of(clone: Clone, commit: str) -> CommitTree:
        """Return the files of a commit or tree."""
        return CommitTree(clone, commit, clone.paths(commit))

    def read(self, path: str) -> bytes | None:
        """Return a file's content, or None when there is no such file."""
        return self.clone.read(self.commit, path)


def needs_pytest(tree: Tree) -> str | None:
    """Return why the tests are pytest's, or None."""
    paths = set(tree.paths)
    if "pytest.ini" in paths or ".pytest.ini" in paths:
        return "pytest.ini is there"
    if "pytest" in _tools(tree):
        return "pyproject.toml configures pytest"
    for name, section in (("setup.cfg", "tool:pytest"), ("tox.ini", "pytest")):
        if _has_section(tree.read(name) if name in paths else None, section):
            return f"{name} configures pytest"
    conftests = sorted(p for p in paths if p == "conftest.py" or p.endswith("/conftest.py"))
    if conftests:
        return f"{conftests[0]} is there"
    for path in _tests(tree)[:_LOOKED_AT]:
        source = tree.read(path) or b""
        if _IMPORTS_PYTEST.search(source):
            return f"{path} imports pytest"
        # unittest would not see such tests at all, and be green.
        if _PLAIN_TEST.search(source) and not _IMPORTS_UNITTEST.search(source):
            return f"the tests in {path} are plain functions"
    return None


def detect(tree: Tree, python: Path, available: Callable[..., bool] = can_import) -> Detected:
    """Return the gates to run when nothing is configured, and why.

    `available(python, module)` says whether the interpreter has a module. No gates at all is a
    possible answer.
    """
    gates: list[Gate] = []
    reasons: list[str] = []
    tests = _tests(tree)
    if why := needs_pytest(tree):
        gates.append(_gate("tests", GateCategory.TEST, python, *_PYTEST))
        reasons.append(f"Tests run with pytest: {why}.")
        if not available(python, "pytest"):
            reasons.append(f"{python} has no pytest: install it there, or configure the gates.")
    elif tests:
        discovery = _discovery(set(tree.paths), tests)
        gates.append(_gate("tests", GateCategory.TEST, python, "unittest", *discovery))
        reasons.append(f"Tests run with unittest: {tests[0]} is there and nothing asks for pytest.")
    if ruff := _configures_ruff(tree):
        if available(python, "ruff"):
            gates.append(_gate("ruff", GateCategory.LINT, python, *_RUFF))
            reasons.append(f"Code is checked with ruff: {ruff}.")
        else:
            reasons.append(f"ruff is left out: {ruff}, but {python} has no ruff.")
    if not gates:
        reasons.append("No tests and no ruff configuration were found.")
    return Detected(tuple(gates), tuple(reasons))


def _gate(name: str, category: GateCategory, python: Path, *module: str) -> Gate:
    return Gate(name, (str(python), "-m", *module), category)


def _tests(tree: Tree) -> list[str]:
    return sorted(path for path in tree.paths if _TEST_FILE.search(path))


def _discovery(paths: set[str], tests: list[str]) -> tuple[str, ...]:
    roots = {path.partition("/")[0] if "/" in path else "." for path in tests}
    root = "tests" if "tests" in roots else min(roots)
    if f"{root}/__init__.py" in paths:  # a package is importable from above only
        return ("discover", "-s", root, "-t", ".")
    return ("discover", "-s", root)


def _configures_ruff(tree: Tree) -> str | None:
    for name in ("ruff.toml", ".ruff.toml"):
        if name in tree.paths:
            return f"{name} is there"
    return "pyproject.toml configures it" if "ruff" in _tools(tree) else None


def _tools(tree: Tree) -> Collection[str]:
    try:
        tools = tomllib.loads((tree.read("pyproject.toml") or b"").decode()).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return ()
    return tools if isinstance(tools, dict) else ()


def _has_section(content: bytes | None, section: str) -> bool:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string((content or b"").decode("utf-8", "replace"))
    except configparser.Error:
        return False
    return parser.has_section(section)
