"""Providers as the broker knows them: with their keys."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from bot.domain.providers import Api


@dataclass(frozen=True, slots=True)
class Upstream:
    """One provider and the key to it."""

    name: str
    api: Api
    base_url: str
    """As the official clients want it: Anthropic's without `/v1`, OpenAI's with it,
    Google's without `/v1beta`."""
    key: str = field(default="", repr=False)
    """Empty: it needs none, and then costs nothing, or `wants` says where it should have stood."""
    wants: str = ""
    """The environment variable that would have held the key."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @staticmethod
    def from_json(raw: dict[str, Any]) -> Upstream:
        """Return what `to_json` made."""
        return Upstream(**{**raw, "api": Api(raw["api"])})

    @property
    def is_free(self) -> bool:
        """Whether nobody could send a bill for it."""
        return not self.key and not self.wants
