"""Which failures of a conversation are the agent's, and which mean that it could not be asked."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_ai import exceptions

from bot.agents.access import ProviderBusy
from bot.agents.answers import violations
from bot.agents.roles import Role
from bot.domain.errors import AgentFailed, AgentUnavailable, SpecloopError

LIMIT = 600
"""Characters of a reason."""
BUSY_SECONDS = 300.0
"""When a provider that does not say it is asked again."""
_OVERLOADED = (408, 409, 425, 429, 529)


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
            return AgentFailed(f"{name} used up its {_used_up(error, role)} without an answer")
        case exceptions.ModelContextWindowExceededError():
            return AgentFailed(f"{name} was told more than its model can hold")
        case exceptions.ContentFilterError():
            return AgentFailed(f"the model of {name} refused to answer: {one_line(error)}")
        case exceptions.UnexpectedModelBehavior() if "output retries" in str(error):
            return AgentFailed(
                f"{name} gave no usable answer, even after {repairs} repairs: {reason_of(error)}"
            )
        case exceptions.UnexpectedModelBehavior():
            return AgentFailed(f"{name} could not go on: {reason_of(error)}")
        case exceptions.ModelAPIError() | exceptions.FallbackExceptionGroup() | OSError():
            return _unanswered(error, name)
        case exceptions.AgentRunError():
            return AgentUnavailable(f"the model of {name} could not be asked: {one_line(error)}")
        case exceptions.UserError():
            return AgentUnavailable(f"the model of {name} cannot be used so: {one_line(error)}")
        case _:
            return None


def _used_up(error: exceptions.UsageLimitExceeded, role: Role) -> str:
    """Return the bound that a conversation met, in words."""
    said = str(error)
    if "output_tokens" in said:
        return f"{role.output_tokens} output tokens"
    if "total_tokens" in said:
        return f"{role.tokens} tokens"
    return f"{role.requests} requests"


def _unanswered(error: Exception, name: str) -> SpecloopError:
    match error:
        case exceptions.FallbackExceptionGroup():
            return _of_all(error.exceptions, name)
        case exceptions.ModelHTTPError():
            return _by_status(error, name)
    # No answer at all, or half of one.
    return ProviderBusy(
        f"The model of {name} could not be reached: {one_line(error)}.", BUSY_SECONDS
    )


def _by_status(error: exceptions.ModelHTTPError, name: str) -> SpecloopError:
    """Tell apart what a provider answered; the numbers are HTTP's and Anthropic's (529)."""
    model, said = error.model_name, _said(error)
    status = error.status_code
    if status in _OVERLOADED or status >= 500:
        seconds = error.retry_after if error.retry_after is not None else BUSY_SECONDS
        return ProviderBusy(f"The provider of {model} is busy ({status}: {said}).", seconds)
    if status in (401, 403):
        return AgentUnavailable(f"the provider of {model} refused the key ({status}: {said})")
    if status == 402:
        return AgentUnavailable(f"the budget of {name} is used up: {said}")
    if status == 404:
        return AgentUnavailable(f"the provider does not know the model {model} ({said})")
    if status == 413:
        return AgentFailed(f"{name} was told more than its model can hold")
    return AgentUnavailable(f"the model of {name} refused the request ({status}: {said})")


def _of_all(errors: Sequence[Exception], name: str) -> SpecloopError:
    """Of several models that could not be asked, one that only has no room now decides."""
    found = [_unanswered(error, name) for error in errors]
    busy = [error for error in found if isinstance(error, ProviderBusy)]
    if busy:
        return min(busy, key=lambda error: error.seconds)
    return AgentUnavailable("; ".join(dict.fromkeys(map(str, found)))[:LIMIT])


def _said(error: exceptions.ModelHTTPError) -> str:
    """Return the provider's own words, from either wire format's error."""
    inner = error.body.get("error", error.body) if isinstance(error.body, dict) else error.body
    message = inner.get("message") if isinstance(inner, dict) else inner
    return " ".join(str(message or "no reason given").split())[:LIMIT]


def reason_of(error: Exception) -> str:
    """Return what was wrong in the end, as far as the error's cause tells."""
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        return "; ".join(violations(cause))[:LIMIT]
    return one_line(cause if isinstance(cause, Exception) else error)


def one_line(error: Exception) -> str:
    """Return an error's text on one line, bounded."""
    return (" ".join(str(error).split()) or type(error).__name__)[:LIMIT]
