"""After an iteration: where the milestone stands, and what its history says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.outputs import (
    AttemptOutcome,
    ExecuteOutput,
    IntegrateOutput,
    PlanOutput,
    ReviewOutput,
    TrainOutcome,
)
from bot.domain.plan import Decision
from bot.domain.run import IterationRecord, Learnings, RunState, Standing
from bot.rules.learning import curated, inbox_with
from bot.rules.termination import Halt

INBOX = 60
"""Raw learnings kept until the Planner curates them."""


def standing_after(
    planned: PlanOutput,
    executed: ExecuteOutput,
    integrated: IntegrateOutput,
    reviewed: ReviewOutput,
) -> Halt | None:
    """Return how the run stands after an iteration, or None when the next one is due.

    DONE and STUCK are the plan's. An iteration that moved nothing because agents could not be
    asked waits for a person instead of burning the next one.
    """
    decision = planned.plan.decision
    if decision is Decision.DONE:
        return Halt(Standing.DONE, planned.plan.reason)
    if decision is Decision.STUCK:
        return Halt(Standing.STUCK, planned.plan.reason)
    interrupted = [r for r in executed.reports if r.outcome is AttemptOutcome.INTERRUPTED]
    moved = (
        len(interrupted) < len(executed.reports)
        or any(r.outcome is TrainOutcome.MERGED for r in integrated.reports)
        or reviewed.verdict is not None
        or planned.plan.items
        or any(not f.repeats for f in reviewed.feedback)
    )
    why = [r.summary for r in interrupted] + list(reviewed.failures)
    if why and not moved:
        return Halt(Standing.WAITING, f"An agent could not be asked: {why[0]}")
    return None


def history_line(
    state: RunState,
    planned: PlanOutput,
    executed: ExecuteOutput,
    integrated: IntegrateOutput,
    reviewed: ReviewOutput,
    standing: Standing,
    now: datetime,
) -> IterationRecord:
    """Return the line that the history keeps of an iteration."""
    usage = planned.usage.plus(executed.usage).plus(reviewed.usage)
    return IterationRecord(
        number=state.iteration,
        started_at=state.started_at,
        ended_at=now,
        decision=planned.plan.decision,
        reason=planned.plan.reason,
        by=planned.plan.by,
        items_created=len(planned.plan.items) + sum(not f.repeats for f in reviewed.feedback),
        merged=tuple(
            r.pull_request for r in integrated.reports if r.outcome is TrainOutcome.MERGED
        ),
        verdict_met=reviewed.verdict.met if reviewed.verdict else None,
        usage=usage,
        seconds=dict(state.seconds),
        standing=standing,
        refusals=planned.plan.refusals,
    )


def learned(
    before: Learnings, planned: PlanOutput, executed: ExecuteOutput, reviewed: ReviewOutput
) -> Learnings:
    """Return the curated learnings and the inbox for the next Planner."""
    inbox = () if planned.plan.by == "planner" else before.inbox
    built = (w for r in executed.reports for w in r.wish_known)
    known = curated(replace(before, inbox=inbox), planned.learnings)
    return inbox_with(known, (*planned.wish_known, *built, *reviewed.wish_known), INBOX)
