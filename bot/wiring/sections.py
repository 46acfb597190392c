"""The sections of `.github/specloop.yml`, each validated by itself."""

from __future__ import annotations

import re
import shlex
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.errors import UserError
from bot.domain.findings import GateCategory
from bot.domain.providers import Api, model_name
from bot.domain.settings import Bound, Labels, Limits, Settings

_LIMITS, _LABELS, _DEFAULTS = Limits(), Labels(), Settings()


def _argv(value: object) -> object:
    """A command may be written as a line; it is split like a shell would, and given to none."""
    if isinstance(value, str):
        try:
            return shlex.split(value)
        except ValueError as error:
            raise ValueError(f"cannot be split into words: {error}") from error
    return value


def _written(value: str) -> str:
    """A model is written `PROVIDER:NAME`."""
    try:
        return str(model_name(value))
    except UserError as error:
        raise ValueError(str(error).rstrip(".")) from error


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s@?#]*)?", value):
        raise ValueError("it must be an address such as https://llm.example.org/v1")
    return value


def _variable(value: str) -> str:
    if not re.fullmatch(r"([A-Z][A-Z0-9_]*)?", value):
        raise ValueError("it must be the name of an environment variable, never the key itself")
    return value


class Strict(BaseModel):
    """Knows every key it may be given, and refuses others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GateModel(Strict):
    """One gate of the configuration."""

    name: str = Field(min_length=1, max_length=40)
    command: Annotated[list[str], BeforeValidator(_argv), Field(min_length=1)]
    category: GateCategory = GateCategory.CUSTOM
    timeout: float = Field(default=600.0, gt=0, le=6 * 3600)


class BoundModel(Strict):
    """A bound of one call, item or iteration."""

    usd: float | None = Field(default=None, gt=0)
    tokens: int | None = Field(default=None, ge=1000)
    minutes: float | None = Field(default=None, gt=0)


def _bound(default: Bound) -> BoundModel:
    return BoundModel(usd=default.usd, tokens=default.tokens, minutes=default.minutes)


class LimitsModel(Strict):
    """Bounds of a milestone and of its parts."""

    iterations: int = Field(default=_LIMITS.iterations, ge=1, le=1000)
    rounds: int = Field(default=_LIMITS.rounds, ge=1, le=20)
    attempts: int = Field(default=_LIMITS.attempts, ge=1, le=20)
    executors: int = Field(default=_LIMITS.executors, ge=1, le=64)
    items_per_iteration: int = Field(default=_LIMITS.items_per_iteration, ge=1, le=200)
    feedback_per_specialist: int = Field(default=_LIMITS.feedback_per_specialist, ge=0, le=50)
    cost_usd: float = Field(default=_LIMITS.cost_usd, ge=0)
    tokens: int | None = Field(default=_LIMITS.tokens, ge=1000)
    agent_hours: float = Field(default=_LIMITS.agent_hours, gt=0)
    call: BoundModel = _bound(_LIMITS.call)
    item: BoundModel = _bound(_LIMITS.item)
    iteration: BoundModel = _bound(_LIMITS.iteration)
    idle_usd: float = Field(default=_LIMITS.idle_usd, gt=0)
    idle_invocations: int = Field(default=_LIMITS.idle_invocations, ge=1)
    ceiling_usd: float = Field(default=_LIMITS.ceiling_usd, ge=0)
    ceiling_iterations: int = Field(default=_LIMITS.ceiling_iterations, ge=1)
    ceiling_hours: float = Field(default=_LIMITS.ceiling_hours, gt=0)
    ceiling_tokens: int = Field(default=_LIMITS.ceiling_tokens, ge=0)


class LabelsModel(Strict):
    """Names of labels."""

    spec: str = _LABELS.spec
    work: str = _LABELS.work
    feedback: str = _LABELS.feedback
    decision: str = _LABELS.decision
    blocked: str = _LABELS.blocked
    backlog: str = _LABELS.backlog
    high: str = _LABELS.high
    medium: str = _LABELS.medium
    low: str = _LABELS.low
    category_prefix: str = _LABELS.category_prefix


class SandboxModel(Strict):
    """What the sandbox lets through."""

    network: bool = _DEFAULTS.network


def _list(value: object) -> object:
    """One model may stand without a list around it."""
    return [value] if isinstance(value, str) else value


Names = Annotated[list[Annotated[str, AfterValidator(_written)]], BeforeValidator(_list)]


class ProviderModel(Strict):
    """A service that answers for models."""

    api: Api = Api.OPENAI
    base_url: Annotated[str, AfterValidator(_address)]
    key: Annotated[str, AfterValidator(_variable)] = ""
