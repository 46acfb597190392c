"""The same git and gate commands again, in a bare shell script on the same world."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.recording import Command, Merged, Step, Written

_HEAD = """\
# One line per command; what it prints goes nowhere, how it ends must be as it was recorded.
now() { printf '%s %s\\n' "$1" "$EPOCHREALTIME"; }
ends() { [ "$1" = "$2" ] || { printf 'ended with %s, not %s: %s\\n' "$1" "$2" "$3" >&2; exit 1; }; }
"""
_FOLDERS = ("HOME", "TMPDIR")


class ReplayFailed(Exception):
    """The script did something else than the engine."""


@dataclass(frozen=True, slots=True)
class Script:
    """A bash script made of recorded steps."""

    folder: Path
    """Where the script and its input files are."""
    bare: Path
    """The remote repository, in which GitHub merges."""

    def write(self, steps: Sequence[Step]) -> None:
        """Write the script."""
        self.folder.mkdir(exist_ok=True)
        lines, phase = [_HEAD], ""
        for number, step in enumerate(steps):
            if step.phase != phase:
                phase = step.phase
                lines.append(f"now {phase}")
            lines += self._lines(number, step)
        lines.append("now end")
        self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(self, steps: Sequence[Step]) -> dict[str, float]:
        """Run it and return the seconds of each phase."""
        for path in dict.fromkeys(_folders(steps)):
            path.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", str(self._path)],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ReplayFailed(done.stderr.strip())
        return _seconds(done.stdout)

    @property
    def _path(self) -> Path:
        return self.folder / "commands.sh"

    def _lines(self, number: int, step: Step) -> Iterator[str]:
        match step:
            case Written():
                yield f"printf %s {shlex.quote(step.text)} > {shlex.quote(str(step.path))}"
            case Merged():
                target = shlex.quote(f"--git-dir={self.bare}")
                yield "now pause"  # merging is GitHub's work
                yield f"git {target} update-ref refs/heads/main {step.commit}"
                yield f"now {step.phase}"
            case Command():
                yield f"cd {shlex.quote(str(step.cwd))}"
                yield self._call(number, step)
                name = shlex.quote(_name(step))
                yield f"ends $? {step.code} {name}"

    def _call(self, number: int, step: Command) -> str:
        given = "/dev/null"
        if step.stdin:
            file = self.folder / f"{number}.in"
            file.write_bytes(step.stdin)
            given = str(file)
        variables = " ".join(f"{k}={shlex.quote(v)}" for k, v in step.env.items())
        argv = shlex.join(step.argv)
        return f"{variables} {argv} < {shlex.quote(given)} > /dev/null 2>&1"


def _name(step: Command) -> str:
    words = [w for w in step.argv if w != "-c" and not re.match(r"--|[a-z]+\.[a-zA-Z]+=", w)]
    return " ".join(words)[:200]


def _folders(steps: Sequence[Step]) -> Iterator[Path]:
    """Yield every folder that the engine made itself before a command ran."""
    for step in steps:
        if isinstance(step, Command):
            yield step.cwd
            yield from (Path(step.env[name]) for name in _FOLDERS if name in step.env)
            if "GIT_INDEX_FILE" in step.env:
                yield Path(step.env["GIT_INDEX_FILE"]).parent
        elif isinstance(step, Written):
            yield step.path.parent


def _seconds(printed: str) -> dict[str, float]:
    marks = [line.split() for line in printed.splitlines()]
    spent: defaultdict[str, float] = defaultdict(float)
    for (phase, begun), (_, ended) in pairwise(marks):
        spent[phase] += float(ended) - float(begun)
    return spent
