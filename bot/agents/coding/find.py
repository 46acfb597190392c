"""Which coding agents are on this machine, and what their installations consist of."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.agents.coding.files import AgentFile
from bot.agents.coding.lines import plain
from bot.domain.errors import AgentUnavailable, UserError
from bot.ports.process import Care, RunProcess

AUTO = "auto"
PREFERRED = ("claude-code", "opencode", "codex", "aider")
"""Who is taken first for `agent: auto`; then by name."""
_SECONDS = 10.0
_SYSTEM = Path("/usr"), Path("/bin"), Path("/lib")
_INTERPRETERS = ("python", "node", "ruby", "perl")
_STEPS = 4
"""Interpreters behind interpreters that are followed."""


@dataclass(frozen=True, slots=True)
class FoundAgent:
    """One agent whose program is here."""

    name: str
    title: str
    program: Path
    version: str
    """What `--version` says, one line; empty when it says nothing useful."""


def find_agents(files: Mapping[str, AgentFile], run: RunProcess) -> tuple[FoundAgent, ...]:
    """Return the agents whose programs are on PATH, the preferred ones first.

    Each program is started once with `--version`, for ten seconds at most.
    """
    found = []
    for name in ranked(files):
        program = shutil.which(files[name].program)
        if program:
            version = version_of(Path(program), run)
            found.append(FoundAgent(name, files[name].title, Path(program), version))
    return tuple(found)


def choose(files: Mapping[str, AgentFile]) -> AgentFile:
    """Return the agent for `auto`. Raises UserError when there is none."""
    for name in ranked(files):
        if files[name].runtime == "command" and shutil.which(files[name].program):
            return files[name]
    wishes = "; ".join(f"{n}: {files[n].install}" for n in ranked(files) if n in PREFERRED)
    raise UserError(f"there is no coding agent on PATH; install one, say {wishes}")


def ranked(files: Iterable[str]) -> list[str]:
    """Return the names, the preferred ones first."""
    names = sorted(files)
    return [n for n in PREFERRED if n in names] + [n for n in names if n not in PREFERRED]


def program_of(file: AgentFile) -> Path:
    """Return the program's real place. Raises AgentUnavailable when it is not on PATH."""
    found = shutil.which(file.program)
    if found is None:
        raise AgentUnavailable(
            f"{file.name} needs the program `{file.program}`, which is not on PATH: {file.install}"
        )
    program = Path(found).absolute()
    if (program.parent.parent / "pyvenv.cfg").is_file():
        return program  # behind its links a Python would no longer know its environment
    # Else the real place, because a link's own folder is not shown to the agent.
    return program.resolve()


def version_of(program: Path, run: RunProcess) -> str:
    """Return the first line of what `--version` prints."""
    with tempfile.TemporaryDirectory(prefix="specloop-") as home:
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": home,
            "TMPDIR": home,
            "LANG": "C.UTF-8",
        }
        ended = run([str(program), "--version"], Path(home), env, Care(_SECONDS, kept=2_000))
    lines = plain(ended.output).splitlines()
    return lines[0][:100] if ended.exit_code == 0 and lines else ""


def installation(program: Path) -> tuple[Path, ...]:
    """Return the files and folders that a program needs to be readable, as far as can be seen.

    That is its Node package's surroundings, its Python environment, or just the file; and the same
    for the interpreter that its first line names. System folders are readable anyway.
    """
    needed: list[Path] = []
    current: Path | None = program
    for _ in range(_STEPS):
        if current is None:
            break
        needed.append(_surroundings(current))
        real = current.resolve()
        if real != current:
            needed.append(_surroundings(real))
        current = _interpreter(real)
    return tuple(dict.fromkeys(p for p in needed if not _is_system(p)))


def _surroundings(program: Path) -> Path:
    for folder in reversed(program.parents):
        if folder.name == "node_modules" or (folder / "pyvenv.cfg").is_file():
            return folder
    prefix = program.parent.parent
    shared = (Path("/"), Path.home(), Path.home() / ".local")  # others' files lie there, too
    if program.name.startswith(_INTERPRETERS) and prefix not in shared:
        return prefix
    return program


def _interpreter(program: Path) -> Path | None:
    """Return what a script's first line names."""
    try:
        with program.open("rb") as file:
            first = file.readline(500)
    except OSError:
        return None
    if not first.startswith(b"#!"):
        return None
    words = first[2:].decode("utf-8", "replace").split()
    if len(words) > 1 and Path(words[0]).name == "env":
        found = shutil.which(words[-1] if words[1] == "-S" else words[1])
        return Path(found) if found else None
    return Path(words[0]) if words else None


def _is_system(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in _SYSTEM)
