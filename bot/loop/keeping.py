"""Putting an Executor's work beyond the reach of a crash: committed, and on its branch."""

from __future__ import annotations

from contextlib import suppress

from bot.domain.errors import AgentFailed, AgentUnavailable, BranchRefused
from bot.domain.task import Task
from bot.loop.house import House
from bot.ports.workspace import Worktree


def push(house: House, task: Task, head: str) -> None:
    """Move the attempt's branch to a head; repeating it changes nothing.

    Raises AgentFailed when the remote refuses it, AgentUnavailable when somebody else moved it.
    """
    branch = task.assignment.branch
    before = house.codebase.head(branch)
    if before is not None and before.sha == head:
        return
    house.lease.check()
    try:
        moved = house.worktrees.push(branch, head, before.sha if before else None)
    except BranchRefused as error:  # say a workflow file, which this token may not change
        raise AgentFailed(str(error)) from error
    if not moved:
        raise AgentUnavailable(
            f"The branch {branch} was moved by somebody else; the next attempt starts from there."
        )


def keep_unfinished(house: House, task: Task, worktree: Worktree, number: int) -> None:
    """Keep what an Executor left that gave no answer, for the next attempt to go on from.

    Files that cannot be committed, or that the remote refuses, stay where they are.
    """
    with suppress(AgentFailed, AgentUnavailable):
        before = house.codebase.head(task.assignment.branch)
        references = " ".join(f"Refs #{n}." for n in task.assignment.items)
        place = f"Round {number} of attempt {task.assignment.attempt}."
        head = worktree.commit(f"Work in progress.\n\n{place} {references}")
        if before is not None or head != task.assignment.start:
            push(house, task, head)
