"""Roles: who is asked, with which tools and limits, in which words. One file each.

A role file is `<name>.md`: YAML front matter between two lines `---`, then the prompt in three
parts, parted by the lines `---shared---` and `---user---`. All are Jinja text. The system part is
rendered without values: it is the same for every invocation, so that models can cache it, and
nothing that others wrote can get into it. The shared part is given what all invocations of a
milestone have in common, the user part what this one is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.agents.prompt import Prompt, PromptWords
from bot.domain.agents import RoleKind
from bot.domain.errors import UserError

ToolName = Literal["read", "list", "search", "write", "replace", "run"]
TOOLS: tuple[str, ...] = get_args(ToolName)
CHANGING_TOOLS = frozenset({"write", "replace", "run"})

SEPARATORS = ("---shared---", "---user---")
SHARED = frozenset({"spec", "repository", "learnings"})
"""The values that the shared part is rendered with: whatever else it named would move."""


@dataclass(frozen=True, slots=True)
class Role:
    """One role, ready to be rendered."""

    name: str
    kind: RoleKind
    title: str
    tools: tuple[str, ...]
    requests: int
    """Requests to the model in one conversation."""
    seconds: float
    """Wall time of one conversation."""
    file: str
    system: str
    shared: str
    moving: str
    """The parts start with empty lines, so that errors name the file's lines."""

    def render(self, words: PromptWords, values: Mapping[str, object]) -> Prompt:
        """Return the prompt; raises UserError when the template is broken."""
        common = {name: value for name, value in values.items() if name in SHARED}
        return Prompt(
            words.render_text(self.system, self.file, {}).strip(),
            words.render_text(self.shared, self.file, common).strip(),
            words.render_text(self.moving, self.file, values).strip(),
        )


class Limits(BaseModel):
    """The `limits` of the front matter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    requests: Annotated[int, Field(ge=1, le=500)] = 40
    seconds: Annotated[float, Field(gt=0, le=14_400)] = 900.0


class FrontMatter(BaseModel):
    """The front matter of a role file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,47}$")]
    kind: RoleKind
    title: Annotated[str, Field(min_length=1, max_length=80)]
    tools: tuple[ToolName, ...] = ()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _only_executors_change(self) -> FrontMatter:
        changing = [tool for tool in self.tools if tool in CHANGING_TOOLS]
        if changing and self.kind is not RoleKind.EXECUTOR:
            raise ValueError(
                f"only an executor may have the tool {changing[0]}, and this is a {self.kind.value}"
            )
        return self


def load_roles(folders: Iterable[Path], words: PromptWords) -> dict[str, Role]:
    """Load every role of the folders by name; a later folder's role replaces an earlier one's.

    Raises UserError, with file and line, for the first role that is broken.
    """
    roles = {}
    for folder in folders:
        for path in sorted(folder.glob("*.md")):
            role = load_role(path, words)
            roles[role.name] = role
    return roles


def load_role(path: Path, words: PromptWords) -> Role:
    """Load one role. Raises UserError with file and line."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from error
    if lines[0].rstrip() != "---":
        raise UserError(f"{path}:1: a role begins with a line --- and its front matter")
    end = _line_of("---", lines, 1)
    if end is None:
        raise UserError(f"{path}:1: the front matter has no end: a second line ---")
    parts = _parted(path, lines, end + 1)
    front = read_front_matter(path, "\n".join(lines[1:end]))
    if front.name != path.stem:
        raise UserError(f"{path}: the role is named {front.name}, so its file is {front.name}.md")
    for part in parts:
        words.check_text(part, str(path))
    # A name in the system part is a mistake that would show only at the first invocation.
    words.render_text(parts[0], str(path), {})
    return Role(
        name=front.name,
        kind=front.kind,
        title=front.title,
        tools=front.tools,
        requests=front.limits.requests,
        seconds=front.limits.seconds,
        file=str(path),
        system=parts[0],
        shared=parts[1],
        moving=parts[2],
    )


def _parted(path: Path, lines: list[str], start: int) -> list[str]:
    """Return the three parts of a prompt, each at the lines it has in the file."""
    parts = []
    for separator in SEPARATORS:
        end = _line_of(separator, lines, start)
        if end is None:
            raise UserError(
                f"{path}:{start + 1}: no line {separator} follows: "
                f"a prompt's parts are parted by {' and '.join(SEPARATORS)}"
            )
        parts.append("\n" * start + "\n".join(lines[start:end]))
        start = end + 1
    return [*parts, "\n" * start + "\n".join(lines[start:])]


def read_front_matter(path: Path, text: str) -> FrontMatter:
    """Validate the front matter, which starts on the file's second line."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise UserError(f"{path}:{line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(f"{path}:1: not YAML: {error}") from error
    try:
        return FrontMatter.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        problem = first["msg"].removeprefix("Value error, ")
        line = _line_of_key(node, first["loc"]) + 2
        raise UserError(f"{path}:{line}: {place + ': ' if place else ''}{problem}") from error


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
