"""Failed tests in the output of pytest and unittest, and Python tracebacks. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

Exists = Callable[[str], bool]
"""Whether a relative path is a file of the tree."""

_MAX_DETAIL = 8  # lines of an assertion that are worth repeating
_SECTION = re.compile(r"^_{3,} (?:ERROR (?:collecting|at \w+ of) )?(?P<name>.{1,300}?) _{3,}$")
_RULE = re.compile(r"^={3,}(?: .* =+)?$")
_UNITTEST_RULE = "=" * 60
_SUMMARY = re.compile(r"^(?:FAILED|ERROR) (?P<path>[^\s:][^:]{0,300})(?:::(?P<test>.+))?$")
_PLACE = re.compile(r"^(?P<path>[^\s:][^:]{0,300}):(?P<line>\d{1,7}): ?")
_BLOCK = re.compile(r"^(?:FAIL|ERROR): (?P<name>.{1,300})$")
_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'^\s*File "(?P<path>[^"]{1,300})", line (?P<line>\d{1,7})')


@dataclass(slots=True)
class Failure:
    """One failed test or one crash, growing while its lines are read."""

    name: str
    message: str = ""
    path: str | None = None
    places: list[tuple[str, int]] = field(default_factory=list)
    """Where it passed through the tree's own files, the deepest last."""
    detail: list[str] = field(default_factory=list)

    @property
    def line(self) -> int | None:
        """The deepest known line in its own file."""
        return next((line for path, line in reversed(self.places) if path == self.path), None)

    def add(self, line: str) -> None:
        """Note a line of detail, as long as there is room."""
        if len(self.detail) < _MAX_DETAIL:
            self.detail.append(line)

    def settle(self) -> None:
        """Prefer the details to a summary's one line, and the deepest place to none."""
        self.message = "\n".join(self.detail).strip() or self.message
        if self.path is None and self.places:
            self.path = self.places[-1][0]


def pytest_failures(lines: list[str], exists: Exists) -> tuple[list[Failure], list[str]]:
    """Return pytest's failures, and the lines that are no part of its report."""
    sections: dict[str, Failure] = {}
    current: Failure | None = None
    summary: list[Failure] = []
    rest: list[str] = []
    for line in lines:
        if header := _SECTION.match(line):
            current = sections.setdefault(header["name"], Failure(header["name"]))
        elif _RULE.match(line):
            current = None
            rest.append(line)
        elif current is None and (told := _summary(line, exists)):
            summary.append(told)
        elif current is None:
            rest.append(line)
        elif line.startswith("E  "):
            current.add(line[1:].strip())
        elif (place := _PLACE.match(line)) and exists(place["path"]):
            current.places.append((place["path"], int(place["line"])))
    for failure in summary:
        # A section is called `Class.test[id]`, or by its path when it could not be collected.
        section = sections.get(failure.name) or sections.get(failure.path or "")
        if section is not None:
            failure.detail, failure.places = section.detail, section.places
    found = summary or list(sections.values())
    for failure in found:
        failure.settle()
    return found, rest


def tracebacks(lines: list[str], exists: Exists) -> tuple[list[Failure], list[str]]:
    """Return unittest's failures and bare tracebacks, and the lines that belong to neither."""
    reader = _TracebackReader(exists)
    for line in lines:
        reader.read(line)
    for failure in reader.found:
        failure.settle()
    return [f for f in reader.found if f.message or f.path], reader.rest


class _TracebackReader:
    """Reads line by line; inside a failure everything belongs to it until a rule or its error."""

    def __init__(self, exists: Exists) -> None:
        self.found: list[Failure] = []
        self.rest: list[str] = []
        self._exists = exists
        self._current: Failure | None = None
        self._in_block = False
        self._framed = False
        """Whether frames were seen whose error is still to come or going on."""
        self._after_rule = False

    def read(self, line: str) -> None:
        """Take the next line."""
        block = _BLOCK.match(line) if self._after_rule else None
        self._after_rule = line.startswith(_UNITTEST_RULE)
        if block:
            self._begin(block["name"], in_block=True)
        elif self._after_rule or line.startswith("Ran "):
            self._current = None
        elif line == _TRACEBACK:
            if self._current is None:
                self._begin("Traceback", in_block=False)
            self._framed = False
        elif frame := _FRAME.match(line):
            self._frame(frame["path"].removeprefix("./"), int(frame["line"]))
        elif self._current is None:
            self.rest.append(line)
        elif self._framed:
            self._after_frame(self._current, line)

    def _begin(self, name: str, in_block: bool) -> None:
        self._current, self._in_block, self._framed = Failure(name), in_block, False
        self.found.append(self._current)

    def _frame(self, path: str, line: int) -> None:
        if self._current is None:  # a syntax error has a frame and no traceback
            self._begin("Traceback", in_block=False)
        if self._current is not None and self._exists(path):
            self._current.places.append((path, line))
        self._framed = True

    def _after_frame(self, failure: Failure, line: str) -> None:
        if not line.strip() or line.startswith("-----"):
            self._framed = bool(not failure.detail)
            if failure.detail and not self._in_block:
                self._current = None
        elif not self._in_block and failure.detail and self._is_finding(line):
            self._current = None
            self.rest.append(line)
        elif failure.detail or not line[0].isspace():
            failure.add(line.strip())  # some errors explain themselves on several lines

    def _is_finding(self, line: str) -> bool:
        place = _PLACE.match(line)
        return place is not None and self._exists(place["path"])


def _summary(line: str, exists: Exists) -> Failure | None:
    head, _, message = line.partition(" - ")
    match = _SUMMARY.match(head)
    if match is None or not exists(match["path"]):
        return None
    return Failure((match["test"] or match["path"]).replace("::", "."), message, match["path"])
