"""Commit statuses rolled up into one word, for REST's combined status and GraphQL's rollup."""

from collections.abc import Iterable, Sequence

from bot.hub.store.records import Status

STATES = ("error", "failure", "pending", "success")


def latest_by_context(statuses: Iterable[Status]) -> list[Status]:
    """Return the newest status of each context, by context; the input is oldest first."""
    latest = {status.context: status for status in statuses}
    return [latest[context] for context in sorted(latest)]


def combined_state(latest: Sequence[Status]) -> str:
    """Return REST's combined state: failure if any failed, pending if any is or none exists, else
    success.
    """
    states = {status.state for status in latest}
    if states & {"error", "failure"}:
        return "failure"
    return "success" if states == {"success"} else "pending"


def rollup_state(latest: Sequence[Status]) -> str | None:
    """Return GraphQL's rollup state, or None for a commit without statuses."""
    states = {status.state for status in latest}
    return next(
        (state.upper() for state in ("error", "failure", "pending", "success") if state in states),
        None,
    )
