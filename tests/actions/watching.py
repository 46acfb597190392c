"""The jobs of a run, as act's log tells of their beginning and end."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LINE = re.compile(r"^\[(?P<job>[^\]]+)\] +(?P<words>.*)$")
_BEGIN = "⭐ Run Set up job"
_ENDS = {"🏁  Job succeeded": "success", "🏁  Job failed": "failure"}


@dataclass
class Watch:
    """Reads a log as it grows."""

    log: Path
    _read: int = 0
    _began: dict[str, float] = field(default_factory=dict)

    def ended(self) -> Iterator[dict[str, Any]]:
        """Yield the jobs that have ended since the last look, as the hub takes them."""
        with self.log.open("rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        self._read += len(whole) + bool(whole)
        now = time.monotonic()
        for line in whole.decode("utf-8", "replace").splitlines():
            found = _LINE.match(line)
            if found is None:
                continue
            if found["words"] == _BEGIN:
                self._began.setdefault(found["job"], now)
            elif found["words"] in _ENDS:
                seconds = round(now - self._began.get(found["job"], now), 1)
                conclusion = _ENDS[found["words"]]
                yield {"name": _name(found["job"]), "seconds": seconds, "conclusion": conclusion}


def _name(job: str) -> str:
    """Return GitHub's name of a job from act's: `write-1/specloop, write/stage 1`, say."""
    caller, _, own = (part.strip() for part in job.split("/", 2))
    return " / ".join(["specloop", *([caller] if caller != "specloop" else []), own])
