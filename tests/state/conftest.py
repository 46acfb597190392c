"""A remote on disk, and stores of several processes on clones of their own."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.state.ref import RefStore, ref_of
from bot.workspace.clone import Clone
from bot.workspace.remote import Remote


class Wire:
    """Git as the wiring gives it, with the faults a test asks for, and a count of processes."""

    def __init__(self, clone: Clone) -> None:
        self.clone = clone
        self.calls: list[str] = []
        self.lose_answer = ""
        """A command that is done, and whose answer is lost on the way."""
        self.before: dict[str, Callable[[], None]] = {}
        self.dead = False

    def __call__(self, args, *, stdin=b"", remote=False):
        self.calls.append(args[0])
        if act := self.before.pop(args[0], None):
            act()
        result = self.clone.git.run(args, stdin=stdin, remote=remote)
        if remote and (self.dead or self.lose_answer == args[0]):
            return type(result)(128, b"", "fatal: the remote end hung up unexpectedly\n")
        return result


class Bench:
    """Makes stores of one milestone: one clone for each name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.remote = folder / "remote.git"
        self.clones: list[Clone] = []
        subprocess.run(["git", "init", "-q", "--bare", str(self.remote)], check=True)

    def store(self, name: str = "one", root: int = 7) -> RefStore:
        """A store as a new process on that machine opens it."""
        clone = Clone(self.folder / name, Remote(str(self.remote)))
        self.clones.append(clone)
        return RefStore(Wire(clone), str(self.remote), ref_of(root), now=lambda: 1_700_000_000.0)

    def git(self, *args: str) -> str:
        """Run git on the remote, as a person would."""
        ran = subprocess.run(
            ["git", f"--git-dir={self.remote}", *args], capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    def tip(self, root: int = 7) -> str:
        return self.git("for-each-ref", "--format=%(objectname)", ref_of(root))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    for clone in made.clones:
        clone.close()
