"""Agent files: how a program is called, told, and heard. `templates/agents/NAME.yml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.agents.coding.variables import check, used_in
from bot.agents.yaml_lines import Document
from bot.domain.errors import UserError

Template = Annotated[str, Field(max_length=20_000), AfterValidator(check)]
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\r\n]+$")]
JsonPath = Annotated[str, Field(pattern=r"^[A-Za-z0-9_*]+(\.[A-Za-z0-9_*]+)*$")]
"""Keys with dots between them; `*` stands for every entry of a list."""

_STEP = r"\.?[A-Za-z0-9_-][A-Za-z0-9._-]*"
Below = Annotated[str, Field(max_length=200, pattern=rf"^{_STEP}(/{_STEP})*$")]
"""A path that stays where it begins."""

NO_PROVIDER = "none"
_BROKERED = {"broker_url", "pass"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgentLimits(_Strict):
    """Bounds of one conversation."""

    seconds: Annotated[float, Field(gt=0, le=14_400)] | None = None
    """Wall time, when it is shorter than the role's."""
    silence: Annotated[float, Field(gt=0, le=14_400)] = 900.0
    """Seconds without output and without work, after which the agent counts as hung."""
    output: Annotated[int, Field(ge=1_000, le=100_000_000)] = 4_000_000
    """Bytes of its output that are kept."""


class UsagePaths(_Strict):
    """Where the agent's output tells what it used; numbers of several lines are added up."""

    cost_usd: JsonPath | None = None
    input_tokens: JsonPath | None = None
    output_tokens: JsonPath | None = None
    cached_tokens: JsonPath | None = None
    requests: JsonPath | None = None


class OutputFormat(_Strict):
    """How standard output is read."""

    format: Literal["text", "json", "json-lines"] = "text"
    words: tuple[JsonPath, ...] = ()
    """What it says; the last of it are its last words."""
    tools: tuple[JsonPath, ...] = ()
    """What it does, for those who watch."""
    usage: UsagePaths = UsagePaths()

    @model_validator(mode="after")
    def _text_has_no_paths(self) -> OutputFormat:
        if self.format == "text" and (self.words or self.tools or self.usage != UsagePaths()):
            raise ValueError("text has no places to name: choose the format json or json-lines")
        return self


class AgentFile(_Strict):
    """One coding agent."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,47}$")]
    title: Line
    runtime: Literal["command", "acp"]
    command: Annotated[tuple[Template | tuple[Template, ...], ...], Field(min_length=1)]
    environment: Mapping[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], Template] = {}
    prompt: Literal["file", "stdin", "argument"] = "stdin"
    result: Literal["file", "exit-code"] = "file"
    output: OutputFormat = OutputFormat()
    files: Literal["asked", "own"] = "asked"
    """Over acp: whether we offer to read and write files for it, or it does so itself."""
    provider: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")] = NO_PROVIDER
    home: Mapping[Below, Annotated[str, Field(max_length=20_000)]] = {}
    """Files that lie in its home when it starts, path to text: settings that no variable takes."""
    readable: tuple[Line, ...] = ()
    install: Line
    subscription: tuple[Line, ...] = ()
    limits: AgentLimits = AgentLimits()

    @field_validator("command")
    @classmethod
    def _names_a_program(
        cls, command: tuple[str | tuple[str, ...], ...]
    ) -> tuple[str | tuple[str, ...], ...]:
        first = command[0]
        if not isinstance(first, str) or not first or used_in(first):
            raise ValueError("the first argument is the program's name, without variables")
        if any("pass" in used_in(text) for text in _texts(command)):
            # Command lines are seen by every process; an environment is not.
            raise ValueError("{pass} may stand in the environment only")
        return command

    @model_validator(mode="after")
    def _fits_together(self) -> AgentFile:
        used = {n for text in _texts(self.command) for n in used_in(text)}
        told = {n for text in self.environment.values() for n in used_in(text)}
        if self.provider == NO_PROVIDER and (used | told) & _BROKERED:
            raise ValueError("{broker_url} and {pass} need a provider, say anthropic")
        if self.provider != NO_PROVIDER and "pass" not in told:
            raise ValueError(
                f"the provider is {self.provider}: name the variable that gets {{pass}}"
            )
        if self.runtime == "acp" and {"prompt", "result"} & self.model_fields_set:
            raise ValueError("over acp the prompt is a message: leave `prompt` and `result` out")
        if self.runtime != "acp" and "files" in self.model_fields_set:
            raise ValueError("agents that are commands use files themselves: leave `files` out")
        if self.prompt == "argument" and "prompt" not in used:
            raise ValueError("the prompt is an argument: `command` must hold {prompt}")
        if self.prompt == "file" and "prompt_file" not in used | told:
            raise ValueError("the prompt is a file: `command` must hold {prompt_file}")
        return self

    @property
    def program(self) -> str:
        """The program's name, looked for on PATH."""
        return str(self.command[0])


def agent_files(shipped: Path, own: Mapping[str, str] | None = None) -> dict[str, AgentFile]:
    """Read all agent files by name; a repository's own replace those that came with specloop.

    `own` maps their paths to their texts, as they are on the base branch. Raises UserError, with
    file and line, for the first that is broken.
    """
    files = {path.stem: load_agent(path) for path in sorted(shipped.glob("*.yml"))}
    for place, text in (own or {}).items():
        file = load_agent(Path(place), text)
        if file.readable:
            # What an agent can read it can publish, and whoever wrote that file is a stranger here.
            raise UserError(f"{place}: a repository's own agent file cannot name `readable` paths")
        files[file.name] = file
    return files


def load_agent(path: Path, text: str | None = None) -> AgentFile:
    """Read one agent file, or its text. Raises UserError with file and line."""
    document = Document(path, text)
    try:
        file = AgentFile.model_validate(document.value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in written(document.value, first["loc"]))
        problem = first["msg"].removeprefix("Value error, ")
        raise document.error(first["loc"], f"{place}: {problem}" if place else problem) from error
    if file.name != path.stem:
        raise document.error(("name",), f"the agent {file.name} belongs into {file.name}.yml")
    return file


def written(value: object, location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return a location without pydantic's own steps, which no file holds."""
    steps: list[str | int] = []
    for step in location:
        if isinstance(value, dict) and (step in value or not steps):
            value = value.get(step)  # a key that is missing is named, too
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            continue
        steps.append(step)
    return tuple(steps)


def _texts(command: tuple[str | tuple[str, ...], ...]) -> Iterator[str]:
    for part in command:
        yield from (part,) if isinstance(part, str) else part
