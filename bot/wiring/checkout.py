"""The user's own repository: read it, copy from it, give it a result branch, touch nothing else."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import UserError
from bot.wiring.places import world_of
from bot.workspace.git import Git, GitResult
from bot.workspace.remote import Remote

if TYPE_CHECKING:
    from bot.workspace.codesearch.index import CodeIndex


@dataclass(frozen=True, slots=True)
class Checkout:
    """What was found at a path."""

    path: Path
    """Top of the work tree, or the bare repository itself."""
    git_dir: Path
    head: str
    branch: str | None
    """None when HEAD is detached."""
    bare: bool
    dirty: bool

    @property
    def name(self) -> str:
        """A repository name made of the folder's."""
        base = self.path.resolve().name.removesuffix(".git") or "repository"
        safe = "".join(c if c.isalnum() or c in "._-" else "-" for c in base)
        return safe.strip("-.")[:90] or "repository"

    @property
    def base_branch(self) -> str:
        """The branch that the copy is worked on."""
        return self.branch or "main"


def open_checkout(path: Path) -> Checkout:
    """Look at the repository at or above a path.

    Raises UserError when there is none, when it has no commits, or when it is shallow.
    """
    if not path.exists():
        raise UserError(f"{path} does not exist.")
    if not path.is_dir():
        raise UserError(f"{path} is not a folder.")
    found = _git(path, "rev-parse", "--absolute-git-dir", "--is-bare-repository",
                 "--is-shallow-repository")  # fmt: skip
    if found.returncode != 0:
        hint = found.stderr.strip().splitlines()[-1:] or [""]
        if "dubious ownership" in found.stderr:
            raise UserError(
                f"git refuses {path}: it belongs to another user; see `git config safe.directory`."
            )
        raise UserError(f"{path} is not a git repository ({hint[0].removeprefix('fatal: ')}).")
    git_dir, bare, shallow = found.stdout.split("\n")[:3]
    if shallow == "true":
        raise UserError(f"{path} is a shallow clone: run `git fetch --unshallow` first.")
    head = _git(path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head.returncode != 0:
        raise UserError(f"{path} has no commits yet: make a first one.")
    top = path if bare == "true" else Path(_git(path, "rev-parse", "--show-toplevel").stdout[:-1])
    branch = _git(path, "symbolic-ref", "--quiet", "--short", "HEAD").stdout.strip() or None
    dirty = bare != "true" and bool(_git(path, "status", "--porcelain").stdout.strip())
    return Checkout(top, Path(git_dir), head.stdout.strip(), branch, bare == "true", dirty)


def read_file(checkout: Checkout, path: str) -> bytes | None:
    """Return a file's content at HEAD, or None when it is not in the commit."""
    result = _reader(checkout).run(["cat-file", "blob", f"{checkout.head}:{path}"])
    return result.stdout if result.code == 0 else None


def list_files(checkout: Checkout) -> tuple[str, ...]:
    """Return the paths of HEAD."""
    out = _reader(checkout).out(["ls-tree", "-r", "-z", "--name-only", checkout.head])
    return tuple(p.decode("utf-8", "backslashreplace") for p in out.split(b"\0") if p)


def search_index(checkout: Checkout) -> CodeIndex:
    """Return the index of a checkout's commits: the one that runs on it use."""
    from bot.workspace.codesearch.index import INDEX, CodeIndex

    clone = world_of(checkout.path).clone / checkout.name
    return CodeIndex(_reader(checkout), clone / INDEX)


def push_base(checkout: Checkout, url: str, token: str, branch: str) -> bool:
    """Copy HEAD to a branch of the embedded GitHub; False when that branch has moved elsewhere."""
    git = _reader(checkout, Remote(url, lambda: token))
    pushed = git.run(
        ["push", "--quiet", "--no-verify", url, f"{checkout.head}:refs/heads/{branch}"],
        remote=True,
    )
    if pushed.code == 0:
        return True
    if "non-fast-forward" in pushed.stderr or "fetch first" in pushed.stderr:
        return False
    raise UserError(f"The repository could not be copied: {pushed.complaint}.")


def fetch_result(checkout: Checkout, url: str, token: str, source: str, branch: str) -> GitResult:
    """Bring the result into a branch of the checkout, moved forward only.

    Nothing else changes: no remote, no tag, no FETCH_HEAD, no file. A branch that moved on its
    own, or is checked out somewhere, makes it fail; the caller says so.
    """
    git = _reader(checkout, Remote(url, lambda: token))
    return git.run(
        ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
         url, f"refs/heads/{source}:refs/heads/{branch}"],
        remote=True,
    )  # fmt: skip


def remote_head(url: str, token: str, branch: str) -> str | None:
    """Return where a branch of the embedded GitHub is, or None when it cannot be told."""
    remote = Remote(url, lambda: token)
    asked = Git(Path(tempfile.gettempdir()), Path(tempfile.gettempdir()), remote).run(
        ["ls-remote", "--quiet", url, f"refs/heads/{branch}"], remote=True
    )
    return asked.text.split("\t")[0] or None if asked.code == 0 else None


def _reader(checkout: Checkout, remote: Remote | None = None) -> Git:
    return Git(checkout.git_dir, Path(tempfile.gettempdir()), remote)


def _git(path: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a git that finds the repository by itself: this one is the user's, who may configure it.

    Programs that a configuration could start (a file-system monitor, hooks) stay off all the same.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        return subprocess.run(
            ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *args],
            cwd=path,
            env=environment | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="backslashreplace",
            check=False,
        )
    except FileNotFoundError:
        raise UserError("git is not installed, or not on PATH.") from None
