"""The one way git is run: an argument list, an explicit git directory, a scrubbed environment.

Nothing of the machine (system and global configuration, hooks, credential helpers) and nothing of
a tree that an agent could write (discovery, filters, fsmonitor) has a say in it.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import DiskFull, SpecloopError
from bot.workspace.locks import LOCK_SECONDS, freed
from bot.workspace.remote import Remote, without_secrets

LOCAL_TIMEOUT = 300.0
REMOTE_TIMEOUT = 900.0
TRIES = 4
"""How often one command is run when it, or one before it that left its lock, was killed."""
TIMED_OUT = 124
"""Exit code reported for a command that was killed at its deadline."""

_CONFIG = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.attributesFile=/dev/null",  # its default is a file in the home folder
    "core.excludesFile=/dev/null",
    "core.autocrlf=false",
    "core.safecrlf=false",
    "core.protectNTFS=true",
    "core.protectHFS=true",
    "core.pager=cat",
    "core.askPass=",
    # Milliseconds that a ref may be held by another process on this machine.
    f"core.filesRefLockTimeout={LOCK_SECONDS * 1000:.0f}",
    f"core.packedRefsTimeout={LOCK_SECONDS * 1000:.0f}",
    "credential.helper=",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "push.followTags=false",
    "commit.gpgSign=false",
    "push.gpgSign=false",
    # A connection that says nothing for a minute is dead.
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
)
# How a company's network is reached; harmless, and without them there is no remote at all.
_NETWORK_VARIABLES = (
    "http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY "
    "SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE"
).split()
_NO_ROOM = b"No space left on device"
_OID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|\.$|/$|^[-./]|^$|^@$")


_NAME, _EMAIL = "specloop[bot]", "specloop[bot]@users.noreply.github.com"
IDENTITY = {
    "GIT_AUTHOR_NAME": _NAME,
    "GIT_AUTHOR_EMAIL": _EMAIL,
    "GIT_COMMITTER_NAME": _NAME,
    "GIT_COMMITTER_EMAIL": _EMAIL,
}
"""Who makes the bot's commits."""


class GitError(SpecloopError):
    """Git could not do what it was asked; the text is one sentence without secrets."""


@dataclass(frozen=True, slots=True)
class GitResult:
    """How one git command ended; `stderr` holds no secrets."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """Standard output as text, without the last line break."""
        return self.stdout.decode("utf-8", "backslashreplace").rstrip("\n")

    @property
    def complaint(self) -> str:
        """The line of standard error that says most: the first that tells of an error."""
        lines = [line.strip() for line in self.stderr.splitlines() if line.strip()]
        told = (line for line in lines if line.startswith(("fatal: ", "error: ")))
        found = next(told, lines[-1] if lines else f"exit code {self.code}")
        return found.removeprefix("fatal: ").removeprefix("error: ").rstrip(".")


class Git:
    """Runs git on one bare repository."""

    def __init__(
        self,
        git_dir: Path,
        home: Path,
        remote: Remote | None = None,
        held: tuple[int, ...] = (),
    ) -> None:
        """`home` is an empty folder; `held` are file descriptors that every git inherits."""
        self.git_dir = git_dir
        self.remote = remote
        self._home = home
        self._held = held

    def run(
        self,
        args: Sequence[str],
        *,
        stdin: bytes = b"",
        remote: bool = False,
        work_tree: Path | None = None,
        index: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> GitResult:
        """Run one git command and return how it ended, whatever its exit code.

        `remote` admits the network and lends the credentials. `timeout` is in seconds; its whole
        process group is ended then and the exit code is `TIMED_OUT`. Raises GitError when git is
        not installed, DiskFull when there is no room for what it writes.
        """
        environment = self._environment(remote)
        if index is not None:
            environment["GIT_INDEX_FILE"] = str(index)
        environment.update(env or {})
        argv = ["git", f"--git-dir={self.git_dir}"]
        if work_tree is not None:
            argv.append(f"--work-tree={work_tree}")
        for setting in _CONFIG:
            argv += ("-c", setting)
        seconds = timeout or (REMOTE_TIMEOUT if remote else LOCAL_TIMEOUT)
        for _ in range(TRIES):
            code, out, err = _communicate(
                [*argv, *args], work_tree or self._home, environment, self._held, stdin, seconds
            )
            # Work on an index alone can be done again when something killed it.
            killed = code < 0 and index is not None
            if code == 0 or not (killed or freed(err, self.git_dir, index)):
                break
        if code != 0 and _NO_ROOM in err:
            raise DiskFull
        return GitResult(code, out, without_secrets(err, environment))

    def out(
        self,
        args: Sequence[str],
        *,
        stdin: bytes = b"",
        work_tree: Path | None = None,
        index: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run one local command and return its output; raises GitError unless it succeeded."""
        result = self.run(args, stdin=stdin, work_tree=work_tree, index=index, env=env)
        if result.code != 0:
            raise GitError(f"git {args[0]} failed: {result.complaint}")
        return result.stdout

    def _environment(self, remote: bool) -> dict[str, str]:
        inherited = ("PATH", "TMPDIR", *_NETWORK_VARIABLES) if remote else ("PATH", "TMPDIR")
        environment = {name: os.environ[name] for name in inherited if name in os.environ}
        environment |= {
            "HOME": str(self._home),
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            # Overrides every `protocol.*` setting: one transport, and only when asked for.
            "GIT_ALLOW_PROTOCOL": self.remote.protocol if remote and self.remote else "",
        }
        if remote and self.remote:
            environment |= self.remote.credentials()
        return environment


def oid(text: str) -> str:
    """Return an object id, checked, so that nothing else is ever taken for one by git."""
    if not _OID.fullmatch(text):
        raise GitError(f"{text[:80]!r} is not an object id.")
    return text


def branch_ref(branch: str) -> str:
    """Return a branch's full ref name; raises GitError for a name that git would not take."""
    if _BAD_REF.search(branch):
        raise GitError(f"{branch[:80]!r} is not a branch name.")
    return f"refs/heads/{branch}"


def path_text(raw: bytes) -> str:
    """Return a path as text: bytes that are no UTF-8 appear as `\\xff`, never as surrogates."""
    return raw.decode("utf-8", "backslashreplace")


def paths_of(output: bytes) -> tuple[str, ...]:
    """Return the paths of a `-z` listing."""
    return tuple(path_text(p) for p in output.split(b"\0") if p)


def _communicate(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    held: tuple[int, ...],
    stdin: bytes,
    seconds: float,
) -> tuple[int, bytes, bytes]:
    try:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C at the terminal is ours to handle, not git's
            pass_fds=held,
        )
    except FileNotFoundError:
        raise GitError("git is not installed, or not on PATH.") from None
    try:
        out, err = process.communicate(stdin, timeout=seconds)
    except subprocess.TimeoutExpired:
        out, err = _end(process)
        return TIMED_OUT, out, err + f"\nfatal: no answer within {seconds:.0f} s\n".encode()
    except BaseException:
        _end(process)
        raise
    return process.returncode, out, err


def _end(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """End git and its helpers: politely first, because then it removes its lock files."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            return process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            break
    return b"", b""
