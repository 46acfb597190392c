"""Models and who serves them: what a configuration names, and nothing of how they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.errors import UserError


class Api(StrEnum):
    """The wire format in which a provider is asked."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    """Chat completions, as OpenAI, Ollama and most others speak them."""
    GOOGLE = "google"
    """Gemini's; coding agents alone are asked over it."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One service that answers for models."""

    name: str
    api: Api
    base_url: str
    """As the official clients want it: Anthropic's without `/v1`, OpenAI's with it,
    Google's without `/v1beta`."""
    key_variable: str = ""
    """The environment variable that holds the key; empty when none is needed."""

    @property
    def holds_conversations(self) -> bool:
        """Whether a role can be asked over it without a coding agent."""
        return self.api is not Api.GOOGLE


BUILT_IN = (
    Provider("anthropic", Api.ANTHROPIC, "https://api.anthropic.com", "ANTHROPIC_API_KEY"),
    Provider("openai", Api.OPENAI, "https://api.openai.com/v1", "OPENAI_API_KEY"),
    Provider("google", Api.GOOGLE, "https://generativelanguage.googleapis.com", "GEMINI_API_KEY"),
    Provider("ollama", Api.OPENAI, "http://127.0.0.1:11434/v1"),
)
"""Providers that need no configuration; a configured one of the same name replaces one."""


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model of a provider, written `PROVIDER:NAME`."""

    provider: str
    name: str

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.provider}:{self.name}"


def model_name(text: str) -> ModelName:
    """Return the model that a text names. Raises UserError when it is no `PROVIDER:NAME`."""
    provider, colon, name = text.strip().partition(":")
    if not (provider and colon and name):
        raise UserError(
            f"`{text}` names no model: write PROVIDER:NAME, say anthropic:claude-sonnet-5-5."
        )
    return ModelName(provider, name)


@dataclass(frozen=True, slots=True)
class Models:
    """Which models answer, and who serves them."""

    names: tuple[ModelName, ...] = (ModelName("anthropic", "claude-sonnet-5-5"),)
    """The first, and if it cannot be asked the next."""
    by_role: Mapping[str, tuple[ModelName, ...]] = field(default_factory=dict)
    providers: tuple[Provider, ...] = BUILT_IN

    def of(self, role: str, wanted: ModelName | None = None) -> tuple[ModelName, ...]:
        """Return a role's models, best first; configuration ranks before what its file wants."""
        if role in self.by_role:
            return self.by_role[role]
        first = (wanted,) if wanted else ()
        return (*first, *(name for name in self.names if name not in first))

    def provider(self, name: str) -> Provider:
        """Return the provider of that name. Raises UserError when there is none."""
        for provider in self.providers:
            if provider.name == name:
                return provider
        known = ", ".join(sorted(p.name for p in self.providers))
        raise UserError(f"There is no provider `{name}`; there are {known}.")
