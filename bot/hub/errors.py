"""What the hub refuses, in one small family that REST and GraphQL each render in GitHub's words."""

from collections.abc import Sequence
from dataclasses import dataclass

_IN_SENTENCES = frozenset({"BranchProtection", "PullRequestReview"})
"""What GitHub's description gives the schema ``validation-error-simple``: errors are texts."""


@dataclass(frozen=True)
class FieldError:
    """One entry of ``errors`` in a 422 answer.

    ``code`` is GitHub's (missing_field, invalid, custom...); ``field`` is empty for the whole.
    """

    resource: str
    field: str
    code: str
    message: str | None = None

    def as_json(self) -> dict[str, str] | str:
        """Return the entry as GitHub describes it: with what there is, or as a sentence."""
        if self.resource in _IN_SENTENCES:
            return self.sentence()
        entry = {"resource": self.resource, "code": self.code}
        entry |= {"field": self.field} if self.field else {}
        return entry if self.message is None else {**entry, "message": self.message}

    def sentence(self) -> str:
        """Return words for a person, used where GitHub's GraphQL prints one message."""
        return self.message or f"{self.resource} {self.field}: {self.code.replace('_', ' ')}"


class Refusal(Exception):
    """Base of all: an HTTP status, a message, and the ``type`` GraphQL errors carry."""

    status = 422
    kind = "UNPROCESSABLE"

    def __init__(self, message: str, errors: Sequence[FieldError | str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.errors = tuple(errors)

    def sentence(self) -> str:
        """Return one sentence with the details, for GraphQL and logs."""
        details = [e if isinstance(e, str) else e.sentence() for e in self.errors]
        return ", ".join(details) if details else self.message


class NotFound(Refusal):
    """The object does not exist, or this account may not know that it does."""

    status = 404
    kind = "NOT_FOUND"

    def __init__(self, message: str = "Not Found") -> None:
        super().__init__(message)


class Forbidden(Refusal):
    """The account can see the object and may not do this to it."""

    status = 403
    kind = "FORBIDDEN"


class ForbiddenHere(Forbidden):
    """The role would do, and something else forbids it: both APIs say what, in the same words."""


class Unprocessable(Refusal):
    """422 with a message of its own."""


class Invalid(Refusal):
    """422 ``Validation Failed`` with field errors."""

    def __init__(self, *errors: FieldError | str) -> None:
        super().__init__("Validation Failed", errors)


class NotMergeable(Refusal):
    """405: the pull request cannot be merged in its present state."""

    status = 405


class HeadMoved(Refusal):
    """409: the head is not the one the caller named."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Head branch was modified. Review and try the merge again.")


class Conflict(Refusal):
    """409 with a message of its own."""

    status = 409


class BadCredentials(Refusal):
    """401: no token, or a token that no account has."""

    status = 401
    kind = "UNAUTHENTICATED"


class BadRequest(Refusal):
    """400: the request cannot be read."""

    status = 400
    kind = "BAD_REQUEST"


class TooManyRequests(Refusal):
    """403: the primary rate limit of this token is spent."""

    status = 403
    kind = "RATE_LIMITED"


class BrokenWorld(Exception):
    """The world folder cannot be served; the message says why and what to do."""
