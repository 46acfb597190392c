"""Asking an agent: an answer that reached the journal is never paid for twice."""

from __future__ import annotations

from pathlib import Path

from bot.domain.agents import Invocation, Reply
from bot.domain.errors import Cancelled
from bot.domain.events import ToolUsed
from bot.loop.house import House
from bot.ports.agent import Find, Workplace


def ask(house: House, invocation: Invocation, workplace: Workplace) -> Reply:
    """Return the recorded answer, or ask and record it. Raises AgentUnavailable, AgentFailed."""
    path = house.journal.iteration_path(f"answers/{invocation.role}")
    known = house.journal.file(path, Reply)
    if known is not None:
        return known
    reply = converse(house, invocation, workplace)
    house.journal.update(f"Answer of {invocation.role}", files={path: reply})
    house.journal.publish()
    return reply


def converse(house: House, invocation: Invocation, workplace: Workplace) -> Reply:
    """Hold one conversation, telling the listener of every tool the agent uses."""

    def told(tool: str, detail: str) -> None:
        house.listener.tell(ToolUsed(invocation.role, invocation.subject, tool, detail))

    reply = house.agent.ask(invocation, workplace, told)
    if house.cancelled():  # what it was told last may be half of the truth: it is asked again
        raise Cancelled("Stopped during a conversation; it is held again.")
    return reply


def reading_room(house: House, commit: str) -> Workplace:
    """Return a read-only workplace with a commit's files."""
    return Workplace(house.worktrees.readonly(commit), find=finder(house, commit))


def finder(house: House, commit: str, folder: Path | None = None) -> Find:
    """Return the search of a commit, or of a folder whose files came from it."""
    return lambda query, below: house.search.find(query, commit, folder=folder, below=below)
