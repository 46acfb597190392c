"""Google's wire format: what is sent on, what is counted, what nobody may have Google do."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.broker import BrokerProcess
from bot.broker.apis import WIRE_FORMATS
from bot.broker.apis.google_body import strange
from bot.broker.counting import Counter
from bot.broker.prices import Tokens
from bot.domain.providers import Api
from bot.ports.broker import Pass
from tests.broker.conftest import ask
from tests.broker.provider import Answer, Provider

MODELS = "google/v1beta/models"
ASKED = f"{MODELS}/cheap-1:generateContent"
STREAM = f"{MODELS}/cheap-1:streamGenerateContent?alt=sse"
USAGE = {
    "promptTokenCount": 1000,
    "cachedContentTokenCount": 400,
    "candidatesTokenCount": 60,
    "thoughtsTokenCount": 40,
    "toolUsePromptTokenCount": 10,
}
COST = (610 * 1 + 400 * 0.1 + 100 * 5) / 1e6


def contents(*parts: Any, **more: Any) -> dict[str, Any]:
    """A request as Google takes it."""
    return {"contents": [{"role": "user", "parts": list(parts) or [{"text": "Hello"}]}], **more}


def said(usage: dict[str, int], why: str | None = "STOP") -> dict[str, Any]:
    """An answer, or an event of a stream, as Google gives it."""
    candidate = {"content": {"role": "model", "parts": [{"text": "Hi"}]}, "finishReason": why}
    return {"candidates": [candidate], "usageMetadata": usage}


def put(admitted: Pass, route: str, body: Any = None, **headers: str) -> httpx2.Response:
    """Ask as Google's clients do."""
    given = {"x-goog-api-key": admitted.token} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    return ask(admitted, route, body, headers=given)


def test_an_agents_conversation_is_sent_on_and_counted(
    broker: BrokerProcess, admitted: Pass, upstream: Provider, key: str
):
    """With all that Gemini CLI writes; the pass stands in no other place than the key's header."""
    call = {"name": "read", "args": {"fileData": {"fileUri": "https://x.example"}}}
    result = {"name": "read", "response": {"url_context": "x"}, "parts": [
        {"inlineData": {"mimeType": "image/png", "data": "AA"}}]}  # fmt: skip
    body = contents(
        {"text": "See", "thoughtSignature": "c2ln"},
        {"inlineData": {"mimeType": "application/pdf", "data": "AA"}},
        {"functionCall": call},
        {"functionResponse": result},
        systemInstruction={"role": "user", "parts": [{"text": "Be kind."}]},
        tools=[{"functionDeclarations": [{"name": "read", "parametersJsonSchema": {}}]}],
        toolConfig={"functionCallingConfig": {"mode": "AUTO"}},
        generationConfig={"temperature": 1, "topP": 0.95, "topK": 64, "maxOutputTokens": 1000,
                          "thinkingConfig": {"includeThoughts": True, "thinkingBudget": 8192}},
    )  # fmt: skip
    upstream.says(said(USAGE), set_cookie="a=b")
    upstream.streams(said({"promptTokenCount": 990}, None), said(USAGE))
    whole = put(admitted, ASKED, body, x_goog_api_client="y", x_http_method_override="GET")
    assert (whole.status_code, whole.json()) == (200, said(USAGE))
    assert put(admitted, STREAM, body).text.count("Hi") == 2
    upstream.says({"totalTokens": 7})
    upstream.says({"models": []})
    inner = {"generateContentRequest": {**body, "model": "models/cheap-1"}}
    assert put(admitted, f"{MODELS}/cheap-1:countTokens", inner).json() == {"totalTokens": 7}
    assert put(admitted, MODELS).status_code == 200
    assert [a.path for a in upstream.asked] == [
        "/v1beta/models/cheap-1:generateContent",
        "/v1beta/models/cheap-1:streamGenerateContent?alt=sse",
        "/v1beta/models/cheap-1:countTokens",
        "/v1beta/models",
    ]
    assert [a.body for a in upstream.asked] == [body, body, inner, None]
    for asked in upstream.asked:
        assert asked.headers["x-goog-api-key"] == key
        assert admitted.token not in str(asked)
        assert not {"authorization", "x-goog-api-client", "x-http-method-override"} & {
            *asked.headers
        }
    used = broker.settle(admitted)
    assert (used.requests, used.input_tokens, used.output_tokens) == (2, 2020, 200)
    assert used.cached_tokens == 800
    assert used.cost_usd == pytest.approx(2 * COST, abs=1e-9)


def test_a_model_is_priced_by_the_path(broker: BrokerProcess, upstream: Provider):
    for model, times in (("dear-1", 100), ("nobody-knows", 100), ("cheap-2", 1)):
        admitted = broker.admit("1", float("inf"))
        upstream.says(said(USAGE))
        assert put(admitted, f"{MODELS}/{model}:generateContent", contents()).status_code == 200
        assert broker.settle(admitted).cost_usd == pytest.approx(COST * times, abs=1e-6)


@pytest.mark.parametrize(
    ("route", "method"),
    [
        (f"{MODELS}/cheap-1:batchGenerateContent", "POST"),
        (f"{MODELS}/cheap-1:generateContent/x", "POST"),
        (f"{MODELS}/cheap-1:generateContent", "GET"),
        (f"{MODELS}/cheap-1:GenerateContent", "POST"),
        (f"{MODELS}/cheap-1:generateContent%0A", "POST"),
        (f"{MODELS}/..%2F..%2Fv1beta%2Ffiles:generateContent", "POST"),
        (f"{MODELS}/cheap%3Fkey=x:generateContent", "POST"),
        (f"{MODELS}/:generateContent", "POST"),
        ("google/v1beta/tunedModels/x:generateContent", "POST"),
        ("google/v1beta/cachedContents", "POST"),
        ("google/v1beta/files", "GET"),
        ("google/upload/v1beta/files", "POST"),
        ("google/v1/models/cheap-1:generateContent", "POST"),
        ("google/v1beta/interactions", "POST"),
        ("google/v1beta/openai/chat/completions", "POST"),
        ("anthropic/v1beta/models/cheap-1:generateContent", "POST"),
    ],
)
def test_other_routes_are_not_admitted(admitted: Pass, upstream: Provider, route: str, method: str):
    headers = {"x-goog-api-key": admitted.token}
    answer = ask(admitted, route, contents() if method == "POST" else None, method=method,
                 headers=headers)  # fmt: skip
    assert answer.status_code == 403
    assert upstream.asked == []


def test_no_key_in_the_address_and_no_choice_of_what_is_told(
    admitted: Pass, upstream: Provider, key: str
):
    for query in (f"key={admitted.token}", f"key={key}", "alt=sse&alt=json", "fields=candidates",
                  "%24fields=candidates", "alt=media", "ALT=sse"):  # fmt: skip
        for action in ("generateContent", "streamGenerateContent"):
            answer = put(admitted, f"{MODELS}/cheap-1:{action}?{query}", contents())
            assert answer.status_code == 403
            assert answer.json()["error"]["status"] == "PERMISSION_DENIED"
            assert query not in answer.text
    bare = put(admitted, STREAM.removesuffix("?alt=sse"), contents())
    assert "`alt=sse`" in bare.json()["error"]["message"]
    for headers in ({}, {"x-api-key": admitted.token}, {"x-goog-api-key": key},
                    {"authorization": f"Bearer {admitted.token}"}):  # fmt: skip
        told = ask(admitted, f"{ASKED}?key={admitted.token}", contents(), headers=headers)
        assert (told.status_code, told.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert upstream.asked == []


REMOTE = {"fileData": {"mimeType": "text/html", "fileUri": "https://evil.example/?secret"}}
REACHING = [
    *({"tools": [{name: {}}]} for name in (
        "googleSearch", "google_search", "googlesearch", "googleSearchRetrieval", "urlContext",
        "url_context", "codeExecution", "code_execution", "googleMaps", "computerUse",
        "mcpServers", "fileSearch")),
    {"tools": [{"functionDeclarations": [], "googleSearch": {}}]},
    {"tools": {"googleSearch": {}}},
    {"tools": ["googleSearch"]},
    {"Tools": [{"googleSearch": {}}]},
    {"cachedContent": "cachedContents/1"},
    {"cached_content": "cachedContents/1"},
    {"model": "models/dear-1"},
    {"serviceTier": "PRIORITY"},
    {"toolConfig": {"retrievalConfig": {}}},
    {"system_instruction": {"parts": [REMOTE]}},
    {"systemInstruction": {"parts": [REMOTE]}},
    {"generationConfig": {"responseModalities": ["AUDIO"]}},
    {"generationConfig": {"speechConfig": {}}},
    {"generationConfig": {"maxOutputTokens": "64000"}},
    {"generationConfig": {"maxOutputTokens": 6.4e4}},
    {"generationConfig": {"maxOutputTokens": True}},
    {"generationConfig": {"max_output_tokens": 64_000}},
    {"generationConfig": {"candidateCount": "8"}},
    {"generation_config": {"maxOutputTokens": 64_000}},
    {"generationConfig": [{"maxOutputTokens": 64_000}]},
    *({"contents": [{"parts": [part]}]} for part in (
        REMOTE,
        {"file_data": REMOTE["fileData"]},
        {"filedata": REMOTE["fileData"]},
        {"text": "x", **REMOTE},
        {"functionResponse": {"name": "x", "parts": [REMOTE]}},
        {"functionResponse": {"name": "x", "fileData": {}}},
        {"functionCall": {"name": "x", "fileData": {}}},
        {"inlineData": {"mimeType": "audio/wav", "data": "AA"}},
        {"inlineData": {"mimeType": "image/png", "fileUri": "https://evil.example"}},
        {"executableCode": {"code": "x"}},
        {"toolCall": {}})),
    {"contents": {"parts": [REMOTE]}},
    {"contents": [{"parts": REMOTE}]},
    {"generateContentRequest": {"tools": [{"googleSearch": {}}]}},
]  # fmt: skip


def test_nothing_has_google_reach_out_or_bill_unseen(admitted: Pass, upstream: Provider):
    for body in REACHING:
        answer = put(admitted, ASKED, contents() | body)
        assert answer.status_code == 403, body
        assert "admitted" in answer.json()["error"]["message"]
        assert "evil" not in answer.text
    assert upstream.asked == []


def test_of_a_name_that_stands_twice_google_gets_what_was_read(admitted: Pass, upstream: Provider):
    upstream.says(said(USAGE))
    twice = b'{"tools": [{"googleSearch": {}}], "contents": [], "tools": []}'
    headers = {"x-goog-api-key": admitted.token, "content-type": "application/json"}
    with httpx2.Client(trust_env=False) as client:
        client.post(f"{admitted.url}/{ASKED}", content=twice, headers=headers)
    assert upstream.asked[0].body == {"tools": [], "contents": []}


def test_an_answer_with_the_key_in_it_is_withheld(admitted: Pass, upstream: Provider, key: str):
    upstream.says({"echo": f"you sent {key}"})
    upstream.says({"error": {"message": f"API key not valid: {key}"}}, 400)
    cut = [f"data: {key[:9]}".encode(), f"{key[9:]}\n\n".encode()]
    upstream.answers.append(Answer(stream=[b"data: {}\n\n", *cut]))
    for route, status in ((ASKED, 502), (ASKED, 502), (STREAM, 200)):
        answer = put(admitted, route, contents())
        assert answer.status_code == status
        assert key[:9] not in answer.text
        assert key[9:] not in answer.text


def test_a_bound_on_output_is_lowered_or_given_and_at_the_cap_nothing_is_sent(
    broker: BrokerProcess, upstream: Provider
):
    """A request without a bound may become as long as any: it is given one when money is short."""
    admitted = broker.admit("1", 0.1)  # pays for 20,000 tokens of output, half for 10,000
    wishes: list[dict[str, Any]] = [{}, {"maxOutputTokens": 64_000, "topK": 3},
                                    {"maxOutputTokens": 500}]  # fmt: skip
    for wish in wishes:
        upstream.says(said({"promptTokenCount": 10, "candidatesTokenCount": 4}))
        body = contents(generationConfig=wish) if wish else contents()
        assert put(admitted, ASKED, body).status_code == 200
    first, second, third = (asked.body["generationConfig"] for asked in upstream.asked)
    assert 9_000 < first["maxOutputTokens"] < 10_000
    assert 9_000 < second["maxOutputTokens"] < 10_000
    assert (second["topK"], third) == (3, {"maxOutputTokens": 500})
    poor = broker.admit("2", 0.01)
    several = {"maxOutputTokens": 1000, "candidateCount": 3}
    for wish in ({}, {"maxOutputTokens": 64_000}, several):
        refused = put(poor, STREAM, contents(generationConfig=wish))
        assert (refused.status_code, refused.headers["x-should-retry"]) == (402, "false")
        told = refused.json()["error"]
        assert (told["code"], told["status"]) == (402, "RESOURCE_EXHAUSTED")
        assert told["message"].startswith("The budget of this conversation, 0.01 USD, is used up")
    assert broker.settle(poor).requests == 0
    assert len(upstream.asked) == 3


def test_a_stream_that_broke_off_counts_rather_too_much():
    counter = Counter(Api.GOOGLE, 100)
    event = b'data: {"candidates": [{"content": {}}], "usageMetadata": {"promptTokenCount": 3}}\n'
    counter.feed(event * 10)
    assert not counter.is_exact
    assert counter.tokens() == Tokens(3, 10 * len(event) // 4)
    blocked = Counter(Api.GOOGLE, 100)
    blocked.whole(b'{"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"x": 1}}')
    assert blocked.is_exact


JSON = st.recursive(
    st.sampled_from([None, True, -1, 0, 7, 2**70, 1.5, "", "64000"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "contents parts tools googleSearch generationConfig maxOutputTokens "
                "candidates usageMetadata promptTokenCount thinkingConfig fileData".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["contents", "tools", "generationConfig"]), JSON))
def test_of_any_body_what_is_admitted_names_nothing_that_google_would_do(body):
    google = WIRE_FORMATS[Api.GOOGLE]
    route = google.route("POST", "v1beta/models/cheap-1:generateContent")
    assert route is not None
    output = google.output(route, body)
    assert 0 < output.least <= output.most
    if not strange(body):
        assert "googleSearch" not in str(body.get("tools"))
        assert "fileData" not in str(body.get("contents"))
        assert google.lowered(body, 9)["generationConfig"]["maxOutputTokens"] <= 9
