"""What would have a provider reach out, past the sandbox: in Anthropic's and OpenAI's bodies.

Both are looked for in either: some services speak both, and a name of the other does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_CLIENT_TOOLS = (
    *("custom", "function", "bash_", "text_editor_", "memory_", "computer_"),
    *("local_shell", "apply_patch", "tool_search"),
)
"""Tools that the agent itself uses, and a search among them. Others run at the provider: they reach
the network from there, past the sandbox, and are billed apart from tokens."""
_TIERS = (None, "auto", "default", "flex", "standard_only")
"""Tiers of service at the listed price, or below it; what costs more is not in the price list."""
_DEPTH = 40


def objection(body: Mapping[str, Any]) -> str:
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
    if body.get("service_tier") not in _TIERS:
        return "Tiers of service that cost more than the listed price are not admitted here."
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
