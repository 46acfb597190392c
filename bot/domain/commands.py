"""What a person can tell the bot in a comment: one closed union."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.work import Priority


@dataclass(frozen=True, slots=True)
class Continue:
    """`/continue [text]`: accept the plan; resume; the text reaches the Planner."""

    text: str = ""
    budget_usd: float = 0.0
    """Added to the limit, with `budget=+5usd`."""
    iterations: int = 0
    """Added to the limit, with `iterations=+5`."""
    hours: float = 0.0
    """Added to the agents' time, with `hours=+2`."""
    tokens: int = 0
    """Added to the limit, with `tokens=+1000000`."""


@dataclass(frozen=True, slots=True)
class Unblock:
    """`/unblock [#item] [text]`: unblock the item; the text reaches its Executor."""

    item: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Decide:
    """`/decide N` or `/decide text` on a decision item."""

    text: str


@dataclass(frozen=True, slots=True)
class Retry:
    """`/retry [#item]`: start a new attempt."""

    item: int | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """`/cancel [#item]`: drop the item."""

    item: int | None = None


@dataclass(frozen=True, slots=True)
class SetPriority:
    """`/priority high` on an item."""

    priority: Priority


@dataclass(frozen=True, slots=True)
class Pause:
    """`/pause`: no new work until `/continue`."""


@dataclass(frozen=True, slots=True)
class Stop:
    """`/stop [clean]`: start nothing more; `clean` also closes what the bot opened."""

    clean: bool = False


@dataclass(frozen=True, slots=True)
class Replan:
    """`/replan [text]`: ask the Planner again from the present state."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Learn:
    """`/learn text`: every agent is told it from now on."""

    text: str


@dataclass(frozen=True, slots=True)
class Forget:
    """`/forget code`: take back the learning of that code."""

    tag: str


@dataclass(frozen=True, slots=True)
class ShowStatus:
    """`/status`: one reply with where things stand."""


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """`/help`: one reply with the commands."""


@dataclass(frozen=True, slots=True)
class Misread:
    """A line that looks like a command of ours and is none; `hint` says what to write."""

    line: str
    hint: str


Command = (
    Continue
    | Unblock
    | Decide
    | Retry
    | Cancel
    | SetPriority
    | Pause
    | Stop
    | Replan
    | Learn
    | Forget
    | ShowStatus
    | ShowHelp
    | Misread
)
