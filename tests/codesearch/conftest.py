"""A repository, made with git, and an index of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.workspace.codesearch.index import CodeIndex
from bot.workspace.git import Git

FILES = {
    "src/parser.py": (
        '"""Reads intervals."""\n\nimport re\n\n\nclass IntervalParser:\n'
        '    """Knows the grammar."""\n\n    def readInterval(self, text):\n'
        '        """Return both ends of a range of pages."""\n        return text.split("-")\n'
    ),
    "src/report.py": "def print_report(rows):\n    for row in rows:\n        print(row)\n",
    "web/view.ts": "export class Board {\n  refresh(now: number) {\n    return now;\n  }\n}\n",
    "docs/guide.md": "# Intervals\n\nPages are given as intervals.\n\n## Reports\n\nPrinted.\n",
    "package-lock.json": '{"interval": "parser"}',
    "logo.png": "interval\0parser",
}


@dataclass
class Repository:
    """A bare repository and a folder to commit from."""

    folder: Path

    @property
    def git_dir(self) -> Path:
        return self.folder / "repo.git"

    @property
    def tree(self) -> Path:
        return self.folder / "tree"

    def git(self, *args: str) -> str:
        command = ["git", f"--git-dir={self.git_dir}", f"--work-tree={self.tree}", *args]
        identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a", "GIT_COMMITTER_NAME": "a"}
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, **identity}
        environment["GIT_COMMITTER_EMAIL"] = "a"
        return subprocess.run(
            command, cwd=self.tree, env=environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self, files: Mapping[str, str | None]) -> str:
        """Change files (None removes) and return the commit."""
        for name, text in files.items():
            path = self.tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink() if text is None else path.write_bytes(text.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def index(self) -> CodeIndex:
        """Another process's index of the same repository."""
        (self.folder / "home").mkdir(exist_ok=True)
        return CodeIndex(Git(self.git_dir, self.folder / "home"), self.folder / "search.sqlite")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.tree.mkdir()
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def base(repository: Repository) -> str:
    return repository.commit(FILES)


@pytest.fixture
def index(repository: Repository) -> Iterator[CodeIndex]:
    made = repository.index()
    yield made
    made.close()
