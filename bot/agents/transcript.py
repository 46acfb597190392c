"""Keeps each conversation's messages as JSON lines, bounded, for people to look at later.

The first line says which conversation it was, the last one how it ended; between them stand the
messages, the prompt first.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from bot.agents.redacting import Redactor, Redacts

TEXT_LIMIT = 100_000
"""Characters of one text in a message."""
SIZE_LIMIT = 8_000_000
"""Characters of one transcript."""

TranscriptSink = Callable[[str, str], str]
"""Takes an invocation's key and the transcript's text, keeps it, and returns the SHA-256 of what
it kept; may raise OSError."""

LogSink = Callable[[str], Callable[[str], None]]
"""Takes an invocation's key; returns what takes its text, piece by piece, and never raises."""


def as_lines(records: Iterable[object]) -> str:
    """Return the records as JSON lines within the bounds; what is left out is said."""
    lines: list[str] = []
    size = 0
    for record in records:
        line = json.dumps(shortened(record), ensure_ascii=False, default=str)
        size += len(line) + 1
        if size > SIZE_LIMIT:
            lines.append(json.dumps({"left_out": "the rest: the transcript is too long"}))
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


def shortened(value: object) -> object:
    """Return JSON-like data with every long text cut."""
    if isinstance(value, str):
        missing = len(value) - TEXT_LIMIT
        return f"{value[:TEXT_LIMIT]} [{missing} characters left out]" if missing > 0 else value
    if isinstance(value, dict):
        return {str(key): shortened(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [shortened(part) for part in value]
    return value


def folder_sink(folder: Path, redact: Callable[[str], str] = str) -> TranscriptSink:
    """Return a sink that writes `2/execute/7.1/3` to `2.execute.7.1.3.jsonl` in a folder.

    A conversation that is held again, after a crash, replaces what the first one left. `redact`
    takes secrets out of it.
    """

    def save(key: str, text: str) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        name = file_name(key)
        content = redact(text).encode("utf-8", "backslashreplace")
        temporary = folder / f".{name}.{os.getpid()}.new"
        temporary.write_bytes(content)
        temporary.replace(folder / f"{name}.jsonl")
        return hashlib.sha256(content).hexdigest()

    return save


def folder_log(folder: Path, scan: Redacts) -> LogSink:
    """Return a log that grows in `2.execute.7.1.3.log` of a folder while the agent speaks.

    `scan` takes secrets out of it. Bounded like a transcript; a conversation that is held again
    begins it anew.
    """

    def begin(key: str) -> Callable[[str], None]:
        path = folder / f"{file_name(key)}.log"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        written, redactor = 0, Redactor(scan)

        def add(text: str) -> None:
            nonlocal written
            whole = redactor.feed(text)
            written += len(whole)
            if whole and written <= SIZE_LIMIT:
                # The answer is worth more than its log.
                with suppress(OSError), path.open("a", encoding="utf-8", errors="replace") as file:
                    file.write(whole)

        return add

    return begin


def file_name(key: str) -> str:
    """Return an invocation's key as a file's name: `2/execute/7.1/3` is `2.execute.7.1.3`."""
    return re.sub(r"[^A-Za-z0-9.-]+", ".", key).strip(".")[:150] or "conversation"
