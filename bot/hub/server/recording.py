"""What was asked and answered, one JSON line each, to check against schemas.

It may hold secrets: bodies are written as they are.
"""

import contextlib
import json
import os
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.hub.rest.routes import ROUTER
from bot.hub.server.messages import Incoming, Outgoing
from bot.hub.server.shapes import FOLDER_VARIABLE, Shapes, slim

_GRAPHQL_PATHS = ("/graphql", "/api/graphql")


class Recorder:
    """Writes every answer to ``file`` and the first of each shape to a file of its own in
    ``folder``, where they are given; lines are written whole and at once.
    """

    def __init__(self, file: Path | None, folder: Path | None) -> None:
        self._every = None if file is None else _Lines(file)
        self._new = None if folder is None else _Lines(_own_file(folder))
        self._shapes = Shapes()
        self._count = 0

    def write(self, request: Incoming, answer: Outgoing, *, injected: bool = False) -> None:
        """Write down what was asked and answered; ``injected`` is an answer that a fault made."""
        with contextlib.suppress(RecursionError):  # a body nested too deep has no shape
            self._write({**_entry(request, answer), "injected": injected})

    def _write(self, entry: Mapping[str, Any]) -> None:
        if self._every is not None:
            self._every.write(entry)
        if self._new is not None and "/_hub/" not in entry["route"]:
            self._count += 1
            if self._shapes.is_new(entry):
                slimmed = {name: slim(entry[name]) for name in ("request", "response")}
                self._new.write({**entry, **slimmed, "answers": self._count})

    def close(self) -> None:
        """Write how many answers there were and close the files."""
        if self._new is not None:
            self._new.write({"answers": self._count})
        for lines in (self._every, self._new):
            if lines is not None:
                lines.close()


def open_recorder(file: Path | None) -> Recorder | None:
    """Return a recorder for what the command line and the environment ask for, if they do."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if file is None and not folder:
        return None
    return Recorder(file, Path(folder) if folder else None)


class _Lines:
    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(
            os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab", buffering=0
        )
        self._lock = threading.Lock()

    def write(self, entry: Mapping[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        # A full disk costs lines, not answers, and so does half a character.
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._file.write(line.encode())

    def close(self) -> None:
        self._file.close()


def _own_file(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}.jsonl"


def _entry(request: Incoming, answer: Outgoing) -> dict[str, Any]:
    path = request.path.removeprefix("/api/v3") or "/"
    found = ROUTER.match("GET" if request.method == "HEAD" else request.method, path)
    sent = _decoded(request.body)
    document = None
    if request.path in _GRAPHQL_PATHS and isinstance(sent, dict):
        query = sent.pop("query", None)
        document = query if isinstance(query, str) else None
    return {
        "method": request.method,
        "route": found[0].template if found else path,
        "query": sorted(request.query),
        "request": sent,
        "document": document,
        "status": answer.status,
        "type": answer.headers.get("Content-Type"),
        "response": _decoded(answer.body),
    }


def _decoded(body: bytes) -> Any:
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(body) if body else None
    return None
