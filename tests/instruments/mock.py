"""aimock: a server that speaks the providers' protocols from fixtures, in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx


def turn(tool: str, *calls: dict[str, Any], words: str) -> list[dict[str, Any]]:
    """Return fixtures for one turn: tool calls for whoever has that tool, then last words."""
    asked = {"userMessage": "You are an Executor of specloop"}
    return [
        {
            "match": {**asked, "toolName": tool, "hasToolResult": False},
            "response": {"toolCalls": [{"id": f"toolu_{n}", **c} for n, c in enumerate(calls)]},
        },
        {"match": {**asked, "hasToolResult": True}, "response": {"content": words}},
        # What agents ask besides: a title for the session, say.
        {"match": {}, "response": {"content": "A title"}},
    ]


@contextmanager
def model_mock(programs: Path, folder: Path, fixtures: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Serve fixtures and yield the address; `programs` is where npm put `llmock`."""
    folder.mkdir(parents=True)
    (folder / "fixtures.json").write_text(json.dumps({"fixtures": list(fixtures)}))
    port = free_port()
    with (folder / "mock.log").open("wb") as log:
        process = subprocess.Popen(
            [str(programs / "llmock"), "-h", "127.0.0.1", "-p", str(port), "-f", str(folder)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        until_it_answers(url)
        yield url
    finally:
        process.kill()
        process.wait()


def until_it_answers(url: str) -> None:
    """Wait, half a minute at most."""
    for _ in range(300):
        try:
            httpx.get(f"{url}/__aimock/journal", trust_env=False)
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the model mock does not answer")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
