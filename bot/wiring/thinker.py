"""Who thinks: from a wish (`auto`, a model, a coding agent, a playbook) to what is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.agents.coding.files import NO_PROVIDER, AgentFile
from bot.agents.coding.find import ranked
from bot.domain.errors import UserError
from bot.domain.providers import ModelName, Models, Provider, model_name
from bot.domain.settings import Settings

AUTO = "auto"
MODEL = "model"
PLAYBOOK = "playbook"
DEFAULT_MODELS = (
    ModelName("anthropic", "claude-sonnet-5-5"),
    ModelName("openai", "gpt-5.5"),
)
"""Whom `auto` asks when there is a key, and no model is configured that it opens."""


class Runtime(StrEnum):
    """How conversations are held."""

    PLAYBOOK = "playbook"
    MODEL = "model"
    CODING = "coding agent"


@dataclass(frozen=True, slots=True)
class Thinker:
    """Who answers for the roles."""

    runtime: Runtime
    name: str
    """`playbook:FILE`, or a coding agent's name, with `:MODEL` if one was wished for."""
    models: Models
    because: str
    """Why this one, for people: `ANTHROPIC_API_KEY is set`."""

    @property
    def title(self) -> str:
        """Who it is, for people."""
        if self.runtime is Runtime.MODEL:
            return str(self.models.names[0])
        return self.name

    @property
    def is_paid(self) -> bool:
        """Whether asking may cost money."""
        if self.runtime is Runtime.MODEL:
            return bool(self.models.provider(self.models.names[0].provider).key_variable)
        return self.runtime is Runtime.CODING


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What there is to choose from."""

    has: Callable[[str], bool]
    """Whether an environment variable is set and not empty."""
    installed: Callable[[str], bool]
    """Whether a program is on PATH."""
    files: Mapping[str, AgentFile]
    """The coding agents that are described."""


def find_thinker(wish: str, settings: Settings, around: Surroundings) -> Thinker:
    """Return who thinks. Raises UserError when that is nobody, with what to do about it.

    `wish` is what the person chose; `auto` leaves it to the configuration, and that may leave it
    to what is there: a key first, then an installed coding agent that needs none.
    """
    wish = settings.agent if wish == AUTO else wish
    kind, _, argument = wish.partition(":")
    models = settings.models
    if kind == PLAYBOOK:
        if not argument:
            raise UserError("A playbook is named by its file: playbook:FILE.")
        return Thinker(Runtime.PLAYBOOK, wish, models, "a recorded story")
    if wish == AUTO:
        return _found(settings, around)
    if wish == MODEL:
        return _asked(models, around)
    if kind in {p.name for p in models.providers}:
        return _asked(replace(models, names=(model_name(wish),)), around)
    if kind in around.files:
        return Thinker(Runtime.CODING, wish, models, "chosen")
    served = (f"{p.name}:MODEL" for p in models.providers if p.holds_conversations)
    known = ", ".join([AUTO, MODEL, *served, *ranked(around.files)])
    raise UserError(f"There is no agent `{wish}`; there are {known}, and playbook:FILE.")


def _asked(models: Models, around: Surroundings) -> Thinker:
    provider = models.provider(models.names[0].provider)
    _require_conversations(models.names[0], provider)
    if not _opens(provider, around):
        raise UserError(
            f"{models.names[0]} needs a key: set {provider.key_variable} (it goes to the broker "
            "alone; no agent sees it)."
        )
    return Thinker(Runtime.MODEL, MODEL, models, _why(provider))


def _found(settings: Settings, around: Surroundings) -> Thinker:
    models = settings.models
    for model in (models.names[0], *DEFAULT_MODELS):
        provider = models.provider(model.provider)
        if provider.key_variable and _opens(provider, around):
            _require_conversations(model, provider)
            names = models.names if model == models.names[0] else (model,)
            return Thinker(Runtime.MODEL, MODEL, replace(models, names=names), _why(provider))
    for name in ranked(around.files):
        file = around.files[name]
        if file.provider == NO_PROVIDER and around.installed(file.program):
            return Thinker(Runtime.CODING, name, models, f"`{file.program}` is installed")
    here = [n for n in ranked(around.files) if around.installed(around.files[n].program)]
    also = f" {', '.join(here)} would do with a key, too." if here else ""
    raise UserError(
        "Nobody is there to think: set ANTHROPIC_API_KEY or OPENAI_API_KEY, name a model of your "
        f"own machine (--agent ollama:MODEL), or play a story (--agent playbook:FILE).{also}"
    )


def _require_conversations(model: ModelName, provider: Provider) -> None:
    if not provider.holds_conversations:
        raise UserError(
            f"{model} cannot be asked without a coding agent: choose --agent "
            f"gemini-acp:{model.name}, or a model of another provider."
        )


def _opens(provider: Provider, around: Surroundings) -> bool:
    return not provider.key_variable or around.has(provider.key_variable)


def _why(provider: Provider) -> str:
    if provider.key_variable:
        return f"{provider.key_variable} is set"
    return f"no key is needed at {provider.base_url}"


def has_variable(name: str) -> bool:
    """Whether an environment variable is set and not empty."""
    return bool(os.environ.get(name))
