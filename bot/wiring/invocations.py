"""What `log`, `show` and a rehearsal read of invocations: records, answers, kept transcripts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.domain.invocations import answer_path
from bot.wiring.recorded import Recorded

Record = dict[str, Any]


def invocations(found: Recorded) -> list[Record]:
    """Return all records of invocations, in the order in which they began."""
    paths = [p for p in found.paths() if p.startswith("iterations/") and "/invocations/" in p]
    records = found.read_all(paths)
    return sorted(records, key=lambda r: (iteration_of(r), r["began"], r["key"]))


def iteration_of(record: Record) -> int:
    """Return the iteration that an invocation belongs to."""
    return int(record["key"].partition("/")[0])


def answer_of(found: Recorded, record: Record) -> Record | None:
    """Return the answer that an invocation gave, or None when it gave none."""
    if record["ended"] != "answered":
        return None
    kept = found.read(answer_path(record["key"])) or {}
    answer = dict(kept.get("reply", kept).get("answer") or {})
    answer.pop("@type", None)
    return answer


def transcript_of(found: Recorded, record: Record) -> tuple[Path, bool]:
    """Return where an invocation's transcript is kept, and whether it is the recorded one.

    A coding agent's is its log: what it was told, and what it printed.
    """
    from bot.agents.transcript import file_name

    suffix = "log" if ":" in record["talk"]["runtime"] else "jsonl"
    path = found.world.transcripts / f"{file_name(record['key'])}.{suffix}"
    try:
        kept = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return path, False
    return path, kept == record["talk"]["transcript"]


def tool_uses(transcript: Path) -> Iterator[tuple[str, str]]:
    """Yield the tools that an agent called, in order, each with its arguments as JSON.

    A coding agent's log tells them in its own way, which is not read here.
    """
    if transcript.suffix == ".log":
        return
    for line in transcript.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        parts = said.get("parts", []) if isinstance(said, dict) else []
        for part in parts:
            if part.get("part_kind") == "tool-call":
                given = part.get("args")
                yield part["tool_name"], given if isinstance(given, str) else json.dumps(given)
