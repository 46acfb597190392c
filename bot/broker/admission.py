"""Which requests the broker sends on: those that hold a conversation with a model, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.providers import Api

BODY_BYTES = 32 << 20
"""Bytes of a request; what Anthropic takes at most."""

_ROUTES = {
    Api.ANTHROPIC: frozenset(
        {
            ("POST", "v1/messages"),
            ("POST", "v1/messages/count_tokens"),
            ("GET", "v1/models"),
        }
    ),
    Api.OPENAI: frozenset(
        {
            ("POST", "chat/completions"),
            ("POST", "responses"),
            ("POST", "embeddings"),
            ("GET", "models"),
        }
    ),
}
_FREE = frozenset({"v1/messages/count_tokens", "v1/models", "models"})
HEADERS = frozenset(
    {"accept", "content-type", "user-agent", "anthropic-version", "anthropic-beta", "openai-beta"}
)
"""What is sent on of a request's headers."""
_ANSWER_HEADERS = frozenset(
    {"content-type", "retry-after", "retry-after-ms", "request-id", "x-request-id"}
)
_ANSWER_FAMILIES = ("anthropic-ratelimit-", "x-ratelimit-", "x-should-retry")
_CLIENT_TOOLS = (
    *("custom", "function", "bash_", "text_editor_", "memory_", "computer_"),
    *("local_shell", "apply_patch", "tool_search"),
)
"""Tools that the agent itself uses, and a search among them. Others run at the provider: they reach
the network from there, past the sandbox, and are billed apart from tokens."""
_DEPTH = 40


def route(api: Api, method: str, path: str) -> str | None:
    """Return the route below the provider's address, or None when it is not admitted.

    OpenAI's clients are given addresses with `/v1` and without; the provider's own has it.
    """
    rest = path.removeprefix("v1/") if api is Api.OPENAI else path
    return rest if (method, rest) in _ROUTES[api] else None


def is_billed(rest: str) -> bool:
    """Whether a route costs anything."""
    return rest not in _FREE


def passes_back(header: str) -> bool:
    """Whether an answer's header (lower case) is sent on."""
    return header in _ANSWER_HEADERS or header.startswith(_ANSWER_FAMILIES)


def objection(body: dict[str, Any]) -> str:
    """Return why a body is not sent on, one sentence for the agent, or nothing."""
    if body.get("mcp_servers"):
        return "MCP servers that the provider calls are not admitted here: use your own tools."
    # OpenAI's responses may be told of tools in the middle of a conversation, too.
    holders = [body, *_objects(body.get("input"), 0)]
    for tool in (t for holder in holders for t in _tools(holder.get("tools"))):
        kind = (tool.get("type") or "custom") if isinstance(tool, dict) else ""
        if not isinstance(kind, str) or not kind.startswith(_CLIENT_TOOLS):
            return f"The tool type {kind!r} runs at the provider and is not admitted here."
    if body.get("background") or body.get("web_search_options"):
        return "Searches and work in the background at the provider are not admitted here."
    for name in ("messages", "input", "system"):
        if any(map(_is_remote, _objects(body.get(name), 0))):
            return "Images and documents are admitted as data, not by an address to fetch."
    return ""


def _objects(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEPTH:
        return
    if isinstance(value, dict):
        if value.get("type") == "tool_use":
            return  # what the model told a tool of the agent's: anything, and nobody fetches it
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _objects(inner, depth + 1)


def _tools(tools: object) -> Iterator[Any]:
    """Yield tools, and of a namespace (Codex groups its own in such) those that are in it."""
    for tool in tools if isinstance(tools, list) else []:
        inner = tool.get("tools") if isinstance(tool, dict) else None
        if inner and tool.get("type") == "namespace":
            yield from inner if isinstance(inner, list) else [inner]
        else:
            yield tool


def _is_remote(value: dict[str, Any]) -> bool:
    """Whether a part of a message would have the provider fetch something."""
    if value.get("type") == "url" and "url" in value:
        return True
    image = value.get("image_url")
    address = image.get("url") if isinstance(image, dict) else image
    return any(
        isinstance(a, str) and not a.startswith("data:") for a in (address, value.get("file_url"))
    )
