"""One iteration, read as a list: observe, plan, execute, integrate, review, record.

Each phase's output is recorded before its effects are performed, and the next phase becomes due
only after them, so a process killed anywhere is finished by the next one.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.effects import WakeNext
from bot.domain.errors import AgentFailed, AgentUnavailable, LimitReached, RecordDamaged
from bot.domain.events import PhaseStarted, Stood
from bot.domain.journal import Closing
from bot.domain.outputs import ExecuteOutput, IntegrateOutput, PlanOutput, ReviewOutput
from bot.domain.plan import Decision
from bot.domain.run import Phase, RunState, Standing
from bot.loop.fan_out import aside
from bot.loop.gating import base_tree, judge_tree, judged
from bot.loop.history import history
from bot.loop.house import House
from bot.loop.lessons import lessons_effects
from bot.loop.plan import is_over
from bot.loop.prospects import halted, plan_waits
from bot.loop.record import halt_effects, is_stale, progress_effects, show
from bot.loop.resting import is_due, rest, rise
from bot.loop.sight import Sight, look
from bot.loop.steps import execute_step, integrate_step, plan_step, review_step
from bot.rules.guards import done_refusals
from bot.rules.learning import with_words_of
from bot.rules.outcome import history_line, learned, standing_after
from bot.rules.termination import PLAN_WAITS, Halt

CLOSING = "closing"
"""Name of the record of how an iteration ends."""


def iterate(house: House) -> RunState:
    """Run or finish one iteration and return where the milestone stands.

    The lease must be held. One of GitHub's limits ends it early: the state says when it is due
    again, and before that nothing is sent. A record that cannot be read waits for a person.
    Raises UserError, ServiceError, LeaseLost, Cancelled; whatever it raises, the record says what
    is pending and the next call goes on from there.
    """
    if not is_due(house):
        return _told(house)
    while True:
        try:
            return _iterate(house)
        except LimitReached as limit:
            rest(house, limit)
            return _told(house)
        except RecordDamaged as error:  # each path once: the next look notices it and waits
            house.journal.give_up(error.path)


def _iterate(house: House) -> RunState:
    house.listener.tell(PhaseStarted(house.journal.state.iteration, Phase.OBSERVE))
    _begin(house)
    sight = look(house)
    if house.trouble:
        return _stand(house, sight, Halt(Standing.WAITING, house.trouble))
    _drop_unwanted_plan(house)
    if (halt := halted(house, sight)) is not None:
        return _stand(house, sight, halt)
    try:
        return _phases(house, sight)
    except (AgentUnavailable, AgentFailed) as error:
        return _stand(house, sight, Halt(Standing.WAITING, str(error)))


def _phases(house: House, sight: Sight) -> RunState:
    _go_on(house)
    sight, planned = plan_step(house, sight)
    planned = _still_stands(house, sight, planned)
    executed, integrated, reviewed = ExecuteOutput(), IntegrateOutput(), ReviewOutput()
    if plan_waits(house):
        return _stand(house, sight, PLAN_WAITS)
    if not is_over(planned.plan):
        sight, executed = execute_step(house, sight, planned)
        sight, integrated = integrate_step(house, sight)
        sight, reviewed = review_step(house, sight, planned, integrated)
    return _record(house, sight, planned, executed, integrated, reviewed)


def _still_stands(house: House, sight: Sight, planned: PlanOutput) -> PlanOutput:
    """Ask the guards again before DONE is told: the record alone may say what it likes."""
    decided = house.journal.output(CLOSING, Closing)
    if planned.plan.decision is not Decision.DONE or decided is not None:
        return planned
    tree = sight.snapshot.base_tree
    base = judged(house, tree) or aside(
        lambda: judge_tree(house, base_tree(sight.snapshot)), house.tick
    )
    verdict = house.journal.ledger.verdict
    refusals = done_refusals(sight.board, verdict, tree, planned.plan.deferrals, base.green)
    if not refusals:
        return planned
    notes = (*planned.plan.refusals, *(f"DONE was refused: {r}" for r in refusals))
    plan = replace(planned.plan, decision=Decision.CONTINUE, refusals=notes)
    return replace(planned, plan=plan)


def _begin(house: House) -> None:
    rise(house)
    state = house.journal.state
    if state.started_at is None:
        now = house.clock.now()
        house.journal.update(
            f"Begin iteration {state.iteration}", state=replace(state, started_at=now)
        )


def _go_on(house: House) -> None:
    state = house.journal.state
    if state.standing is not Standing.RUNNING:
        house.journal.update("Go on", state=replace(state, standing=Standing.RUNNING, reason=""))


def _drop_unwanted_plan(house: House) -> None:
    """After `/replan`, leave a plan that nobody works on yet and begin a new iteration."""
    state = house.journal.state
    if state.replan and state.phase is Phase.EXECUTE:
        house.journal.update(
            "Plan anew",
            state=replace(
                state, iteration=state.iteration + 1, phase=Phase.OBSERVE, replan=False,
                seconds={}, started_at=house.clock.now(),
            ),
        )  # fmt: skip


def _stand(house: House, sight: Sight, halt: Halt) -> RunState:
    """Stop here: say why, once, to the person who can act."""
    journal = house.journal
    before = (journal.state.standing, journal.state.reason)
    news = halt.accepts not in ("", journal.state.spec_shown)
    if news or before != (halt.standing, halt.reason):
        seen = halt.accepts or journal.state.spec_shown
        state = replace(
            journal.state, standing=halt.standing, reason=halt.reason, rests=0, spec_shown=seen
        )
        shown = show(house, sight.snapshot, sight.board, state)
        effects = progress_effects(house, sight.snapshot, shown)
        if sight.snapshot.root.is_open:
            effects += halt_effects(house, sight.board, sight.snapshot, halt)
        house.performer.perform(effects)
        journal.update("Stand", state=state, files={"view.json": shown.view})
    elif halt.standing is not Standing.DONE:
        shown = show(house, sight.snapshot, sight.board)
        if is_stale(house, sight.snapshot, shown):
            house.performer.perform(progress_effects(house, sight.snapshot, shown))
            journal.update("Show what changed", files={"view.json": shown.view})
    journal.publish()
    return _told(house)


def _told(house: House) -> RunState:
    state = house.journal.state
    resting = state.due_at is not None
    house.listener.tell(Stood(state.iteration, state.standing, state.reason, resting))
    return state


def _record(
    house: House,
    sight: Sight,
    planned: PlanOutput,
    executed: ExecuteOutput,
    integrated: IntegrateOutput,
    reviewed: ReviewOutput,
) -> RunState:
    """Phase 6: decide once how the iteration ends, tell it, and take the record over."""
    journal = house.journal
    house.listener.tell(PhaseStarted(journal.state.iteration, Phase.RECORD))
    closing = journal.output(CLOSING, Closing)
    if closing is None:
        closing = _closing(house, sight, planned, executed, integrated, reviewed)
        path = journal.iteration_path(CLOSING)
        journal.update("Decide how the iteration ends", files={path: closing})
    house.performer.perform(closing.effects)
    ended = journal.state.iteration
    # People may have spoken since the end was decided: only what it decides is changed.
    after = _next(journal.state, closing.standing, closing.reason)
    journal.update(
        f"Record iteration {ended}",
        state=after,
        learnings=with_words_of(closing.learnings, journal.learnings),
        files={journal.iteration_path("record"): closing.line, "view.json": closing.view},
    )
    if after.standing is Standing.RUNNING:
        house.performer.perform([WakeNext(f"wake/{after.iteration}", house.root)])
    journal.publish()
    house.listener.tell(Stood(ended, after.standing, after.reason))
    return journal.state


def _closing(
    house: House,
    sight: Sight,
    planned: PlanOutput,
    executed: ExecuteOutput,
    integrated: IntegrateOutput,
    reviewed: ReviewOutput,
) -> Closing:
    state = house.journal.state
    halt = standing_after(planned, executed, integrated, reviewed)
    standing = halt.standing if halt else Standing.RUNNING
    line = history_line(state, planned, executed, integrated, reviewed, standing, house.clock.now())
    after = _next(state, standing, halt.reason if halt else "")
    lessons = learned(house.journal.learnings, planned, executed, reviewed)
    shown = show(house, sight.snapshot, sight.board, after, (*history(house), line))
    effects = progress_effects(house, sight.snapshot, shown)
    effects += lessons_effects(house, house.journal.learnings, lessons)
    if halt is not None:
        effects += halt_effects(house, sight.board, sight.snapshot, halt, planned.plan, lessons)
    return Closing(standing, after.reason, line, lessons, shown.view, tuple(effects))


def _next(state: RunState, standing: Standing, reason: str) -> RunState:
    """Return the state with which the next iteration begins."""
    return replace(
        state,
        iteration=state.iteration + 1,
        phase=Phase.OBSERVE,
        standing=standing,
        reason=reason,
        seconds={},
        started_at=None,
        rests=0,
    )
