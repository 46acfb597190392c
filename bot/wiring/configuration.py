"""`.github/specloop.yml`, validated: what a repository configures becomes Settings."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Literal

import yaml
from pydantic import BeforeValidator, Field, ValidationError

from bot.domain.effects import MergeMethod
from bot.domain.errors import UserError
from bot.domain.findings import Gate
from bot.domain.providers import BUILT_IN, Models, Provider, model_name
from bot.domain.settings import Bound, Labels, Limits, MergePolicy, PlanApproval, Settings
from bot.wiring.sections import (
    GateModel,
    LabelsModel,
    LimitsModel,
    Names,
    ProviderModel,
    SandboxModel,
    Strict,
)

PATH = ".github/specloop.yml"
_DEFAULTS = Settings()


def _named(value: object) -> object:
    """`gates:` may be a mapping of names to commands, the short form."""
    if isinstance(value, dict):
        return [
            {"name": name, **(body if isinstance(body, dict) else {"command": body})}
            for name, body in value.items()
        ]
    return value


class Configuration(Strict):
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
        description="services that answer for models, besides `anthropic`, `openai`, `google` and "
        "`ollama`: `api` (`anthropic`, `openai` or `google`: whose wire format it speaks), "
        "`base_url`, and `key`, the name of the environment variable that holds the key",
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
    review_paths: list[str] = Field(
        [],
        description="further paths that need a person's approval, beside the protected ones; a "
        "folder ends in `/`",
    )
    review_labels: list[str] = Field(
        [],
        description="labels of a spec, an item or a pull request with which it needs a person's "
        "approval, also with `merge: auto`",
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
        review_paths=tuple(read.review_paths),
        review_labels=tuple(read.review_labels),
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
