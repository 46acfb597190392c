"""``requests.jsonl``: one line per answered request, for counting what a client asks."""

import contextlib
import json
import threading
from pathlib import Path
from typing import Any


class RequestLog:
    """Appends lines; each is written whole and at once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()

    def write(self, **entry: Any) -> None:
        """Append one entry: at, method, path, operation, status, ms, actor, triggers, limited.

        `triggers` is whether it may start workflows: what a workflow's own token does may not.
        `limited` is whether a limit refused it or a part of it.
        """
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        with self._lock, contextlib.suppress(OSError):  # a full disk costs lines, not answers
            self._file.write(line.encode())

    def close(self) -> None:
        """Close the file."""
        self._file.close()
