"""Which failures of a conversation are the agent's, and which mean that it could not be asked."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_ai import exceptions

from bot.agents.answers import violations
from bot.agents.roles import Role
from bot.domain.errors import AgentFailed, AgentUnavailable, SpecloopError

LIMIT = 600
"""Characters of a reason."""


def told_apart(
    error: Exception, role: Role, repairs: int, *, timed_out: bool
) -> SpecloopError | None:
    """Return the error as one of ours with one sentence, or None when it is a mistake in the bot.

    A context that grew too large is a failure of the agent: asking again would grow it again.
    """
    name = role.name
    match error:
        case SpecloopError():
            return error
        case TimeoutError() if timed_out:
            return AgentFailed(f"{name} gave no answer within {role.seconds:g} seconds")
        case exceptions.UsageLimitExceeded():
            return AgentFailed(f"{name} used up its {role.requests} requests without an answer")
        case exceptions.ModelContextWindowExceededError():
            return AgentFailed(f"{name} was told more than its model can hold")
        case exceptions.UnexpectedModelBehavior() if "output retries" in str(error):
            return AgentFailed(
                f"{name} gave no usable answer, even after {repairs} repairs: {reason_of(error)}"
            )
        case exceptions.UnexpectedModelBehavior():
            return AgentFailed(f"{name} could not go on: {reason_of(error)}")
        case exceptions.FallbackExceptionGroup() | exceptions.AgentRunError() | OSError():
            return AgentUnavailable(f"the model of {name} could not be asked: {one_line(error)}")
        case exceptions.UserError():
            return AgentUnavailable(f"the model of {name} cannot be used so: {one_line(error)}")
        case _:
            return None


def reason_of(error: Exception) -> str:
    """Return what was wrong in the end, as far as the error's cause tells."""
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        return "; ".join(violations(cause))[:LIMIT]
    return one_line(cause if isinstance(cause, Exception) else error)


def one_line(error: Exception) -> str:
    """Return an error's text on one line, bounded."""
    return (" ".join(str(error).split()) or type(error).__name__)[:LIMIT]
