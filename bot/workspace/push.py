"""Moving remote branches compare-and-swap, and telling what became of an ambiguous push."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import BranchRefused, ServiceError, SpecloopError, UserError
from bot.workspace.git import Git, GitResult, branch_ref, oid
from bot.workspace.remote import Remote

_DENIED = re.compile(
    r"authentication failed|invalid credentials|could not read username|access denied"
    r"|permission to .* denied|repository .*not found|error: 40[134]|returned error: 40[134]"
    r"|does not appear to be a git repository",
    re.IGNORECASE,
)
_REJECTED = re.compile(r"^!\t\S*\t\[remote rejected\] (.*)$", re.MULTILINE)
_RULE = re.compile(r"declined|refusing|den(y|ied)|not allowed", re.IGNORECASE)
"""A rule's words. Without them (`failed to update ref`, say) the remote was not well: try later."""


@dataclass(eq=False)
class _Move:
    """One branch to be moved, and what became of it."""

    branch: str
    commit: str
    expected: str | None
    moved: bool | None = None
    error: BaseException | None = None

    @property
    def ref(self) -> str:
        return branch_ref(self.branch)

    @property
    def settled(self) -> bool:
        return self.moved is not None or self.error is not None

    @property
    def arguments(self) -> tuple[str, str]:
        """The lease on the old value, and what is to be pushed."""
        old = oid(self.expected) if self.expected else ""
        return f"--force-with-lease={self.ref}:{old}", f"{oid(self.commit)}:{self.ref}"


class Pusher:
    """Moves remote branches; those asked for while a push is under way travel in one push.

    A push costs several processes on both sides whatever it carries, and Executors end their
    rounds by the dozen. Safe to use from several threads.
    """

    def __init__(self, git: Git, remote: Remote) -> None:
        self._git = git
        self._remote = remote
        self._pushing = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Move] = []

    def move(self, branch: str, commit: str, expected: str | None) -> bool:
        """Move a remote branch from `expected` (None: must not exist) to `commit`.

        True when the commit is there or below what is there, also from an earlier push whose
        answer was lost. False when somebody else moved the branch. Raises BranchRefused when the
        remote refused it by its own rules, ServiceError when it could not be reached.
        """
        move = _Move(branch, commit, expected)
        _ = move.arguments  # a name or id that git would not take is refused before it waits
        with self._lock:
            self._waiting.append(move)
        with self._pushing:
            while not move.settled:
                self._carry(self._due())
        if move.error is not None:
            raise move.error
        return bool(move.moved)

    def _due(self) -> list[_Move]:
        """Take the moves that wait, one of each branch."""
        with self._lock:
            due = list({move.ref: move for move in reversed(self._waiting)}.values())
            self._waiting = [move for move in self._waiting if move not in due]
            return due[::-1]

    def _carry(self, moves: list[_Move]) -> None:
        """Push the moves together; when that was not accepted whole, one by one.

        What one of them is refused for (a rule, a file too large) may have refused the others.
        """
        try:
            if len(moves) > 1 and self._push(moves).code == 0:
                for move in moves:
                    move.moved = True
                return
            for move in moves:
                try:
                    move.moved = self._alone(move)
                except UserError as error:
                    move.error = error
        except BaseException as error:  # noqa: BLE001 (raised again, by each who waits for it)
            for move in moves:
                if not move.settled:
                    move.error = error

    def _push(self, moves: Sequence[_Move]) -> GitResult:
        leases, refs = zip(*(move.arguments for move in moves), strict=True)
        return self._git.run(
            ["push", "--porcelain", "--no-verify", *leases, self._remote.url, *refs], remote=True
        )

    def _alone(self, move: _Move) -> bool:
        pushed = self._push([move])
        if pushed.code == 0:
            return True
        there = remote_oid(self._git, self._remote, move.ref)
        if there == move.commit:
            return True
        if there == move.expected:
            raise self._refusal(move, pushed)
        return there is not None and self._lies_below(move, there)

    def _refusal(self, move: _Move, pushed: GitResult) -> SpecloopError:
        rejected = _REJECTED.search(pushed.text)
        if rejected is None:
            return remote_error("push", pushed)
        told = rejected[1].strip("()")
        if _RULE.search(told):
            return BranchRefused(f"The remote refused the branch {move.branch}: {told}.")
        return ServiceError(
            f"The remote did not take the branch {move.branch}: {told}. The next run tries again."
        )

    def _lies_below(self, move: _Move, there: str) -> bool:
        fetched = self._git.run(
            [
                *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
                *(self._remote.url, move.ref),
            ],
            remote=True,
        )
        if fetched.code != 0:
            raise remote_error("fetch", fetched)
        return self._git.run(["merge-base", "--is-ancestor", move.commit, there]).code == 0


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
    return ServiceError(
        f"The remote could not be reached for git {doing}: {told}. The next run tries again."
    )
