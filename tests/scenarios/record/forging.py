"""What somebody with write permission, or a bad disk, does to a record."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.workspace.files import remove_tree
from tests.scenarios.world import World


def lose_machine(world: World) -> None:
    """Let the next turn be on a machine that knows nothing, as a fresh runner."""
    world.leave_house()
    shutil.rmtree(world.site.world.clone)
    for folder in (world.site.world.work, world.site.world.scratch):
        remove_tree(folder)


def ref(world: World) -> str:
    return f"refs/specloop/{world.root}"


def everything(world: World) -> tuple[int, int]:
    """How many issues and pull requests there are, and how many comments."""
    return len(world.listed("issues?state=all")), len(world.listed("issues/comments"))


def forge(world: World, files: Mapping[str, bytes | None]) -> str:
    """Push a commit with these files on the state ref (None removes one); return what it was."""
    world.leave_house()
    before = world.git("rev-parse", ref(world))
    bare = world.town.places.hub / "repos" / f"{world.site.milestone.repository}.git"
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        _git(bare, index, "read-tree", before)
        for path, content in files.items():
            entry = f"0 {'0' * 40}\t{path}\n"
            if content is not None:
                blob = _git(bare, index, "hash-object", "-w", "--stdin", told=content)
                entry = f"100644 {blob}\t{path}\n"
            _git(bare, index, "update-index", "--index-info", told=entry.encode())
        tree = _git(bare, index, "write-tree")
        made = _git(bare, index, "commit-tree", tree, "-p", before, "-m", "By hand")
    world.git("update-ref", ref(world), made)
    return before


def forge_values(world: World, path: str, **values: Any) -> str:
    """Change values of a record as somebody would with an editor; return what the ref was."""
    raw = json.loads(world.git("cat-file", "blob", f"{ref(world)}:{path}"))
    return forge(world, {path: json.dumps(raw | values).encode()})


def _git(bare: Path, more: Mapping[str, str], *arguments: str, told: bytes = b"") -> str:
    who = {f"GIT_{w}_{n}": "mary@example.org" for w in ("AUTHOR", "COMMITTER")
           for n in ("NAME", "EMAIL")}  # fmt: skip
    ran = subprocess.run(
        ["git", f"--git-dir={bare}", *arguments],
        input=told, capture_output=True, check=True, env={**os.environ, **who, **more},
    )  # fmt: skip
    return ran.stdout.decode().strip()
