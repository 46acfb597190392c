"""For every test: an environment without anybody's tokens, and no way off this machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from bot.hub.server.shapes import FOLDER_VARIABLE
from tests.hub.schemas.session import pytest_configure

__all__ = ["pytest_configure"]
_PREFIXES = ("GH_", "GITHUB_", "RUNNER_", "ACTIONS_", "SPECLOOP_", "ANTHROPIC_", "OPENAI_", "GIT_")


@pytest.fixture(autouse=True, scope="session")
def scrubbed_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(_PREFIXES) and n != FOLDER_VARIABLE]:
            patch.delenv(name)
        patch.setenv("SPECLOOP_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("localhost", "::1")):
                raise AssertionError(f"a test wanted to leave this machine: {host}")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield
