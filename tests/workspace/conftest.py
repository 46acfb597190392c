"""A remote repository on disk, a clone of it, and small helpers around both."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.workspace.clone import Clone
from bot.workspace.remote import Remote
from bot.workspace.worktrees import FolderWorktrees

ENV = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


@dataclass
class World:
    """The remote as other people see it: a bare repository and somebody's checkout."""

    bare: Path
    checkout: Path

    def git(self, *args: str, cwd: Path | None = None, stdin: bytes = b"") -> str:
        ran = subprocess.run(
            ["git", *args],
            cwd=cwd or self.checkout,
            env=ENV,
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    def commit(
        self, files: dict[str, str | None], *, on: str = "main", start: str | None = None
    ) -> str:
        """Change files on a branch (None removes), push it, return the commit."""
        self.git("checkout", "-q", "--detach", start or self.tip(on) or "HEAD")
        for name, text in files.items():
            path = self.checkout / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        self.git("push", "-q", "-f", "origin", f"HEAD:refs/heads/{on}")
        return self.git("rev-parse", "HEAD")

    def tip(self, branch: str) -> str | None:
        found = self.git("ls-remote", str(self.bare), f"refs/heads/{branch}")
        return found.split("\t")[0] or None

    def show(self, commit: str, path: str, *, repo: Path) -> str:
        return self.git("--git-dir", str(repo), "cat-file", "blob", f"{commit}:{path}")

    def tree(self, commit: str, *, repo: Path) -> dict[str, str]:
        """Path to mode, of every file of a commit."""
        listed = self.git("--git-dir", str(repo), "ls-tree", "-r", "-z", commit)
        entries = (line.partition("\t") for line in listed.split("\0") if line)
        return {path: meta.split(" ")[0] for meta, _, path in entries}


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "remote.git", tmp_path / "person")
    made.checkout.mkdir()
    made.git("init", "-q", "--bare", "-b", "main", str(made.bare))
    made.git("init", "-q", "-b", "main")
    made.git("remote", "add", "origin", str(made.bare))
    made.git("commit", "-q", "--allow-empty", "-m", "nothing yet")
    made.commit({"README": "hello\n", "src/a.py": "one\ntwo\nthree\n"}, start="HEAD")
    return made


@pytest.fixture
def clone(world: World, tmp_path: Path) -> Iterator[Clone]:
    made = Clone(tmp_path / "bot", Remote(str(world.bare)))
    made.fetch()
    yield made
    made.close()


@pytest.fixture
def places(clone: Clone, tmp_path: Path) -> FolderWorktrees:
    return FolderWorktrees(clone, tmp_path / "places", max_file_bytes=1000)


@pytest.fixture
def base(clone: Clone) -> str:
    head = clone.head("main")
    assert head is not None
    return head.sha
