"""The state ref: commits made locally, pushed compare-and-swap, never merged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping

from bot.domain.errors import ServiceError, StateDiverged
from bot.ports.state import StateStore
from bot.state.commits import check_path, collides, load_files, write_commit
from bot.state.git import Ran, RunGit, complaint


def ref_of(root: int) -> str:
    """Return the default name of a milestone's state ref."""
    return f"refs/specloop/{root}"


class RefStore(StateStore):
    """One milestone's state; safe to use from several threads of one process.

    Four refs of the bare clone take part: the state ref itself with the local commits, and below
    `refs/specloop-known/` what the remote's was when last seen, what was just fetched, and what a
    person may set it back to.
    """

    def __init__(
        self, git: RunGit, remote: str, ref: str, now: Callable[[], float] = time.time
    ) -> None:
        """Read the local refs; call `refresh` before trusting them."""
        self._git = git
        self._remote = remote
        self._ref = ref
        self._known_ref = f"refs/specloop-known/last/{ref.removeprefix('refs/')}"
        self._fetched_ref = f"refs/specloop-known/new/{ref.removeprefix('refs/')}"
        self._allowed_ref = f"refs/specloop-known/allowed/{ref.removeprefix('refs/')}"
        self._now = now
        self._lock = threading.RLock()
        self._pushing = threading.Lock()  # a push takes long: readers need not wait for it
        self._files: dict[str, bytes] = {}
        self._blobs: dict[str, bytes] = {}
        self._loaded: str | None = None
        self.pushes = 0
        """Pushes tried so far."""
        refs = self._local_refs()
        self._head: str | None = refs.get(self._ref)
        self._known: str | None = refs.get(self._known_ref)

    @property
    def head(self) -> str | None:
        """The newest local commit, or None while there is no state at all."""
        return self._head

    @property
    def unpublished(self) -> bool:
        """Whether there are local commits that the remote is not known to have."""
        return self._head != self._known

    def refresh(self) -> None:
        """Read the ref anew from the remote; commits of ours that build on it are kept.

        Local commits that do not build on it are given up: they were never published, so nothing
        was done because of them. Raises StateDiverged when the remote's ref is gone or went back
        behind what was seen there and is not what a person was allowed to set it back to,
        ServiceError when the remote does not answer.
        """
        with self._pushing, self._lock:
            there = self._fetch()
            if there is None:
                if self._known is not None:
                    raise StateDiverged(
                        f"The state ref {self._ref} is gone from the remote; a person must put it "
                        f"back (git push {self._remote} {self._known}:{self._ref}) or close the "
                        "milestone."
                    )
                return  # never published yet
            set_back = self._known is not None and not self._below(self._known, there)
            if set_back and not self._is_allowed(there):
                raise StateDiverged(
                    f"The state ref {self._ref} was rewound or rewritten on the remote: it is "
                    f"{there[:10]}, which does not contain {str(self._known)[:10]}; a person must "
                    f"put that back (git push --force {self._remote} {self._known}:{self._ref}) or "
                    "close the milestone."
                )
            # A neighbour on this machine may have committed since this one looked.
            self._head = self._local_refs().get(self._ref)
            if self._head is None or set_back or not self._below(there, self._head):
                self._move(there)
            self._learn(there)

    def read(self, path: str) -> bytes | None:
        """Return a file's content in the newest local commit, or None."""
        with self._lock:
            return self._content().get(path)

    def list(self, prefix: str) -> tuple[str, ...]:
        """Return the paths that start with a prefix, sorted."""
        with self._lock:
            return tuple(sorted(path for path in self._content() if path.startswith(prefix)))

    def past(self, limit: int) -> Iterator[tuple[str, Mapping[str, bytes]]]:
        """Yield the commits before the newest local one with their files, newest first."""
        if self._head is None:
            return
        listed = self._git(["rev-list", "--first-parent", f"-n{limit}", "--skip=1", self._head])
        for commit in listed.stdout.decode("ascii", "replace").split():
            with self._lock:
                blobs = self._blobs
            files, _ = load_files(self._git, commit, blobs)
            yield commit, files

    def allow(self, commit: str) -> None:
        """Let a person set the ref back to this commit; a later process knows it, too."""
        self._git(["update-ref", self._allowed_ref, commit])

    def commit(self, changes: Mapping[str, bytes | None], message: str) -> None:
        """Add a local commit: it survives this process, not this machine; None removes a file.

        Files that are as they were are no change, and no change is no commit. Raises ValueError
        for an impossible path, StateDiverged when another process moved the local ref.
        """
        with self._lock:
            files = self._content()
            changed = {p: c for p, c in changes.items() if files.get(p) != c}
            removed = {p for p, c in changed.items() if c is None}
            kept = {*files, *changed} - removed
            for path in changed:
                check_path(path)
                if path not in removed and path not in files and collides(path, kept):
                    raise ValueError(f"{path!r} cannot be both a file and a folder")
            if not changed:
                return
            made = write_commit(
                self._git, self._ref, self._head, changed, message, int(self._now())
            )
            self._files = {p: c for p in kept if (c := changed.get(p, files.get(p))) is not None}
            self._head = self._loaded = made

    def publish(self) -> None:
        """Push the local commits; nothing is sent when the remote has them already.

        Raises StateDiverged when somebody else moved the ref, ServiceError when the remote could
        not be reached or refused the push by its own rules.
        """
        with self._pushing:
            with self._lock:
                ours, known = self._head, self._known
            if ours is None or ours == known:
                return
            self.pushes += 1
            lease = f"--force-with-lease={self._ref}:{known or ''}"
            pushed = self._git(
                ["push", "--porcelain", "--no-verify", lease, self._remote, f"{ours}:{self._ref}"],
                remote=True,
            )
            if pushed.code != 0:
                self._judge(pushed, ours, known)
            with self._lock:
                self._learn(ours)

    def _judge(self, pushed: Ran, ours: str, known: str | None) -> None:
        """Find out what became of a push without a clear yes; return if it went through."""
        there = self._ask()
        if there == ours:
            return
        if there == known:
            raise _unreachable("take the state", _refusal(pushed))
        if there is not None and self._fetch() is not None and self._below(ours, there):
            return
        raise StateDiverged(
            f"Another process moved the state ref {self._ref}: it is "
            f"{there[:10] if there else 'gone'}, and was {known[:10] if known else 'not there'}."
        )

    def _ask(self) -> str | None:
        asked = self._git(["ls-remote", "--quiet", self._remote, self._ref], remote=True)
        if asked.code != 0:
            raise _unreachable("tell its state ref", complaint(asked))
        lines = (line.split("\t") for line in asked.stdout.decode("utf-8", "replace").splitlines())
        return next((sha for sha, name in lines if name == self._ref), None)

    def _fetch(self) -> str | None:
        """Fetch the remote's ref beside ours and return its commit; None when it is not there."""
        fetched = self._fetched()
        # Absence matters too much to be read off an error's wording alone.
        if fetched.code != 0 and self._ask() is None:
            return None
        if fetched.code != 0:  # it may have come into being between the two questions
            fetched = self._fetched()
        if fetched.code != 0:
            raise _unreachable("give the state", complaint(fetched))
        return self._local_refs().get(self._fetched_ref)

    def _fetched(self) -> Ran:
        return self._git(
            [
                *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", self._remote),
                f"+{self._ref}:{self._fetched_ref}",
            ],
            remote=True,
        )

    def _below(self, ancestor: str, descendant: str) -> bool:
        if ancestor == descendant:
            return True
        return self._git(["merge-base", "--is-ancestor", ancestor, descendant]).code == 0

    def _is_allowed(self, there: str) -> bool:
        """Whether a person was told to set the ref back to this commit, or to one below it."""
        allowed = self._local_refs().get(self._allowed_ref)
        return allowed is not None and self._below(allowed, there)

    def _learn(self, there: str) -> None:
        """Remember what the remote has; a note that could not be written is made good next time."""
        if there != self._known:
            self._git(["update-ref", self._known_ref, there])
            self._known = there

    def _move(self, there: str) -> None:
        """Let the local ref follow the remote's, unless a neighbour moved it meanwhile."""
        before = self._head or ""  # git's word for a ref that must not exist
        moved = self._git(["update-ref", self._ref, there, before])
        if moved.code != 0:
            raise StateDiverged(f"The local state ref could not be moved: {complaint(moved)}.")
        self._head = there

    def _local_refs(self) -> dict[str, str]:
        names = (self._ref, self._known_ref, self._fetched_ref, self._allowed_ref)
        listed = self._git(["for-each-ref", "--format=%(refname) %(objectname)", *names])
        lines = listed.stdout.decode("utf-8", "replace").splitlines()
        return {name: sha for name, _, sha in (line.partition(" ") for line in lines)}

    def _content(self) -> dict[str, bytes]:
        if self._loaded != self._head:
            if self._head is None:
                self._files = {}
            else:
                self._files, self._blobs = load_files(self._git, self._head, self._blobs)
            self._loaded = self._head
        return self._files


def _unreachable(doing: str, said: str) -> ServiceError:
    return ServiceError(f"The git remote did not {doing}: {said}. The next run tries again.")


def _refusal(pushed: Ran) -> str:
    """Return the remote's own reason, when it gave one."""
    for line in pushed.stdout.decode("utf-8", "replace").splitlines():
        if line.startswith("!\t"):
            return line.rpartition("\t")[2]
    return complaint(pushed)
