"""A role file, read: its front matter, validated, and the three parts of its prompt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Annotated, Literal, get_args

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from bot.domain.agents import RoleKind
from bot.domain.errors import UserError

ToolName = Literal["read", "list", "search", "grep", "write", "replace", "run"]
TOOLS: tuple[str, ...] = get_args(ToolName)
CHANGING_TOOLS = frozenset({"write", "replace", "run"})
CHANGING_KINDS = frozenset({RoleKind.EXECUTOR, RoleKind.WRITER})

SEPARATORS = ("---shared---", "---user---")


@dataclass(frozen=True, slots=True)
class RoleFile:
    """One file of a folder of roles."""

    where: str
    """Its path, as errors name it."""
    text: str


def role_files(folder: Path) -> tuple[RoleFile, ...]:
    """Return the role files of a folder."""
    paths = sorted(folder.glob("*.md"))
    return tuple(RoleFile(str(path), path.read_text(encoding="utf-8")) for path in paths)


class Limits(BaseModel):
    """The `limits` of the front matter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    requests: Annotated[int, Field(ge=1, le=500)] = 40
    seconds: Annotated[float, Field(gt=0, le=14_400)] = 900.0
    cost_usd: Annotated[float, Field(gt=0)] | None = None
    output_tokens: Annotated[int, Field(ge=1)] | None = None


class FrontMatter(BaseModel):
    """The front matter of a role file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,47}$")]
    kind: RoleKind
    title: Annotated[str, Field(min_length=1, max_length=80)]
    model: Annotated[str, Field(pattern=r"^[a-z0-9-]+:[^\s:][^\s]*$")] | None = None
    tools: tuple[ToolName, ...] = ()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _only_executors_change(self) -> FrontMatter:
        changing = [tool for tool in self.tools if tool in CHANGING_TOOLS]
        if changing and self.kind not in CHANGING_KINDS:
            raise ValueError(
                f"only an executor or a writer may have the tool {changing[0]}, "
                f"and this is a {self.kind.value}"
            )
        return self


@dataclass(frozen=True, slots=True)
class ReadRole:
    """What a role file says."""

    front: FrontMatter
    parts: tuple[str, str, str]
    """System, shared and user part; empty lines before them keep the file's line numbers."""


def read_role(file: RoleFile) -> ReadRole:
    """Read one role file. Raises UserError with file and line."""
    lines = file.text.split("\n")
    if lines[0].rstrip() != "---":
        raise UserError(f"{file.where}:1: a role begins with a line --- and its front matter")
    end = _line_of("---", lines, 1)
    if end is None:
        raise UserError(f"{file.where}:1: the front matter has no end: a second line ---")
    parts = _parted(file.where, lines, end + 1)
    front = read_front_matter(file.where, "\n".join(lines[1:end]))
    if front.name != PurePath(file.where).stem:
        raise UserError(
            f"{file.where}: the role is named {front.name}, so its file is {front.name}.md"
        )
    return ReadRole(front, parts)


def _parted(where: str, lines: list[str], start: int) -> tuple[str, str, str]:
    """Return the three parts of a prompt, each at the lines it has in the file."""
    parts = []
    for separator in SEPARATORS:
        end = _line_of(separator, lines, start)
        if end is None:
            raise UserError(
                f"{where}:{start + 1}: no line {separator} follows: "
                f"a prompt's parts are parted by {' and '.join(SEPARATORS)}"
            )
        parts.append("\n" * start + "\n".join(lines[start:end]))
        start = end + 1
    system, shared = parts
    return system, shared, "\n" * start + "\n".join(lines[start:])


def read_front_matter(where: str, text: str) -> FrontMatter:
    """Validate the front matter, which starts on the file's second line."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise UserError(f"{where}:{line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(f"{where}:1: not YAML: {error}") from error
    try:
        return FrontMatter.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        problem = first["msg"].removeprefix("Value error, ")
        line = _line_of_key(node, first["loc"]) + 2
        raise UserError(f"{where}:{line}: {place + ': ' if place else ''}{problem}") from error


def _line_of(text: str, lines: list[str], start: int) -> int | None:
    return next((n for n in range(start, len(lines)) if lines[n].rstrip() == text), None)


def _line_of_key(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Return the line (from 0) of the deepest node on the way to a location."""
    line = node.start_mark.line if node is not None else 0
    for step in location:
        if isinstance(node, yaml.MappingNode):
            found = [(k, v) for k, v in node.value if getattr(k, "value", None) == step]
            if not found:
                break
            line, node = found[0][0].start_mark.line, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line
    return line
