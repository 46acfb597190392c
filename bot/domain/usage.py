"""What asking agents cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """What invocations used."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0
    cached_tokens: int = 0
    """Of the input tokens, those that the provider read from its cache."""

    def plus(self, other: Usage) -> Usage:
        """Return the sum of two usages."""
        return Usage(
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            round(self.cost_usd + other.cost_usd, 6),
            self.seconds + other.seconds,
            self.cached_tokens + other.cached_tokens,
        )


NOTHING_USED = Usage()
