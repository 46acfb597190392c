"""How a process's end is told: what the agent did wrong, and what kept it from being asked."""

from __future__ import annotations

import signal

from bot.agents.coding.lines import last_lines, plain
from bot.domain.errors import AgentFailed, AgentUnavailable, Cancelled
from bot.ports.process import Ended

NOT_EXECUTABLE = (126, 127)
"""Exit codes of shells and sandboxes for a program that could not be started."""


def check_end(ended: Ended, name: str, seconds: float, silence: float) -> None:
    """Raise unless the process ended by itself, whatever its exit code.

    `seconds` and `silence` are the bounds it was given.
    """
    said = last_said(plain(ended.output))
    if ended.cancelled:
        raise Cancelled("Stopped during a conversation; it is held again.")
    if ended.missing:
        raise AgentUnavailable(f"{name} could not be started: {plain(ended.output)}")
    if ended.timed_out:
        raise AgentFailed(f"{name} gave no answer within {seconds:.0f} seconds{said}")
    if ended.silent:
        raise AgentFailed(
            f"{name} hung: for {silence:g} seconds it printed nothing and did nothing{said}"
        )
    if ended.killed_for_output:
        raise AgentFailed(f"{name} printed without end{said}")
    number = signal_in(ended.exit_code)
    if number is not None:
        raise AgentFailed(f"{name} was ended by the signal {number.name}{said}")
    if ended.exit_code in NOT_EXECUTABLE and len(plain(ended.output)) < 2_000:
        raise AgentUnavailable(f"{name} could not be started{said}")


def signal_in(code: int) -> signal.Signals | None:
    """Return the signal that ended a process; shells and sandboxes report it as 128 and more."""
    number = -code if code < 0 else code - 128
    try:
        return signal.Signals(number) if number > 0 else None
    except ValueError:
        return None


def last_said(text: str) -> str:
    """Return a clause with the end of a text, on one line."""
    said = " ".join(last_lines(text).split())
    return f"; it last said: {said}" if said else ""
