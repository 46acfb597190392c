"""What a gate printed, read as findings. Pure: bytes in, values out, for any bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.domain.findings import Finding, GateCategory, Severity
from bot.workspace.reports import Exists, Failure, pytest_failures, tracebacks

MAX_FINDINGS = 20
MAX_MESSAGE = 1500
MAX_TAIL = 4000
_MAX_LINE = 2000

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]{0,500}(?:\x07|\x1b\\)?|[@-Z\\^_])"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_LOCATED = re.compile(
    r"^(?P<path>[^\s:][^:]{0,300}):(?P<line>\d{1,7})(?::\d{1,7})?: ?(?P<text>.+)$"
)
# ruff's and rustc's way: the message first, then an arrow to the place.
_ARROW = re.compile(r"^\s*--> (?P<path>[^:]{1,300}):(?P<line>\d{1,7})(?::\d{1,7})?\s*$")
_LEVEL = re.compile(r"^(?:fatal )?(error|warning|note|info|help|convention|refactor)\b", re.I)
_SEVERITIES = {
    "warning": Severity.MINOR,
    "convention": Severity.MINOR,
    "refactor": Severity.MINOR,
}
_BACKGROUND = ("note", "info", "help")  # explains the line above it


def parse(
    output: bytes, category: GateCategory, exists: Exists, root: str = ""
) -> tuple[Finding, ...]:
    """Return what a red gate found: at least one finding, one of them major, at most 20.

    `root` is the folder it ran in, which is cut from its words: paths are relative to the tree.
    When nothing can be parsed, the one finding is the end of the output.
    """
    text = readable(output, root)
    lines = [line[:_MAX_LINE] for line in text.splitlines()]
    found = [
        Finding(severity, category, _bounded(message, MAX_MESSAGE), path, line)
        for severity, message, path, line in _facts(lines, _guarded(exists))
    ]
    distinct = list(dict.fromkeys(found))
    if not any(f.severity is Severity.MAJOR for f in distinct):
        end = _end_of(text) or "The command failed and printed nothing."
        distinct.insert(0, Finding(Severity.MAJOR, category, end))
    return _at_most(distinct, MAX_FINDINGS)


def readable(output: bytes, root: str = "") -> str:
    """Return output as plain text: no colours, no control characters, no name of the folder."""
    text = output.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROLS.sub("", _ESCAPES.sub("", text))
    if root:
        text = text.replace(f"{root.rstrip('/')}/", "").replace(root.rstrip("/"), ".")
    return text


def _facts(
    lines: list[str], exists: Exists
) -> Iterator[tuple[Severity, str, str | None, int | None]]:
    """Test reports first, because their own lines look like compiler messages too."""
    failures, rest = pytest_failures(lines, exists)
    traced, rest = tracebacks(rest, exists)
    for failure in (*failures, *traced):
        yield (Severity.MAJOR, *_told(failure))
    previous = ""
    for line in rest:
        if arrow := _ARROW.match(line):
            path = _relative(arrow["path"])
            if previous and exists(path):
                yield _severity(previous), previous, path, int(arrow["line"])
        elif located := _LOCATED.match(line):
            path, message = _relative(located["path"]), located["text"].strip()
            level = _LEVEL.match(message)
            background = level is not None and level[1].lower() in _BACKGROUND
            if message and not background and exists(path):
                yield _severity(message), message, path, int(located["line"])
        if line.strip():
            previous = line.strip()


def _told(failure: Failure) -> tuple[str, str | None, int | None]:
    message = f"{failure.name}: {failure.message}" if failure.message else failure.name
    return message, failure.path, failure.line


def _severity(message: str) -> Severity:
    level = _LEVEL.match(message)
    return _SEVERITIES.get(level[1].lower(), Severity.MAJOR) if level else Severity.MAJOR


def _relative(path: str) -> str:
    return path.strip().removeprefix("./")


def _guarded(exists: Exists) -> Exists:
    """Ask only about paths that stay inside the tree."""

    def inside(path: str) -> bool:
        return (
            bool(path) and not path.startswith("/") and ".." not in path.split("/") and exists(path)
        )

    return inside


def _bounded(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 4]} ..."


def _end_of(text: str) -> str:
    stripped = text.strip()
    if len(stripped) <= MAX_TAIL:
        return stripped
    # Begin with a whole line, unless lines are as long as the limit.
    end = stripped[-MAX_TAIL:]
    first, _, rest = end.partition("\n")
    return f"... {rest if rest and len(first) < MAX_TAIL // 2 else end}"


def _at_most(found: list[Finding], limit: int) -> tuple[Finding, ...]:
    if len(found) <= limit:
        return tuple(found)
    found.sort(key=lambda f: f.severity is not Severity.MAJOR)  # stable: majors come first
    rest = len(found) - limit + 1
    last = replace(
        found[limit - 1],
        message=f"There are {rest} more findings like these.",
        path=None,
        line=None,
    )
    return (*found[: limit - 1], last)
