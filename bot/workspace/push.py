"""Moving a remote branch compare-and-swap, and telling what became of an ambiguous push."""

from __future__ import annotations

import re

from bot.domain.errors import ServiceError, SpecloopError, UserError
from bot.workspace.git import Git, GitResult, branch_ref, oid
from bot.workspace.remote import Remote

_DENIED = re.compile(
    r"authentication failed|invalid credentials|could not read username|access denied"
    r"|permission to .* denied|repository .*not found|error: 40[134]|returned error: 40[134]"
    r"|does not appear to be a git repository",
    re.IGNORECASE,
)
_REJECTED = re.compile(r"^!\t\S*\t\[remote rejected\] (.*)$", re.MULTILINE)


def move_branch(git: Git, remote: Remote, branch: str, commit: str, expected: str | None) -> bool:
    """Move a remote branch from `expected` (None: must not exist) to `commit`.

    True when the commit is there or below what is there, also from an earlier push whose answer
    was lost. False when somebody else moved the branch. Raises UserError when the remote refused
    it by its own rules, ServiceError when it could not be reached.
    """
    ref = branch_ref(branch)
    lease = f"--force-with-lease={ref}:{oid(expected) if expected else ''}"
    pushed = git.run(
        ["push", "--porcelain", "--no-verify", lease, remote.url, f"{oid(commit)}:{ref}"],
        remote=True,
    )
    if pushed.code == 0:
        return True
    there = remote_oid(git, remote, ref)
    if there == commit:
        return True
    if there == expected:
        if refused := _REJECTED.search(pushed.text):
            raise UserError(f"The remote refused the branch {branch}: {refused[1].strip('()')}.")
        raise remote_error("push", pushed)
    return there is not None and _lies_below(git, remote, ref, commit, there)


def remote_oid(git: Git, remote: Remote, ref: str) -> str | None:
    """Ask the remote what a ref is now; raises ServiceError when it does not answer."""
    asked = git.run(["ls-remote", "--quiet", remote.url, ref], remote=True)
    if asked.code != 0:
        raise remote_error("ls-remote", asked)
    found = (line.split("\t") for line in asked.text.splitlines())
    return next((sha for sha, name in found if name == ref), None)


def remote_error(doing: str, result: GitResult) -> SpecloopError:
    """Return the error to raise for a command that the remote or the network let down."""
    told = result.complaint
    if _DENIED.search(result.stderr):
        return UserError(f"The remote does not admit git {doing} with this token: {told}.")
    return ServiceError(f"The remote could not be reached for git {doing}: {told}.")


def _lies_below(git: Git, remote: Remote, ref: str, commit: str, there: str) -> bool:
    fetched = git.run(
        ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", remote.url, ref], remote=True
    )
    if fetched.code != 0:
        raise remote_error("fetch", fetched)
    return git.run(["merge-base", "--is-ancestor", commit, there]).code == 0
