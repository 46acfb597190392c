"""What was run in a world: its milestones, and with what choices each one was begun."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace

from bot.domain.errors import UserError
from bot.wiring.places import World

VERSION = 1


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who ran it chose; a later `tick` follows the same choices."""

    agent: str
    gates: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Gates given as options: name and argument vector; they replace the configured ones."""
    merge: str = "auto"
    approve_plan: str = "first"
    executors: int | None = None
    iterations: int | None = None
    python: str = ""
    """Interpreter for detected gates."""
    unsandboxed: bool = False
    """Whether agents may run without a sandbox."""
    configured: bool = False
    """Whether the configuration alone decides, as on GitHub; what was chosen repeats it."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One spec that was run in this world."""

    root: int
    repository: str
    title: str
    digest: str
    base_branch: str
    base_sha: str
    """The commit of the checkout that it began from."""
    branch: str
    """The branch in the checkout that receives the result."""
    choices: Choices


@dataclass(frozen=True, slots=True)
class Register:
    """A world's index."""

    checkout: str
    milestones: tuple[Milestone, ...] = field(default=())

    def find(self, root: int | None) -> Milestone:
        """Return the milestone of that number, or the latest. Raises UserError."""
        if not self.milestones:
            raise UserError("Nothing was run for this repository yet: try `specloop run SPEC.md`.")
        if root is None:
            return self.milestones[-1]
        for milestone in self.milestones:
            if milestone.root == root:
                return milestone
        known = ", ".join(f"#{m.root}" for m in self.milestones)
        raise UserError(f"There is no milestone #{root} here; there is {known}.")

    def with_milestone(self, milestone: Milestone) -> Register:
        """Return the register with a milestone added or replaced, as the latest."""
        others = tuple(
            m
            for m in self.milestones
            if (m.root, m.repository) != (milestone.root, milestone.repository)
        )
        return replace(self, milestones=(*others, milestone))


def load_register(world: World) -> Register | None:
    """Return a world's register, or None when nothing was run in it. Raises UserError."""
    try:
        raw = json.loads(world.index.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UserError(f"{world.index} cannot be read ({error}); move it away.") from error
    if raw.get("version") != VERSION:
        raise UserError(
            f"{world.folder} was made by another version of specloop; move it away to begin anew."
        )
    return Register(raw["checkout"], tuple(_milestone(m) for m in raw["milestones"]))


def save_register(world: World, register: Register) -> None:
    """Write a world's register; a kill leaves the old one or the new one."""
    world.folder.mkdir(parents=True, exist_ok=True)
    draft = world.index.with_suffix(".new")
    content = {"version": VERSION, **asdict(register)}
    with draft.open("w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(world.index)


def _milestone(raw: dict[str, object]) -> Milestone:
    choices = dict(raw.pop("choices"))  # type: ignore[call-overload]
    choices["gates"] = tuple((name, tuple(argv)) for name, argv in choices["gates"])
    return Milestone(**raw, choices=Choices(**choices))  # type: ignore[arg-type]
