"""Creating a bare repository as the hub wants it."""

import os
import shutil
from pathlib import Path

from bot.hub.git.command import run_git

_CONFIG = {
    "core.hooksPath": "/dev/null",
    "core.logAllRefUpdates": "false",
    "gc.auto": "0",
    "receive.autogc": "false",
    "maintenance.auto": "false",
    "receive.advertisePushOptions": "true",
    "receive.hideRefs": "refs/pull",
    "uploadpack.allowAnySHA1InWant": "true",
    "uploadpack.allowFilter": "true",
    "http.receivepack": "true",
    "http.getanyfile": "false",
}


def found_repository(path: Path, default_branch: str) -> None:
    """Create an empty bare repository at ``path``; a half-made one of an earlier crash is replaced.

    As on GitHub, ``refs/pull/*`` can be fetched and not pushed, any commit can be fetched by its
    SHA, and hooks never run.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    run_git(draft, "init", "--quiet", "--bare", "--template=", f"--initial-branch={default_branch}")
    with (draft / "config").open("a", encoding="utf-8") as file:
        for name, value in _CONFIG.items():
            section, _, key = name.partition(".")
            file.write(f"[{section}]\n\t{key} = {value}\n")
    shutil.rmtree(path, ignore_errors=True)
    draft.rename(path)


def commit_tree(
    path: Path, tree: str, parents: tuple[str, ...], message: str, people: dict[str, str]
) -> str:
    """Write a commit object and return its SHA.

    ``people`` holds the GIT_AUTHOR and GIT_COMMITTER variables.
    """
    arguments = [word for parent in parents for word in ("-p", parent)]
    _, out = run_git(
        path, "commit-tree", tree, *arguments, stdin=message.encode() + b"\n", extra=people
    )
    return out.decode().strip()


def first_commit(path: Path, branch: str, readme: str, people: dict[str, str]) -> str:
    """Make the commit that GitHub makes for ``auto_init``: a README on the default branch."""
    _, blob = run_git(path, "hash-object", "-w", "--stdin", stdin=readme.encode())
    _, tree = run_git(path, "mktree", stdin=b"100644 blob " + blob.strip() + b"\tREADME.md\n")
    commit = commit_tree(path, tree.decode().strip(), (), "Initial commit", people)
    run_git(path, "update-ref", f"refs/heads/{branch}", commit, "")
    return commit
