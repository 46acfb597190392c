"""The product's workflows as the offline runner executes them.

act gives every job the same token and does not know `$/` yet. So that each job holds a token of
exactly the permissions that it declares, as on GitHub, the runner works with a copy of the
workflow files in which `github.token` is such a token, job by job, and `$/` is the repository and
commit that the caller's file pins. Nothing else in them is changed.
"""

from __future__ import annotations

import compileall
import py_compile
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
_PARTS = ("action.yml", "action", "bot", "templates", "requirements", ".github/workflows")
_FILE = r"(?P<home>[\w-]+/[\w-]+)/\.github/workflows/\w+\.yml"
_PINNED = re.compile(rf"uses: *{_FILE}@(?P<sha>[0-9a-f]{{40}})")
_LEVELS = ("none", "read", "write")
Permissions = Mapping[str, str]


class StartupFailure(Exception):
    """GitHub would not start the run: a called workflow asks for more than its caller has."""


def pin_of(caller: str) -> tuple[str, str]:
    """Return the repository and the commit that a caller's file names."""
    found = _PINNED.search(caller)
    assert found is not None, caller
    return found["home"], found["sha"]


def lay(target: Path) -> None:
    """Copy the product, compiled so that it need not be in every job."""
    for part in _PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / part)
    how = py_compile.PycInvalidationMode.UNCHECKED_HASH  # each job gets files of another age
    compileall.compile_dir(target / "bot", quiet=1, invalidation_mode=how)


def render(
    product: Path, target: Path, caller: str, token_for: Callable[[Permissions], str]
) -> None:
    """Copy the product so that each job has its own token. Raises StartupFailure."""
    home, sha = pin_of(caller)
    shutil.copytree(product, target)
    [job] = yaml.safe_load(caller)["jobs"].values()
    _check(target, job["uses"], job["permissions"])
    for path in sorted((target / ".github/workflows").glob("*.yml")):
        text = path.read_text()
        text = text.replace("uses: $/.github/", f"uses: {home}/.github/")
        text = re.sub(r"(uses: [\w-]+/[\w-]+/\.github/workflows/\w+\.yml)$", rf"\1@{sha}", text,
                      flags=re.MULTILINE)  # fmt: skip
        text = text.replace("uses: $/.\n", f"uses: {home}@{sha}\n")
        path.write_text(_with_tokens(text, token_for))


def _check(target: Path, uses: str, held: Permissions) -> None:
    """Walk the calls: permissions can only shrink. Raises StartupFailure."""
    path = target / ".github/workflows" / uses.partition("@")[0].rpartition("/")[2]
    for name, job in yaml.safe_load(path.read_text())["jobs"].items():
        for permission, level in job["permissions"].items():
            if _LEVELS.index(held.get(permission, "none")) < _LEVELS.index(level):
                raise StartupFailure(f"{path.name}, {name}: {permission} is not the caller's")
        if "uses" in job:
            _check(target, job["uses"], job["permissions"])


def _with_tokens(text: str, token_for: Callable[[Permissions], str]) -> str:
    """Put each job's own token where its text says `github.token`."""
    jobs: dict[str, Any] = yaml.safe_load(text).get("jobs", {})
    head, *parts = re.split(r"(?m)^(?=  [\w-]+:$)", text.partition("\njobs:\n")[2])
    assert not head.strip(), head
    for part in parts:
        name = part.partition(":")[0].strip()
        if "github.token" in part:
            token = token_for(jobs[name]["permissions"])
            text = text.replace(part, part.replace("github.token", f"'{token}'"))
    return text
