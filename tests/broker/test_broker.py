"""The broker: what it sends on, what it keeps to itself, what it counts."""

from __future__ import annotations

import base64
import os
import signal
import socket
import stat
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bot.broker import BrokerProcess, Upstream, start_broker
from bot.domain.errors import AgentUnavailable
from bot.domain.providers import Api
from bot.domain.usage import Usage
from bot.ports.broker import Pass
from tests.broker.conftest import ROWS, ask, message, said
from tests.broker.provider import Answer, Provider
from tests.workspace.canary import forms

MESSAGES = "anthropic/v1/messages"
CHAT = "openai/chat/completions"
CHAT_SAID = {
    "choices": [],
    "usage": {
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "prompt_tokens_details": {"cached_tokens": 400},
    },
}


def test_the_key_takes_the_place_of_the_pass(admitted: Pass, upstream: Provider, key: str):
    upstream.says(said(input_tokens=10, output_tokens=1))
    upstream.says(CHAT_SAID)
    assert ask(admitted, f"{MESSAGES}?beta=true", message()).status_code == 200
    bearer = {"authorization": f"Bearer {admitted.token}", "cookie": "x=y", "x-evil": "1"}
    assert ask(admitted, CHAT, message(), headers=bearer).status_code == 200
    first, second = upstream.asked
    assert (first.path, first.headers["x-api-key"]) == ("/v1/messages?beta=true", key)
    assert (second.path, second.headers["authorization"]) == (
        "/v1/chat/completions",
        f"Bearer {key}",
    )
    assert first.body == message()
    for asked in upstream.asked:
        assert admitted.token not in str(asked)
        assert not {"cookie", "x-evil"} & asked.headers.keys()


def test_openais_clients_may_write_the_version_or_not(admitted: Pass, upstream: Provider):
    upstream.says({"data": []})
    upstream.says({"data": []})
    assert ask(admitted, "openai/models").status_code == 200
    assert ask(admitted, "openai/v1/models").status_code == 200
    assert [a.path for a in upstream.asked] == ["/v1/models", "/v1/models"]


@pytest.mark.parametrize(
    ("route", "method"),
    [
        ("anthropic/v1/files", "GET"),
        ("anthropic/v1/messages", "DELETE"),
        ("anthropic/v1/messages/batches", "POST"),
        ("anthropic/v1/organizations/api_keys", "GET"),
        ("anthropic/v1/messages/../files", "POST"),
        ("anthropic//v1/messages", "POST"),
        ("openai/files", "POST"),
        ("openai/responses/1", "GET"),
        ("", "GET"),
        ("nobody/v1/messages", "POST"),
    ],
)
def test_other_routes_are_not_admitted(admitted: Pass, upstream: Provider, route: str, method: str):
    body = message() if method == "POST" else None
    answer = ask(admitted, route, body, method=method)
    assert answer.status_code in (403, 404)
    assert upstream.asked == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": ""},
        {"x-api-key": "guess"},
        {"authorization": "Basic abc"},
        {"authorization": "Bearer"},
    ],
)
def test_without_a_pass_nobody_is_let_in(admitted: Pass, upstream: Provider, headers):
    answer = ask(admitted, MESSAGES, message(), headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "authentication_error"
    assert upstream.asked == []


def test_the_key_itself_is_no_pass(admitted: Pass, upstream: Provider, key: str):
    assert ask(admitted, MESSAGES, message(), headers={"x-api-key": key}).status_code == 401


def test_a_settled_pass_is_worth_nothing_and_others_live_on(
    broker: BrokerProcess, upstream: Provider
):
    first, second = broker.admit("1/a", 1.0), broker.admit("1/b", 1.0)
    assert broker.settle(first) == Usage()
    assert ask(first, MESSAGES, message()).status_code == 401
    upstream.says(said(input_tokens=10, output_tokens=1))
    assert ask(second, MESSAGES, message()).status_code == 200
    assert broker.settle(second).requests == 1
    assert broker.settle(second) == Usage()


def test_another_hosts_name_is_refused(admitted: Pass, upstream: Provider):
    for host in ("evil.example", "127.0.0.1.evil.example:80", "[", ""):
        headers = {"x-api-key": admitted.token, "host": host}
        assert ask(admitted, MESSAGES, message(), headers=headers).status_code in (400, 403)
    assert upstream.asked == []


@pytest.mark.parametrize(
    "body",
    [
        {"mcp_servers": [{"type": "url", "url": "https://evil.example"}]},
        {"tools": [{"type": "web_fetch_20250910", "name": "web_fetch"}]},
        {"tools": [{"type": "code_execution_20250825", "name": "x"}]},
        {"tools": [{"type": ["function"]}]},
        {"tools": [{"type": "namespace", "tools": [{"type": "web_search"}]}]},
        {"tools": [{"type": "namespace", "tools": [{"type": "namespace", "tools": [{}]}]}]},
        {"tools": [{"type": "namespace", "tools": {"type": "web_search"}}]},
        {"tools": [{"type": "namespace"}]},
        {"input": [{"type": "additional_tools", "tools": [{"type": "web_search"}]}]},
        {"input": [{"type": "additional_tools", "tools": [
            {"type": "namespace", "tools": [{"type": "mcp"}]}]}]},
        {"messages": [{"role": "user", "content": [
            {"type": "image", "source": {"type": "url", "url": "https://evil.example/?secret"}}]}]},
        {"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "https://evil.example/?secret"}}]}]},
        {"background": True},
        {"service_tier": "priority"},
        {"service_tier": ["flex"]},
    ],
)  # fmt: skip
def test_nothing_has_the_provider_reach_out(admitted: Pass, upstream: Provider, body):
    for route in (MESSAGES, CHAT):
        answer = ask(admitted, route, message(**body))
        assert answer.status_code == 403
        assert "admitted" in answer.json()["error"]["message"]
    assert upstream.asked == []


def test_tools_of_the_agents_own_are_sent_on(admitted: Pass, upstream: Provider):
    upstream.says(said(input_tokens=1, output_tokens=1))
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    tools = [
        {"name": "read", "input_schema": {"type": "url"}},
        {"type": "function", "function": {}},
        {"type": "namespace", "name": "own", "tools": [{"type": "function", "name": "read"}]},
        {"type": "tool_search", "execution": "client"},
    ]
    later = [{"type": "additional_tools", "tools": [{"type": "custom", "name": "exec"}]}]
    told = {"type": "tool_use", "id": "1", "name": "read", "input": {"type": "url", "url": "x"}}
    messages = [{"role": "user", "content": [image]}, {"role": "assistant", "content": [told]}]
    body = message(tools=tools, messages=messages, input=later)
    assert ask(admitted, MESSAGES, body).status_code == 200


def test_what_is_read_here_is_what_the_provider_gets(admitted: Pass, upstream: Provider):
    """Of a name that stands twice, two readers may take different ones."""
    upstream.says(said(input_tokens=1, output_tokens=1))
    twice = b'{"model": "cheap", "tools": [{"type": "web_fetch_1"}], "tools": [], "max_tokens": 1}'
    headers = {"x-api-key": admitted.token, "content-type": "application/json"}
    with httpx2.Client(trust_env=False) as client:
        client.post(f"{admitted.url}/{MESSAGES}", content=twice, headers=headers)
    assert upstream.asked[0].body == {"model": "cheap", "tools": [], "max_tokens": 1}


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(admitted: Pass, upstream: Provider, content: bytes):
    headers = {"x-api-key": admitted.token}
    with httpx2.Client(trust_env=False) as client:
        answer = client.post(f"{admitted.url}/{MESSAGES}", content=content, headers=headers)
    assert answer.status_code == 400
    assert upstream.asked == []


def test_a_huge_body_is_refused(admitted: Pass, upstream: Provider):
    headers = {"x-api-key": admitted.token}
    with httpx2.Client(trust_env=False) as client:
        content = b" " * ((32 << 20) + 1)
        answer = client.post(f"{admitted.url}/{MESSAGES}", content=content, headers=headers)
    assert answer.status_code == 413
    assert upstream.asked == []


@pytest.mark.parametrize(("status", "more"), [(429, {"retry_after": "7"}), (529, {}), (500, {}),
                                              (400, {}), (403, {})])  # fmt: skip
def test_the_providers_errors_are_passed_on(
    broker: BrokerProcess, admitted: Pass, upstream: Provider, status: int, more: dict[str, str]
):
    body = {"type": "error", "error": {"type": "x", "message": "No."}}
    upstream.says(body, status, **more, set_cookie="a=b", request_id="r1")
    answer = ask(admitted, MESSAGES, message())
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers.get("retry-after") == more.get("retry_after")
    assert answer.headers["request-id"] == "r1"
    assert "set-cookie" not in answer.headers
    assert broker.settle(admitted).cost_usd == 0


def test_a_refused_key_is_not_shown(admitted: Pass, upstream: Provider, key: str):
    upstream.says({"error": {"message": f"Incorrect API key: {key[:6]}***{key[-4:]}"}}, 401)
    answer = ask(admitted, CHAT, message())
    assert answer.status_code == 401
    assert key[-4:] not in answer.text
    assert "openai refused the key" in answer.json()["error"]["message"]


def test_an_answer_with_the_key_in_it_is_withheld(admitted: Pass, upstream: Provider, key: str):
    upstream.says({"echo": f"you sent {key}", "usage": {"input_tokens": 5, "output_tokens": 5}})
    upstream.says({}, 200, request_id=key)
    cut = [f"data: {key[:9]}".encode(), f"{key[9:]}\n\n".encode()]
    upstream.answers.append(Answer(stream=[b"data: {}\n\n", *cut, b"data: more\n\n"]))
    for status in (502, 502, 200):
        answer = ask(admitted, MESSAGES, message())
        assert answer.status_code == status
        assert key[:9] not in answer.text
        assert key[9:] not in answer.text
    assert answer.text == "data: {}\n\ndata: "


def test_a_redirect_is_not_followed(admitted: Pass, upstream: Provider):
    upstream.says({}, 307, location=f"{upstream.url}/elsewhere")
    answer = ask(admitted, MESSAGES, message())
    assert answer.status_code == 502
    assert "location" not in answer.headers
    assert len(upstream.asked) == 1


def test_a_provider_that_is_not_there_is_told_as_such(tmp_path: Path, key: str):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gone = Upstream("anthropic", Api.ANTHROPIC, f"http://127.0.0.1:{port}", key)
    with start_broker(tmp_path / "broker", [gone]) as broker:
        admitted = broker.admit("1", 1.0)
        answer = ask(admitted, MESSAGES, message())
        assert answer.status_code == 502
        assert "anthropic did not answer" in answer.json()["error"]["message"]
        assert broker.settle(admitted).cost_usd == 0


def test_a_provider_without_its_key_says_what_to_set(admitted: Pass, upstream: Provider):
    answer = ask(admitted, "absent/v1/messages", message())
    assert answer.status_code == 401
    assert "ABSENT_KEY" in answer.json()["error"]["message"]
    assert upstream.asked == []


def test_usage_and_cost_are_counted(broker: BrokerProcess, admitted: Pass, upstream: Provider):
    upstream.says(said(input_tokens=1000, output_tokens=100,
                       cache_read_input_tokens=2000, cache_creation_input_tokens=400))  # fmt: skip
    upstream.says(CHAT_SAID)
    ask(admitted, MESSAGES, message())
    ask(admitted, CHAT, message())
    first = (1000 * 1 + 100 * 5 + 2000 * 0.1 + 400 * 1.25) / 1e6
    second = (600 * 1 + 400 * 0.1 + 100 * 5) / 1e6
    used = broker.settle(admitted)
    assert (used.requests, used.input_tokens, used.output_tokens) == (2, 4400, 200)
    assert used.cached_tokens == 2400
    assert used.cost_usd == pytest.approx(first + second, abs=1e-6)


def test_streams_pass_as_they_come_and_are_counted(
    broker: BrokerProcess, admitted: Pass, upstream: Provider
):
    received = threading.Event()

    def slowly():
        yield b'data: {"type": "message_start", "message": {"usage": {"input_tokens": 1000}}}\n\n'
        assert received.wait(60), "the first event did not arrive before the second was sent"
        yield b'data: {"type": "message_delta", "usage": {"output_tokens": 100}}\n\n'

    upstream.answers.append(Answer(stream=slowly()))
    headers = {"x-api-key": admitted.token}
    with (
        httpx2.Client(trust_env=False, timeout=60) as client,
        client.stream(
            "POST", f"{admitted.url}/{MESSAGES}", json=message(stream=True), headers=headers
        ) as answer,
    ):
        for line in answer.iter_lines():
            if line:
                received.set()
    used = broker.settle(admitted)
    assert (used.input_tokens, used.output_tokens) == (1000, 100)
    assert used.cost_usd == pytest.approx(0.0015)


def test_a_chats_stream_is_asked_for_its_usage(
    broker: BrokerProcess, admitted: Pass, upstream: Provider
):
    upstream.streams({"choices": [{"delta": {"content": "Hi"}}], "usage": None}, CHAT_SAID)
    ask(admitted, CHAT, message(stream=True))
    assert upstream.asked[0].body["stream_options"] == {"include_usage": True}
    assert broker.settle(admitted).input_tokens == 1000


def test_the_responses_api_is_counted(broker: BrokerProcess, admitted: Pass, upstream: Provider):
    usage = {"input_tokens": 50, "output_tokens": 5, "input_tokens_details": {"cached_tokens": 20}}
    upstream.streams({"type": "response.completed", "response": {"usage": usage}})
    ask(admitted, "openai/responses", {"model": "cheap", "input": "Hello", "stream": True})
    used = broker.settle(admitted)
    assert (used.input_tokens, used.cached_tokens, used.output_tokens) == (50, 20, 5)


def test_at_the_cap_nothing_is_sent(broker: BrokerProcess, upstream: Provider):
    for route, kind in ((MESSAGES, "billing_error"), (CHAT, "insufficient_quota")):
        admitted = broker.admit("1", 0.01)
        answer = ask(admitted, route, message(max_tokens=2000))  # 0.01 USD of output alone
        assert answer.status_code == 402
        assert answer.headers["x-should-retry"] == "false"
        told = answer.json()["error"]
        assert told["type"] == kind
        assert told["message"].startswith("The budget of this conversation, 0.01 USD, is used up")
        upstream.says(said(input_tokens=1000, output_tokens=400))
        assert ask(admitted, route, message(max_tokens=400)).status_code == 200
        assert broker.settle(admitted).requests == 1
    assert len(upstream.asked) == 2


def test_a_bound_on_output_is_lowered_to_what_is_left(broker: BrokerProcess, upstream: Provider):
    """Agents name bounds that they never need: those must not end a conversation."""
    admitted = broker.admit("1", 0.1)  # pays for 20,000 tokens of output, half for 10,000
    upstream.says(said(input_tokens=1000, output_tokens=400))
    assert ask(admitted, MESSAGES, message(max_tokens=64_000)).status_code == 200
    assert 9_000 < upstream.asked[0].body["max_tokens"] < 10_000
    upstream.says(said(input_tokens=1000, output_tokens=400))
    thinking = {"type": "enabled", "budget_tokens": 12_000}
    body = message(max_tokens=64_000, thinking=thinking)
    assert ask(admitted, MESSAGES, body).status_code == 200
    assert upstream.asked[1].body["max_tokens"] == 16_000
    assert ask(admitted, MESSAGES, {**body, "thinking": {"budget_tokens": 20_000}}).is_error
    assert len(upstream.asked) == 2


def test_what_is_under_way_counts_against_the_cap(broker: BrokerProcess, upstream: Provider):
    admitted = broker.admit("1", 0.009)
    go_on, begun = threading.Event(), threading.Event()

    def held():
        yield b'data: {"type": "message_start", "message": {"usage": {"input_tokens": 1}}}\n\n'
        begun.set()
        go_on.wait(60)
        yield b'data: {"type": "message_delta", "usage": {"output_tokens": 1}}\n\n'

    upstream.answers.append(Answer(stream=held()))
    first = threading.Thread(target=ask, args=(admitted, MESSAGES, message(stream=True)))
    first.start()
    assert begun.wait(60)
    assert ask(admitted, MESSAGES, message()).status_code == 402
    go_on.set()
    first.join()
    upstream.says(said(input_tokens=1, output_tokens=1))
    assert ask(admitted, MESSAGES, message()).status_code == 200


def test_an_unknown_model_costs_as_the_dearest_and_the_log_says_so(
    broker: BrokerProcess, upstream: Provider, tmp_path: Path
):
    admitted = broker.admit("1", float("inf"))
    upstream.says(said(input_tokens=1000, output_tokens=0))
    ask(admitted, MESSAGES, message(model="nobody-knows"))
    assert broker.settle(admitted).cost_usd == pytest.approx(0.1)
    assert "no price is known for 'nobody-knows'" in (tmp_path / "broker/broker.log").read_text()


def test_a_provider_without_a_key_costs_nothing(
    broker: BrokerProcess, admitted: Pass, upstream: Provider
):
    upstream.says(CHAT_SAID)
    ask(admitted, "local/v1/chat/completions", message(model="nobody-knows", max_tokens=10**9))
    assert "authorization" not in upstream.asked[0].headers
    used = broker.settle(admitted)
    assert (used.input_tokens, used.cost_usd) == (1000, 0.0)


def test_what_was_spent_outlives_a_killed_broker(
    tmp_path: Path, upstreams: list[Upstream], upstream: Provider
):
    folder = tmp_path / "broker"
    with start_broker(folder, upstreams, ROWS) as broker:
        admitted, other = broker.admit("1/plan", 1.0), broker.admit("1/other", 1.0)
        upstream.says(said(input_tokens=1000, output_tokens=100))
        ask(admitted, MESSAGES, message())
        ask(other, MESSAGES, message(max_tokens=10**9))  # refused: nothing to remember
        os.kill(broker.pid, signal.SIGKILL)
        broker._child.wait()
        used = broker.settle(admitted)
        assert (used.requests, used.cost_usd) == (1, pytest.approx(0.0015))
        with pytest.raises(AgentUnavailable, match="broker"):
            broker.admit("1/next", 1.0)
    with (folder / "spend.jsonl").open("a") as ledger:
        ledger.write('{"invocation": "1/pl')  # a line that a kill cut short
    with start_broker(folder, upstreams, ROWS) as again:
        admitted = again.admit("1/plan", 0.0015)
        assert ask(admitted, MESSAGES, message()).status_code == 402
        assert again.settle(admitted).requests == 1
        assert again.settle(again.admit("1/plan", 1.0)) == Usage()


def test_a_request_that_nobody_answered_counts_as_it_was_set_aside(
    tmp_path: Path, upstreams: list[Upstream], upstream: Provider
):
    begun, stop = threading.Event(), threading.Event()

    def held():
        begun.set()
        stop.wait(60)
        yield b"data: {}\n\n"

    upstream.answers.append(Answer(stream=held()))
    with start_broker(tmp_path / "broker", upstreams, ROWS) as broker:
        admitted = broker.admit("1/plan", 1.0)

        def asks() -> None:
            with pytest.raises(httpx2.HTTPError):
                ask(admitted, MESSAGES, message())

        asking = threading.Thread(target=asks)
        asking.start()
        assert begun.wait(60)
        os.kill(broker.pid, signal.SIGKILL)
        asking.join()
        broker._child.wait()
        used = broker.settle(admitted)
        stop.set()
    assert used.requests == 1
    assert used.cost_usd >= 0.005


def test_the_broker_keeps_itself_to_itself(
    broker: BrokerProcess, admitted: Pass, upstream: Provider, key: str, tmp_path: Path
):
    upstream.says(said(input_tokens=1, output_tokens=1))
    ask(admitted, MESSAGES, message())
    folder = tmp_path / "broker"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in folder.iterdir())
    texts = [p.read_bytes() for p in folder.iterdir() if p.is_file()]
    process = Path(f"/proc/{broker.pid}")
    if process.exists():
        texts.append((process / "cmdline").read_bytes())
        if os.getuid() == 0:  # nobody else may even look
            assert (process / "environ").read_bytes() == b""
    for form in (*forms(key), *forms(admitted.token), base64.b64encode(key.encode())):
        assert not any(form in text for text in texts)


def test_it_ends_with_whoever_started_it(broker: BrokerProcess, admitted: Pass):
    broker.stop()
    assert broker._child.returncode == 0
    assert not broker.socket.exists()
    with pytest.raises(httpx2.ConnectError):
        ask(admitted, MESSAGES, message())


def test_a_broker_that_cannot_start_says_where_to_look(tmp_path: Path, upstreams: list[Any]):
    (tmp_path / "broker" / "spend.jsonl").mkdir(parents=True)
    with pytest.raises(AgentUnavailable, match=r"broker\.log says why"):  # noqa: SIM117
        with start_broker(tmp_path / "broker", upstreams):
            pytest.fail("it started")
