"""Faults of the git remote, and what people do to branches meanwhile."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bot.hub import MAINTAINER, read_tokens, running_hub
from bot.wiring.places import World
from tests.recovery.faults.control import Control

NAME = "maintainer/book"
PERSONS_FILE = "NOTES.txt"
_RECEIVE = {"api": "git", "path": "**/git-receive-pack"}
_PUSHES = {
    "push: 500": {"fault": "fail", "answer": 500, "match": _RECEIVE},
    "push: cut before": {"fault": "fail", "answer": "drop", "match": _RECEIVE},
    "push: lost, 502": {"fault": "fail", "when": "after", "match": _RECEIVE},
    "push: lost, cut": {"fault": "fail", "when": "after", "answer": "drop", "match": _RECEIVE},
}
_ANY = {
    "remote: 502": {"fault": "fail", "match": {"api": "git", "path": "**/info/refs"}},
    "remote: cut": {
        "fault": "fail", "answer": "drop", "match": {"api": "git", "path": "**/info/refs"},
    },
}  # fmt: skip
PUSHES = (*_PUSHES, "push: rejected")
REMOTE = tuple(_ANY)
PEOPLE = ("base moved", "branch deleted", "branch forced")


def remote_faults(world: World, control: Control) -> Callable[[str, Any], Any]:
    """Return the function that makes the context of one command from the fault wanted of it."""

    @contextmanager
    def under(fault: str, args: Any) -> Iterator[None]:
        with ExitStack() as stack:
            if fault == "push: rejected":
                _lock_refs(world, args, stack)
            else:
                control.add([{**({**_PUSHES, **_ANY})[fault], "times": 1}])
            yield

    return under


def _lock_refs(world: World, args: Any, stack: ExitStack) -> None:
    """Have the server refuse the refs of a push: somebody holds their locks."""
    for ref in (a.rpartition(":")[2] for a in args if ":refs/" in a and not a.startswith("-")):
        lock = world.hub / "repos" / f"{NAME}.git" / f"{ref}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
        stack.callback(lock.unlink, missing_ok=True)


def people(world: World) -> dict[str, Callable[[], None]]:
    """Return what a person may do to the repository at any point."""
    return {
        "base moved": lambda: _move(world, "main"),
        "branch deleted": lambda: _each(world, lambda git, b: git("push", "-q", "there", f":{b}")),
        "branch forced": lambda: _each(world, _force),
    }


Run = Callable[..., str]


def _each(world: World, act: Callable[[Run, str], object]) -> None:
    """Do something to the newest branch of an attempt, if there is one."""
    git = _person(world)
    listed = git("for-each-ref", "--sort=-committerdate", "--format=%(refname:strip=3)",
                 "refs/remotes/there/specloop/").splitlines()  # fmt: skip
    if listed:
        act(git, listed[0])


def _move(world: World, branch: str) -> None:
    git = _person(world)
    blob = git("hash-object", "-w", "--stdin", given="A person was here.\n")
    listed = git("ls-tree", f"refs/remotes/there/{branch}")
    tree = git("mktree", given=f"{listed}\n100644 blob {blob}\t{PERSONS_FILE}\n")
    made = git("commit-tree", tree, "-p", f"refs/remotes/there/{branch}", "-m", "Leave a note")
    git("push", "-q", "there", f"{made}:refs/heads/{branch}")


def _force(git: Run, branch: str) -> None:
    """Rewrite a branch's newest commit, with the same files."""
    here = f"refs/remotes/there/{branch}"
    parent = git("rev-parse", f"{here}^")
    made = git("commit-tree", f"{here}^{{tree}}", "-p", parent, "-m", "Say it better")
    git("push", "-q", "--force", "there", f"{made}:refs/heads/{branch}")


def _person(world: World) -> Run:
    """Return git on the person's own clone, up to date."""
    folder = world.folder / "person.git"

    def run(*arguments: str, given: str = "") -> str:
        identity = ("-c", "user.name=Person", "-c", "user.email=person@example.com")
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", f"--git-dir={folder}", *identity, *arguments]
        done = subprocess.run(
            command, input=given, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.rstrip("\n")

    if not Path(folder).exists():
        run("init", "-q", "--bare", str(folder))
    url = running_hub(world.hub) or ""
    token = read_tokens(world.hub)[MAINTAINER]
    run("config", "remote.there.url", url.replace("://", f"://x:{token}@") + f"/{NAME}.git")
    run("config", "remote.there.fetch", "+refs/heads/*:refs/remotes/there/*")
    run("fetch", "-q", "--prune", "there")
    return run
