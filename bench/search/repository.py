"""A folder's files as one commit of a bare repository, and an index of it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bot.workspace.codesearch.index import INDEX, CodeIndex
from bot.workspace.git import Git


@dataclass(frozen=True, slots=True)
class Repository:
    """Files, their repository and its index, all below one folder."""

    folder: Path

    @property
    def files(self) -> Path:
        """Where the files lie."""
        return self.folder / "files"

    @property
    def database(self) -> Path:
        """The index."""
        return self.folder / INDEX

    def commit(self) -> str:
        """Commit the files as they are."""
        git_dir = self.folder / "repo.git"
        identity = {f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER")
                    for what in ("NAME", "EMAIL")}  # fmt: skip
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, **identity}

        def git(*args: str) -> str:
            command = ["git", f"--git-dir={git_dir}", f"--work-tree={self.files}", *args]
            ran = subprocess.run(
                command, cwd=self.files, env=environment, check=True, capture_output=True, text=True
            )
            return ran.stdout.strip()

        if not git_dir.exists():
            subprocess.run(["git", "init", "-q", "--bare", str(git_dir)], check=True)
        git("add", "--all", "--force")
        git("commit", "--quiet", "--message", "Files")
        return git("rev-parse", "HEAD")

    def index(self) -> CodeIndex:
        """Return an index as a new process has it."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return CodeIndex(Git(self.folder / "repo.git", home), self.database)

    def forget(self) -> None:
        """Remove the index."""
        for path in self.folder.glob(f"{INDEX}*"):
            path.unlink()
