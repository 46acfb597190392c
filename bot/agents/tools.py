"""The tools an agent gets in its workplace.

Every tool returns text, bounded; what goes wrong is told to the model in the same way, so that it
can do something about it. The docstrings of the public methods are what models read.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from bot.agents.folder import Folder, Refused, steps_of
from bot.agents.search import search_plain, search_regex
from bot.domain.errors import DiskFull, is_no_room
from bot.ports.agent import Workplace
from bot.ports.search import SearchFailed

CHARACTERS = 30_000
"""Characters that one use of a tool returns at most."""
LINES = 600
ENTRIES = 500
MATCHES = 100
SEARCHED_BYTES = 20_000_000
RUN_SECONDS = 600.0
DETAIL = 160
"""Characters of what the listener is told."""

METHODS = {
    "read": "read_file",
    "list": "list_files",
    "search": "search_code",
    "grep": "grep",
    "write": "write_file",
    "replace": "replace_in_file",
    "run": "run",
}
"""The tools' names in role files and playbooks, and the names that models call them by."""
READING = ("read", "list", "grep")


class RunCommand(Protocol):
    """Runs an argument list in a folder, bounded in time and output.

    What a command can reach is up to who implements this: nothing here confines it.
    """

    def __call__(self, argv: Sequence[str], cwd: Path, timeout: float, /) -> tuple[int | None, str]:
        """Return the exit code (None: killed after `timeout` seconds) and the output's text."""
        ...


class Tools:
    """The tools of one conversation."""

    def __init__(
        self,
        workplace: Workplace,
        run_command: RunCommand | None,
        told: Callable[[str, str], None],
        seconds_left: Callable[[], float],
    ) -> None:
        """`seconds_left()` is what remains of the conversation's time, for commands."""
        self._workplace = workplace
        self._folder = Folder(workplace.path)
        self._run_command = run_command
        self._told = told
        self._seconds_left = seconds_left

    def offered(self, names: Sequence[str]) -> dict[str, Callable[..., str]]:
        """Return the role's tools that this workplace allows, by the name models use."""
        allowed = set(READING)
        if self._workplace.find is not None:
            allowed.add("search")
        if self._workplace.writable:
            allowed |= {"write", "replace"}
            if self._run_command is not None:
                allowed.add("run")
        return {METHODS[n]: getattr(self, METHODS[n]) for n in names if n in allowed}

    def read_file(self, path: str, first_line: int = 1, lines: int = LINES) -> str:
        """Read a text file: `lines` lines from line `first_line` on."""
        return self._tell("read", path, lambda: self._read(path, first_line, lines))

    def list_files(self, path: str = ".") -> str:
        """List all files below a folder, with their paths from the root of the repository."""
        return self._tell("list", path, lambda: self._list(path))

    def search_code(self, query: str, path: str = ".") -> str:
        """Find where something is: the places that a question, words or a name are about.

        Ranked, the likeliest first; upper case, endings and the order of words do not matter.
        Begin with this; use `grep` for every line with an exact text.
        """
        return self._tell("search", query, lambda: self._search(query, path))

    def grep(self, query: str, path: str = ".", regex: bool = False) -> str:
        """Find all lines that contain an exact text, or match a Python regular expression."""
        return self._tell("grep", query, lambda: self._grep(query, path, regex))

    def write_file(self, path: str, text: str) -> str:
        """Write a whole text file; folders are made as needed."""
        return self._tell("write", path, lambda: self._write(path, text))

    def replace_in_file(self, path: str, old: str, new: str) -> str:
        """Replace a text in a file; `old` must occur exactly once."""
        return self._tell("replace", path, lambda: self._replace(path, old, new))

    def run(self, argv: list[str], timeout: float = 120.0) -> str:
        """Run a command (an argument list, no shell) at the root; `timeout` in seconds."""
        return self._tell("run", " ".join(argv), lambda: self._run(argv, timeout))

    def _tell(self, tool: str, detail: str, use: Callable[[], str]) -> str:
        """Use the tool, turn failures into text, and tell the listener what happened."""
        failure = ""
        try:
            text = use()
        except Refused as error:
            failure = str(error)
        except FileNotFoundError as error:
            failure = f"there is no {error.filename or detail}"
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and is_no_room(error):
                raise DiskFull from error  # no fault of the agent's, and not for it to mend
            failure = reason_of(error)
        shown = " ".join(detail.split())
        self._told(tool, cut(f"{shown} (failed: {failure})" if failure else shown, DETAIL))
        return cut(f"failed: {failure}", CHARACTERS) if failure else text

    def _read(self, path: str, first_line: int, count: int) -> str:
        if first_line < 1 or count < 1:
            raise Refused("lines count from 1, and at least one must be asked for")
        lines = as_text(path, self._folder.read(path)).split("\n")
        part = lines[first_line - 1 : first_line - 1 + min(count, LINES)]
        last = first_line - 1 + len(part)
        if not part:
            raise Refused(f"{path} has only {len(lines)} lines")
        whole = first_line == 1 and last == len(lines)
        note = "" if whole else f"\n[lines {first_line} to {last} of {len(lines)}]"
        return cut("\n".join(part), CHARACTERS) + note

    def _list(self, path: str) -> str:
        files = []
        for name, is_folder in self._folder.walk(path):
            if not is_folder:
                files.append(name)
            if len(files) > ENTRIES:
                shown = cut("\n".join(files[:ENTRIES]), CHARACTERS)
                return f"{shown}\n[there are more: list a folder below]"
        return cut("\n".join(files), CHARACTERS) or "[no files]"

    def _search(self, query: str, path: str) -> str:
        if self._workplace.find is None:
            raise Refused("there is no search here")
        below = "/".join(steps_of(path))
        try:
            found = self._workplace.find(query, below)
        except SearchFailed as error:
            raise Refused(f"{error} Use grep instead.") from error
        lines = []
        for place in found:
            lines.append(place.line)
            lines += [f"  {number}: {line}" for number, line in place.snippet]
        return cut("\n".join(lines), CHARACTERS) or "[nothing is like that: try other words]"

    def _grep(self, query: str, path: str, regex: bool) -> str:
        if not query:
            raise Refused("the query is empty")
        find = search_regex if regex else search_plain
        found = find(query, self._texts(path), MATCHES)
        lines = [f"{name}:{number}: {line}" for name, number, line in found[:MATCHES]]
        if len(found) > MATCHES:
            lines.append("[there are more: narrow the query or the path]")
        return cut("\n".join(lines), CHARACTERS) or "[no match]"

    def _texts(self, path: str) -> Iterator[tuple[str, str]]:
        """Yield the text files below a path that is a folder, or the file that it is."""
        left = SEARCHED_BYTES
        for name in self._files(path):
            try:
                content = self._folder.read(name)
                text = as_text(name, content)
            except (Refused, OSError):
                continue  # binary, too large, or gone
            left -= len(content)
            if left < 0:
                return
            yield name, text

    def _files(self, path: str) -> Iterator[str]:
        try:
            yield from (name for name, is_folder in self._folder.walk(path) if not is_folder)
        except NotADirectoryError:
            self._folder.read(path)  # says why, when it is no file either
            yield path

    def _write(self, path: str, text: str) -> str:
        content = text.encode("utf-8")
        self._folder.write(path, content)
        return f"wrote {path}, {len(content)} bytes"

    def _replace(self, path: str, old: str, new: str) -> str:
        if not old:
            raise Refused("the text to replace is empty")
        before = as_text(path, self._folder.read(path))
        count = before.count(old)
        if count != 1:
            advice = "read the file again" if count == 0 else "take in more lines around it"
            raise Refused(f"the text to replace occurs {count} times in {path}: {advice}")
        self._folder.write(path, before.replace(old, new).encode("utf-8"))
        return f"replaced in {path}"

    def _run(self, argv: Sequence[str], timeout: float) -> str:
        if not argv or not argv[0] or any("\0" in argument for argument in argv):
            raise Refused("the command is empty or holds a zero character")
        if self._run_command is None:
            raise Refused("there are no commands here")
        seconds = min(timeout, RUN_SECONDS, self._seconds_left())
        if not seconds > 0:
            raise Refused("no time is left")
        code, output = self._run_command(list(argv), self._workplace.path, seconds)
        end = f"killed after {seconds:.0f} seconds" if code is None else f"exit code {code}"
        return f"{end}\n{cut(output, CHARACTERS)}"


def reason_of(error: OSError | ValueError) -> str:
    """Return what the system said, in words that help."""
    # Depending on the system and the place, a link is reported as one or the other.
    if isinstance(error, OSError) and error.errno in (errno.ELOOP, errno.ENOTDIR):
        return "it is, or lies behind, a link or a file: links are not followed"
    return getattr(error, "strerror", None) or str(error)


def as_text(path: str, content: bytes) -> str:
    """Return a file's text. Raises Refused when it is none."""
    if b"\0" in content:
        raise Refused(f"{path} is not a text file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is not UTF-8 text") from error


def cut(text: str, limit: int) -> str:
    """Return the text, or its two ends and how much is missing between them."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} [{len(text) - 2 * half} characters left out] {text[-half:]}"
