"""Roles: who is asked, with which tools and limits, in which words. One file each.

A role file is `<name>.md`: YAML front matter between two lines `---`, then the prompt in three
parts, parted by the lines `---shared---` and `---user---`. All are Jinja text. The system part is
rendered without values: it is the same for every invocation, so that models can cache it, and
nothing that others wrote can get into it. The shared part is given what all invocations of a
milestone have in common, the user part what this one is about (`given.py` lists both).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.agents.given import GIVEN, SHARED
from bot.agents.prompt import Prompt, PromptWords
from bot.agents.role_file import RoleFile, read_role
from bot.domain.agents import Invocation, RoleKind
from bot.domain.errors import AgentUnavailable, UserError
from bot.domain.providers import ModelName, model_name


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
    model: ModelName | None = None
    """The model that it wants to be; a repository's configuration ranks before it."""
    cost_usd: float | None = None
    """What one conversation may cost; None: as much as the milestone has left."""
    output_tokens: int | None = None
    """Tokens that the model may write in one conversation."""
    tokens: int | None = None
    """Tokens that it may read and write in one conversation, as reserved for it."""

    def render(self, words: PromptWords, values: Mapping[str, object]) -> Prompt:
        """Return the prompt; raises UserError when the template is broken."""
        common = {name: value for name, value in values.items() if name in SHARED}
        return Prompt(
            words.render_text(self.system, self.file, {}).strip(),
            words.render_text(self.shared, self.file, common).strip(),
            words.render_text(self.moving, self.file, values).strip(),
        )


def load_roles(folders: Iterable[Sequence[RoleFile]], words: PromptWords) -> dict[str, Role]:
    """Load every role of the folders by name; a later folder's role replaces an earlier one's.

    Raises UserError, with file and line, for the first role that is broken, for two of one name in
    one folder, and for one that replaces a role of another kind.
    """
    roles: dict[str, Role] = {}
    for files in folders:
        own: dict[str, Role] = {}
        for file in files:
            role = load_role(file, words)
            if role.name in own:
                raise UserError(
                    f"{file.where}: there is another role {role.name}: {own[role.name].file}"
                )
            before = roles.get(role.name, role)
            if before.kind is not role.kind:
                raise UserError(
                    f"{file.where}: {role.name} replaces a {before.kind.value}, "
                    f"so it must be of that kind and not a {role.kind.value}"
                )
            own[role.name] = role
        roles |= own
    return roles


def role_of(roles: Mapping[str, Role], invocation: Invocation) -> Role:
    """Return the role that an invocation is for, within what is reserved for the invocation.

    Raises AgentUnavailable.
    """
    role = roles.get(invocation.role)
    if role is None:
        known = ", ".join(sorted(roles))
        raise AgentUnavailable(f"there is no role {invocation.role}; there are: {known}")
    if role.kind is not invocation.kind:
        raise AgentUnavailable(
            f"{role.file}: {role.name} is of the kind {role.kind.value}, "
            f"not {invocation.kind.value}"
        )
    return within(role, invocation)


def within(role: Role, invocation: Invocation) -> Role:
    """Return the role with the lesser of its own bounds and those of the invocation."""
    costs = [c for c in (role.cost_usd, invocation.cap_usd) if c is not None]
    reserved = invocation.cap_seconds
    return replace(
        role,
        cost_usd=min(costs, default=None),
        tokens=invocation.cap_tokens,
        seconds=role.seconds if reserved is None else min(role.seconds, reserved),
    )


def load_role(file: RoleFile, words: PromptWords) -> Role:
    """Load one role and try its prompt. Raises UserError with file and line."""
    read = read_role(file)
    front, (system, shared, moving) = read.front, read.parts
    role = Role(
        name=front.name,
        kind=front.kind,
        title=front.title,
        tools=front.tools,
        requests=front.limits.requests,
        seconds=front.limits.seconds,
        file=file.where,
        system=system,
        shared=shared,
        moving=moving,
        model=model_name(front.model) if front.model else None,
        cost_usd=front.limits.cost_usd,
        output_tokens=front.limits.output_tokens,
    )
    _try(role, words)
    return role


def _try(role: Role, words: PromptWords) -> None:
    """Find names that nobody gives, in any branch of the template; then render it once."""
    given = SHARED | GIVEN[role.kind]
    for part, known in ((role.system, ()), (role.shared, SHARED), (role.moving, given)):
        for name, line in words.names_in(part, role.file).items():
            if name not in known:
                raise UserError(f"{role.file}:{line}: {_unknown(name, known)}")
    prompt = role.render(words, given)
    if not prompt.moving:
        raise UserError(f"{role.file}: the user part says nothing")


def _unknown(name: str, known: Iterable[str]) -> str:
    names = ", ".join(sorted(known))
    return f"'{name}' is undefined; given here: {names or 'nothing'}"
