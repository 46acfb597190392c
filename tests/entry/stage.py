"""A person at a laptop: a checkout, a spec, a playbook, and the command line as a process."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.hub.server.shapes import FOLDER_VARIABLE

SPECLOOP = Path(sys.executable).with_name("specloop")
SPEC = "# Say hello\n\nThere is a file that says hello.\n"
FILES = {"README.md": "A project.\n", "check.sh": "! grep -rn BROKEN --include='*.txt' .\n"}
_KEPT = ("LANG", "TMPDIR", "COVERAGE_PROCESS_START", FOLDER_VARIABLE)
_GIT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Mary",
    "GIT_AUTHOR_EMAIL": "mary@example.org",
    "GIT_COMMITTER_NAME": "Mary",
    "GIT_COMMITTER_EMAIL": "mary@example.org",
}


def git(*args: str, cwd: Path) -> str:
    """Run git as the person would."""
    ran = subprocess.run(
        ["git", *args], cwd=cwd, env=_GIT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.rstrip("\n")


def story(
    *,
    key: str = "hello",
    writes: Mapping[str, str] | None = None,
    runs: Sequence[str] = (),
    more: Sequence[Mapping[str, Any]] = (),
) -> list[Mapping[str, Any]]:
    """One item, one pull request, a verdict that says met, DONE."""
    do: list[Any] = [
        {"write": {"path": p, "text": t}} for p, t in (writes or {"hello.txt": "hello\n"}).items()
    ]
    do += [{"run": list(runs)}] if runs else []
    item = {"key": key, "title": key.capitalize(), "description": f"Write {key}."}
    evidence = [{"path": "README.md"}]
    criteria = [{"criterion": "It is there", "met": True, "evidence": evidence}]
    return [
        *more,
        {
            "role": "planner",
            "iteration": 1,
            "answer": {"decision": "CONTINUE", "reason": "One file is missing.", "items": [item]},
        },
        {
            "role": "executor",
            "do": do,
            "answer": {"outcome": "done", "title": f"Do {key}", "summary": "It is written."},
        },
        {"role": "verifier", "answer": {"met": True, "rationale": "Yes.", "criteria": criteria}},
        {"role": "code-reviewer", "answer": {"summary": "Nothing."}},
        {"role": "adversarial-tester", "answer": {"summary": "Nothing."}},
        {"role": "planner", "answer": {"decision": "DONE", "reason": "The verdict says met."}},
    ]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Laptop:
    """One person's machine: everything lies in one folder."""

    folder: Path
    repo: Path = field(init=False)
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.repo = self.folder / "project"
        kept = {k: v for k, v in os.environ.items() if k in _KEPT}
        self.environment = {
            **kept,
            "PATH": f"{SPECLOOP.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "SPECLOOP_HOME": str(self.home),
        }

    @property
    def home(self) -> Path:
        """Where worlds live."""
        return self.folder / "home"

    @property
    def playbook(self) -> Path:
        """The playbook's file."""
        return self.folder / "playbook.yml"

    def lay(self, files: Mapping[str, str] | None = None) -> Path:
        """Make the checkout with its first commit."""
        self.repo.mkdir()
        git("init", "-q", "-b", "main", cwd=self.repo)
        return self.commits({**FILES, **(files or {})})

    def commits(self, files: Mapping[str, str]) -> Path:
        """Commit files in the checkout."""
        for name, text in files.items():
            path = self.repo / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        git("add", "-A", cwd=self.repo)
        git("commit", "-q", "-m", "Change", cwd=self.repo)
        return self.repo

    def writes(self, name: str, content: str | bytes) -> Path:
        """Write a file beside the checkout."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def plays(self, scenes: Sequence[Mapping[str, Any]] | None = None) -> str:
        """Write the playbook and return how it is chosen."""
        content = {"playbook": 1, "scenes": list(scenes or story())}
        self.playbook.write_text(yaml.safe_dump(content, sort_keys=False))
        return f"playbook:{self.playbook}"

    def specloop(
        self,
        *args: str | Path,
        stdin: str | bytes | None = None,
        cwd: Path | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run the command line and wait for its end."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        ran = subprocess.run(
            [SPECLOOP, *map(str, args)],
            cwd=cwd or self.folder,
            env={**self.environment, **(extra or {})},
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            timeout=100,
            check=False,
        )
        return Ended(ran.returncode, ran.stdout.decode(), ran.stderr.decode())

    def run(self, *more: str | Path, spec: str = SPEC, repo: Path | None = None) -> Ended:
        """`specloop run` with the usual arguments: the spec on stdin, one cheap gate."""
        return self.specloop(
            "run", "-", "--repo", repo or self.repo, "--agent", f"playbook:{self.playbook}",
            "--gate", "sh check.sh", *more, stdin=spec,
        )  # fmt: skip

    def starts(self, *args: str | Path) -> subprocess.Popen[bytes]:
        """Start the command line and go on."""
        return subprocess.Popen(
            [SPECLOOP, *map(str, args)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def footprint(self, repo: Path | None = None) -> dict[str, str]:
        """Return a digest of every file of the checkout, git's own included.

        Objects are left out, and whatever bears the name of a result branch.
        """
        top = repo or self.repo
        marks = {}
        for path in sorted(top.rglob("*")):
            name = path.relative_to(top).as_posix()
            inside = name.removeprefix(".git/")
            if inside.startswith("objects/") or "heads/specloop" in inside or path.is_dir():
                continue
            content = bytes(path.readlink()) if path.is_symlink() else path.read_bytes()
            marks[name] = f"{path.lstat().st_mode:o} {hashlib.sha256(content).hexdigest()}"
        return marks

    def branches(self, repo: Path | None = None) -> list[str]:
        """Return the checkout's branches."""
        listed = git("for-each-ref", "--format=%(refname:short)", cwd=repo or self.repo)
        return listed.split()


def interrupt(process: subprocess.Popen[bytes], number: signal.Signals) -> Ended:
    """Send a signal and wait for the end."""
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    return Ended(process.returncode, out.decode(), err.decode())


def eventually(
    look: Callable[[], object], process: subprocess.Popen[bytes], seconds: float = 60
) -> None:
    """Wait until something is so while a process works; what it said explains why it is not."""
    deadline = time.monotonic() + seconds
    while not look():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"it never came to pass:\n{out.decode()}\n{err.decode()}")
        time.sleep(0.05)
