"""Models of real providers, asked through the broker: this process never sees a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.agents.access import Access
from bot.domain.agents import Invocation
from bot.domain.errors import AgentUnavailable, UserError
from bot.domain.providers import Api, ModelName, Models, Provider
from bot.ports.broker import Broker, Pass

if TYPE_CHECKING:
    from httpx2 import AsyncClient, Response
    from pydantic_ai.models import Model

    from bot.agents.roles import Role

RETRIES = 4
"""How often the provider's own client sends a request again (429, 529, 5xx, lost connections)."""
REQUEST_SECONDS = 600.0
"""Wall time of one request with all its retries and its whole streamed answer."""
OUTPUT_TOKENS = 16_000
"""Tokens of one answer of a model."""
CONNECT_SECONDS = 15.0
PATIENCE_SECONDS = 30.0
"""A provider that wants to be left alone for longer is asked by a later run: nobody pays a machine
for sleeping."""


class ProviderModels:
    """A ModelSource over providers."""

    def __init__(self, models: Models, broker: Broker) -> None:
        self._models = models
        self._broker = broker

    def open(self, invocation: Invocation, role: Role) -> Access:
        """Return the way to the role's model. Raises AgentUnavailable."""
        try:
            names = self._models.of(role.name, role.model)
            providers = [self._models.provider(name.provider) for name in names]
        except UserError as error:  # a role's file may name what is not configured
            raise AgentUnavailable(str(error)) from error
        for name, provider in zip(names, providers, strict=True):
            if not provider.holds_conversations:
                raise AgentUnavailable(f"{name} cannot be asked without a coding agent.")
        cap = float("inf") if role.cost_usd is None else role.cost_usd
        admitted = self._broker.admit(invocation.key, cap_usd=cap)
        client = _client()
        served = zip(names, providers, strict=True)
        models = [_model(name, provider, admitted, client) for name, provider in served]
        return Access(
            model=_first_that_answers(models),
            name=", ".join(map(str, names)),
            settings=_settings(role),
            streams=True,
            close=client.aclose,
            settle=lambda: self._broker.settle(admitted),
        )


def _model(name: ModelName, provider: Provider, admitted: Pass, client: AsyncClient) -> Model:
    url = f"{admitted.url.rstrip('/')}/{provider.name}"
    if provider.api is Api.ANTHROPIC:
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        return AnthropicModel(
            name.name,
            provider=AnthropicProvider(api_key=admitted.token, base_url=url, http_client=client),
        )
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIChatModel(
        name.name,
        provider=OpenAIProvider(base_url=url, api_key=admitted.token, http_client=client),
    )


def _client() -> AsyncClient:
    """Return a client of this conversation's own: it belongs to the event loop it is used in."""
    from httpx2 import AsyncClient, Timeout

    # The broker is on loopback: no proxy of the environment's may come between, and no TLS.
    return AsyncClient(
        timeout=Timeout(REQUEST_SECONDS, connect=CONNECT_SECONDS),
        trust_env=False,
        verify=False,
        event_hooks={"response": [_forbid_long_waits]},
    )


async def _forbid_long_waits(response: Response) -> None:
    """Tell the provider's own client (both heed this header) not to sleep through a long wait."""
    wait = response.headers.get("retry-after", "")
    if wait.strip() and not (wait.isdecimal() and int(wait) <= PATIENCE_SECONDS):
        response.headers["x-should-retry"] = "false"


def _first_that_answers(models: Sequence[Model]) -> Model:
    if len(models) == 1:
        return models[0]
    from pydantic_ai.models.fallback import FallbackModel

    return FallbackModel(*models)


def _settings(role: Role) -> Mapping[str, Any]:
    """Return settings for any provider; each takes those it knows.

    What stays the same from one conversation to the next (tools, role, brief, spec) is cached on
    its own, so that only the moving parts are paid in full; then the conversation as it grows.
    """
    return {
        "max_tokens": min(OUTPUT_TOKENS, role.output_tokens or OUTPUT_TOKENS),
        "max_retries": RETRIES,
        "request_timeout": REQUEST_SECONDS,
        "anthropic_cache_tool_definitions": True,
        "anthropic_cache_instructions": True,
        "anthropic_cache": True,
    }
