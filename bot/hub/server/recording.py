"""``--record FILE``: what was asked and answered, one JSON line each, to check against schemas.

It may hold secrets: bodies are written as they are.
"""

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any

from bot.hub.rest.routes import ROUTER
from bot.hub.server.messages import Incoming, Outgoing


class Recorder:
    """Appends lines; each is written whole and at once."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(
            os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab", buffering=0
        )
        self._lock = threading.Lock()

    def write(self, request: Incoming, answer: Outgoing) -> None:
        """Append method, route template, status, answer and, of GraphQL, the document."""
        path = request.path.removeprefix("/api/v3") or "/"
        found = ROUTER.match("GET" if request.method == "HEAD" else request.method, path)
        entry: dict[str, Any] = {
            "method": request.method,
            "route": found[0].template if found else path,
            "status": answer.status,
            "response": _decoded(answer.body),
        }
        if path.endswith("/graphql"):
            body = _decoded(request.body)
            entry["document"] = body.get("query") if isinstance(body, dict) else None
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        with self._lock, contextlib.suppress(OSError):
            self._file.write(line.encode())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _decoded(body: bytes) -> Any:
    with contextlib.suppress(ValueError):
        return json.loads(body) if body else None
    return None
