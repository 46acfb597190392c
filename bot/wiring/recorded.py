"""What `status`, `log` and `show` read: a world's records, with git alone and no server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.errors import UserError
from bot.wiring.places import World, world_of
from bot.wiring.register import Milestone, load_register


@dataclass(frozen=True, slots=True)
class Recorded:
    """One milestone's records."""

    world: World
    milestone: Milestone

    @property
    def ref(self) -> str:
        """The state ref."""
        return f"refs/specloop/{self.milestone.root}"

    @property
    def git_dir(self) -> Path:
        """The bot's clone."""
        name = self.milestone.repository.partition("/")[2]
        return self.world.clone / name / "repo.git"

    def read(self, path: str) -> Any | None:
        """Return a record as plain data, or None. Raises UserError when it is damaged."""
        found = self._git("cat-file", "blob", f"{self.ref}:{path}")
        if found.returncode != 0:
            return None
        try:
            return json.loads(found.stdout)
        except ValueError:
            raise UserError(
                f"{path} of the record {self.ref} cannot be read: it is no JSON. "
                "`specloop tick` says what can be done."
            ) from None

    def read_all(self, paths: Sequence[str]) -> list[Any]:
        """Return the records at paths that exist, as plain data, in one process."""
        return [json.loads(content) for content in self.contents(paths)]

    def contents(self, paths: Sequence[str]) -> list[bytes]:
        """Return the contents of files that exist."""
        return self._objects([f"{self.ref}:{path}" for path in paths])

    def versions(self, path: str) -> list[tuple[int, bytes]]:
        """Return each version of a file, oldest first, with its time in seconds since 1970."""
        listed = self._git("log", "--reverse", "--format=%H %ct", self.ref, "--", path)
        commits = [line.split() for line in listed.stdout.decode().splitlines()]
        contents = self._objects([f"{commit}:{path}" for commit, _ in commits])
        return [(int(at), content) for (_, at), content in zip(commits, contents, strict=True)]

    def _objects(self, names: Sequence[str]) -> list[bytes]:
        out = self._git("cat-file", "--batch", stdin="\n".join([*names, ""]).encode()).stdout
        found, at = [], 0
        for _ in names:
            end = out.index(b"\n", at)
            size = int(out[at:end].split(b" ")[2])
            found.append(out[end + 1 : end + 1 + size])
            at = end + size + 2
        return found

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all records."""
        listed = self._git("ls-tree", "-r", "-z", "--name-only", self.ref)
        return tuple(p for p in listed.stdout.decode().split("\0") if p)

    def _git(self, *args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["git", f"--git-dir={self.git_dir}", *args],
            input=stdin,
            capture_output=True,
            check=False,
        )


def recorded(repo: Path, root: int | None) -> Recorded:
    """Return the records of a checkout's milestone. Raises UserError when there is none."""
    world = world_of(_top(repo))
    register = load_register(world)
    if register is None:
        raise UserError(f"Nothing was run for {repo.resolve()} yet: try `specloop run SPEC.md`.")
    return Recorded(world, register.find(root))


def _top(repo: Path) -> Path:
    """Return the top of the checkout: what worlds are named after."""
    found = subprocess.run(
        ["git", "-c", "core.fsmonitor=false", "rev-parse", "--is-bare-repository",
         "--show-toplevel"],
        cwd=repo if repo.is_dir() else Path(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    lines = found.stdout.splitlines()
    if lines[:1] == ["true"]:
        return repo
    if not repo.is_dir() or len(lines) < 2:
        raise UserError(f"{repo} is not a git repository.")
    return Path(lines[1])
