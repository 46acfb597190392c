"""A broker as a process, a provider on loopback behind it, and a secret key between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bot.broker import BrokerProcess, Upstream, start_broker
from bot.domain.providers import Api
from bot.ports.broker import Pass
from tests.broker.provider import Provider, provider
from tests.workspace.canary import Canary

ROWS = [
    {"model": "cheap", "input": 1, "cache_write": 1.25, "cache_read": 0.1, "output": 5},
    {"model": "dear", "input": 100, "cache_write": 125, "cache_read": 10, "output": 500},
]


@pytest.fixture
def key(tmp_path: Path) -> str:
    return Canary(tmp_path).secret


@pytest.fixture
def upstream() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def upstreams(upstream: Provider, key: str) -> list[Upstream]:
    return [
        Upstream("anthropic", Api.ANTHROPIC, upstream.url, key),
        Upstream("openai", Api.OPENAI, f"{upstream.url}/v1", key),
        Upstream("google", Api.GOOGLE, upstream.url, key),
        Upstream("local", Api.OPENAI, f"{upstream.url}/v1"),
        Upstream("absent", Api.ANTHROPIC, upstream.url, wants="ABSENT_KEY"),
    ]


@pytest.fixture
def broker(tmp_path: Path, upstreams: list[Upstream]) -> Iterator[BrokerProcess]:
    with start_broker(tmp_path / "broker", upstreams, ROWS) as made:
        yield made


@pytest.fixture
def admitted(broker: BrokerProcess) -> Pass:
    return broker.admit("1/plan", 1.0)


def ask(admitted: Pass, route: str, body: Any = None, **options: Any) -> httpx2.Response:
    """Send a request under a pass, to `PROVIDER/ROUTE`."""
    options.setdefault("headers", {"x-api-key": admitted.token})
    method = options.pop("method", "GET" if body is None else "POST")
    with httpx2.Client(trust_env=False) as client:
        return client.request(method, f"{admitted.url}/{route}", json=body, **options)


def message(**more: Any) -> dict[str, Any]:
    """A request as Anthropic takes it."""
    said = [{"role": "user", "content": "Hello"}]
    return {"model": "cheap-1", "max_tokens": 1000, "messages": said, **more}


def said(**usage: int) -> dict[str, Any]:
    """An answer as Anthropic gives it."""
    content = [{"type": "text", "text": "Hi"}]
    return {"type": "message", "role": "assistant", "content": content, "usage": usage}
