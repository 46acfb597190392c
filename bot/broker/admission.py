"""How much of a request is sent on, and of an answer."""

from __future__ import annotations

BODY_BYTES = 32 << 20
"""Bytes of a request; what Anthropic takes at most."""
HEADERS = frozenset(
    {"accept", "content-type", "user-agent", "anthropic-version", "anthropic-beta", "openai-beta"}
)
"""What is sent on of a request's headers."""
_ANSWER_HEADERS = frozenset(
    {"content-type", "retry-after", "retry-after-ms", "request-id", "x-request-id"}
)
_ANSWER_FAMILIES = ("anthropic-ratelimit-", "x-ratelimit-", "x-should-retry")


def passes_back(header: str) -> bool:
    """Whether an answer's header (lower case) is sent on."""
    return header in _ANSWER_HEADERS or header.startswith(_ANSWER_FAMILIES)
