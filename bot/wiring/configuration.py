"""`.github/specloop.yml`, validated: what a repository configures becomes Settings."""

from __future__ import annotations

import re
import shlex
from itertools import chain
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.effects import MergeMethod
from bot.domain.errors import UserError
from bot.domain.findings import Gate, GateCategory
from bot.domain.providers import BUILT_IN, Api, Models, Provider, model_name
from bot.domain.settings import Bound, Labels, Limits, MergePolicy, PlanApproval, Settings

PATH = ".github/specloop.yml"
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


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GateModel(_Strict):
    """One gate of the configuration."""

    name: str = Field(min_length=1, max_length=40)
    command: Annotated[list[str], BeforeValidator(_argv), Field(min_length=1)]
    category: GateCategory = GateCategory.CUSTOM
    timeout: float = Field(default=600.0, gt=0, le=6 * 3600)


class BoundModel(_Strict):
    """A bound of one call, item or iteration."""

    usd: float | None = Field(default=None, gt=0)
    tokens: int | None = Field(default=None, ge=1000)
    minutes: float | None = Field(default=None, gt=0)


def _bound(default: Bound) -> BoundModel:
    return BoundModel(usd=default.usd, tokens=default.tokens, minutes=default.minutes)


class LimitsModel(_Strict):
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


class LabelsModel(_Strict):
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


class SandboxModel(_Strict):
    """What the sandbox lets through."""

    network: bool = _DEFAULTS.network


def _list(value: object) -> object:
    """One model may stand without a list around it."""
    return [value] if isinstance(value, str) else value


Names = Annotated[list[Annotated[str, AfterValidator(_written)]], BeforeValidator(_list)]


class ProviderModel(_Strict):
    """A service that answers for models."""

    api: Api = Api.OPENAI
    base_url: Annotated[str, AfterValidator(_address)]
    key: Annotated[str, AfterValidator(_variable)] = ""


def _named(value: object) -> object:
    """`gates:` may be a mapping of names to commands, the short form."""
    if isinstance(value, dict):
        return [
            {"name": name, **(body if isinstance(body, dict) else {"command": body})}
            for name, body in value.items()
        ]
    return value


class Configuration(_Strict):
    """The whole file."""

    version: Literal[1] = Field(1, description="version of this file's format")
    gates: Annotated[list[GateModel], BeforeValidator(_named)] = Field(
        [],
        description="commands that must exit 0: a mapping of names to commands, or a list with "
        "`name`, `command`, `category` (build, test, lint, security, custom), `timeout` in seconds",
    )
    agent: str = Field(
        _DEFAULTS.agent,
        min_length=1,
        description="who thinks: `auto` (a key that is there, else an installed coding agent), "
        "`model`, `PROVIDER:MODEL`, or the name of a coding agent such as `claude-code`",
    )
    model: Names = Field(
        [str(name) for name in _DEFAULTS.models.names],
        description="the model, `PROVIDER:NAME`, or a list: the next one answers when the one "
        "before cannot be asked",
    )
    models: dict[str, Names] = Field({}, description="models by role, such as `planner`")
    providers: dict[str, ProviderModel] = Field(
        {},
        description="services that answer for models, besides `anthropic`, `openai` and `ollama`: "
        "`api` (`anthropic` or `openai`: whose wire format it speaks), `base_url`, and `key`, the "
        "name of the environment variable that holds the key",
    )
    merge: MergePolicy = Field(
        MergePolicy.REVIEW,
        description="`review`: a person approves each pull request's present head; "
        "`auto`: green gates suffice",
    )
    merge_method: MergeMethod = Field(
        MergeMethod.SQUASH, description="how a pull request lands: `merge`, `squash` or `rebase`"
    )
    approve_plan: PlanApproval = Field(
        PlanApproval.FIRST,
        description="which plans wait for `/continue`: `first`, `always` or `never`",
    )
    specialists: list[str] = Field(
        list(_DEFAULTS.specialists), description="roles that review what landed"
    )
    writer: bool = Field(
        True,
        description="whether a Writer documents what was built before the end, in a repository "
        "with a README, a changelog or a docs folder; on a laptop only if it is set",
    )
    labels: LabelsModel = Field(LabelsModel(), description="names of the labels")
    limits: LimitsModel = Field(
        LimitsModel(),
        description="bounds; reaching one is a graceful, resumable stop. Cost, tokens and time "
        "are bounded for the milestone and within it for an `iteration`, an `item` and a `call`; "
        "what is not set is not bounded",
    )
    sandbox: SandboxModel = Field(
        SandboxModel(),
        description="`network: true` lets gates reach networks; agents reach their model alone",
    )
    protected_paths: list[str] = Field(
        list(_DEFAULTS.protected_paths),
        description="paths that need a person's approval when an agent's branch touches them",
    )


def parse_configuration(text: bytes | None, where: str = PATH) -> tuple[Settings, frozenset[str]]:
    """Return the Settings of a file's text (None: no file) and the names that it sets.

    Raises UserError with file, place and reason, one sentence, when it is not valid.
    """
    raw: object = {}
    if text is not None:
        try:
            raw = yaml.safe_load(text.decode("utf-8")) or {}
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            reason = " ".join(str(error).split())
            raise UserError(f"{where} is not valid YAML: {reason}") from error
    if not isinstance(raw, dict):
        raise UserError(f"{where} must be a mapping of settings, such as `gates:`.")
    try:
        read = Configuration.model_validate(raw)
    except ValidationError as error:
        raise UserError(f"{where}: {_first(error)}") from error
    names = [g.name for g in read.gates]
    if twice := next((n for n in names if names.count(n) > 1), None):
        raise UserError(f"{where}: two gates are named `{twice}`; rename one.")
    try:
        return _settings(read), frozenset(read.model_fields_set)
    except UserError as error:
        raise UserError(f"{where}: {error}") from error


def _settings(read: Configuration) -> Settings:
    return Settings(
        gates=tuple(Gate(g.name, tuple(g.command), g.category, g.timeout) for g in read.gates),
        agent=read.agent,
        models=_models(read),
        merge=read.merge,
        merge_method=read.merge_method,
        approve_plan=read.approve_plan,
        specialists=tuple(dict.fromkeys(read.specialists)),
        writer=read.writer,
        labels=Labels(**read.labels.model_dump()),
        limits=_limits(read.limits),
        network=read.sandbox.network,
        protected_paths=tuple(read.protected_paths),
    )


def _limits(read: LimitsModel) -> Limits:
    values = read.model_dump()
    call, item, iteration = (Bound(**values.pop(n)) for n in ("call", "item", "iteration"))
    return Limits(call=call, item=item, iteration=iteration, **values)


def _models(read: Configuration) -> Models:
    own = {
        name: Provider(name, p.api, p.base_url.rstrip("/"), p.key)
        for name, p in read.providers.items()
    }
    models = Models(
        tuple(map(model_name, read.model)),
        {role: tuple(map(model_name, names)) for role, names in read.models.items()},
        tuple(({p.name: p for p in BUILT_IN} | own).values()),
    )
    for name in (*models.names, *chain.from_iterable(models.by_role.values())):
        models.provider(name.provider)
    return models


def _first(error: ValidationError) -> str:
    found = error.errors()[0]
    place = ".".join(str(p) for p in found["loc"])
    return f"`{place}`: {found['msg'].removeprefix('Value error, ')}."
