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


def left_off(house: House, task: Task, head: str) -> str:
    """Return the head of the attempt's branch where that goes on from `head`, else `head`.

    So the next round finds what one that did not come to its end has left there.
    """
    left = house.codebase.head(task.assignment.branch)
    if left is not None and house.codebase.contains(head, left.sha):
        return left.sha
    return head


def unfinished_message(task: Task, number: int) -> str:
    """Return the message of the commit that keeps what an unfinished round left."""
    references = " ".join(f"Refs #{n}." for n in task.assignment.items)
    place = f"Round {number} of attempt {task.assignment.attempt}."
    return f"Work in progress.\n\n{place} {references}"


def keep_unfinished(house: House, task: Task, worktree: Worktree, number: int) -> None:
    """Keep what an Executor left that gave no answer, for the next attempt to go on from.

    Files that cannot be committed, or that the remote refuses, stay where they are.
    """
    with suppress(AgentFailed, AgentUnavailable):
        before = house.codebase.head(task.assignment.branch)
        head = worktree.commit(unfinished_message(task, number))
        if before is not None or head != task.assignment.start:
            push(house, task, head)
