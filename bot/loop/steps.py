"""The steps of an iteration: each thinks once, performs its effects and makes the next one due."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.effects import CloseIssue, Effect, Outcome
from bot.domain.events import PlanMade, PullRequestOpened
from bot.domain.outputs import (
    Assignments,
    AttemptOutcome,
    ExecuteOutput,
    IntegrateOutput,
    PlanOutput,
    ReviewOutput,
    TrainOutcome,
    TrainReport,
)
from bot.domain.plan import Plan
from bot.domain.run import Phase
from bot.domain.settings import PlanApproval
from bot.domain.usage import NOTHING_USED
from bot.domain.work import CloseReason
from bot.loop.execute import (
    ExecuteInput,
    absorb_attempts,
    execute,
    executed_effects,
    refused_effects,
    restore_branches,
)
from bot.loop.gating import base_tree, judge_tree
from bot.loop.history import history
from bot.loop.house import House
from bot.loop.integrate import IntegrateInput, integrate
from bot.loop.motions import is_past, make_due, perform, think_once
from bot.loop.plan import (
    consume,
    is_over,
    plan,
    plan_changes,
    planned_items,
    resolve,
)
from bot.loop.plan_prompt import PlanInput
from bot.loop.prospects import assignable, passengers
from bot.loop.record import progress_effects, show
from bot.loop.review import ReviewInput, category_label, review, reviewed_effects
from bot.loop.sight import Sight, seen_after, with_assigned
from bot.ports.workspace import Head
from bot.rules.documenting import is_documentation
from bot.rules.foresight import landed
from bot.rules.learning import curated, current


def plan_step(house: House, sight: Sight) -> tuple[Sight, PlanOutput]:
    """Plan, create the items, link them, and say so."""
    journal = house.journal
    given = PlanInput(
        sight.snapshot, sight.board, journal.state, journal.ledger, journal.learnings,
        history(house), frozenset(journal.item_keys().values()),
    )  # fmt: skip
    made = think_once(house, Phase.PLAN, PlanOutput, lambda: plan(house, given))
    if is_past(house, Phase.PLAN):
        return sight, made
    sight = _with_milestone(house, sight)
    given = replace(given, snapshot=sight.snapshot)
    wave = planned_items(house, given, made.plan)
    sight = perform(house, sight, wave)
    receipts = {e.key: r for e in wave if (r := journal.receipt(e.key)) is not None}
    sight = perform(house, sight, plan_changes(house, given, made.plan, receipts))
    _tell_plan(house, made.plan)
    always = house.settings.approve_plan is PlanApproval.ALWAYS
    due = Phase.RECORD if is_over(made.plan) else Phase.EXECUTE
    state = replace(consume(journal.state, made.plan, always), phase=due)
    ledger = journal.ledger
    if made.plan.by == "planner":
        ledger = replace(ledger, discovered=(), troubles=())
    journal.update(f"{due.value} is due", state=state, ledger=ledger)
    return sight, made


def _with_milestone(house: House, sight: Sight) -> Sight:
    """Ensure labels and native Milestone before the first child is made."""
    if house.journal.state.milestone_number is not None:
        return sight
    labels, root = house.settings.labels, sight.snapshot.root
    adopted = sight.snapshot.milestone  # a person may have put the root on one of their own
    names = [labels.spec, labels.work, labels.feedback, labels.decision, labels.blocked,
             labels.backlog, labels.high, labels.medium, labels.low]  # fmt: skip
    made = house.performer.prepare(
        adopted.title if adopted else f"{root.title[:180]} (#{root.number})", names
    )
    state = replace(house.journal.state, milestone_number=made.number)
    house.journal.update("Know the milestone", state=state)
    return seen_after(house, sight, replace(sight.snapshot, milestone=made))


def _tell_plan(house: House, made: Plan) -> None:
    numbers = {key: n for n, key in house.journal.item_keys().items()}
    items = tuple(
        (numbers[i.key], i.title, i.priority.value) for i in made.items if i.key in numbers
    )
    house.listener.tell(PlanMade(made.decision.value, made.by, made.reason, items, made.refusals))


def execute_step(house: House, sight: Sight, planned: PlanOutput) -> tuple[Sight, ExecuteOutput]:
    """Send Executors out, then open pull requests and tell people of what blocks."""
    journal = house.journal
    if is_past(house, Phase.EXECUTE):
        done = journal.output(Phase.EXECUTE.value, ExecuteOutput)
        return sight, done or ExecuteOutput()
    given = ExecuteInput(
        sight.snapshot, sight.board, sight.spec, journal.state.iteration,
        _assignments(house, sight, planned).assignments, _lessons(house, planned),
    )  # fmt: skip
    if given.assignments and journal.output(Phase.EXECUTE.value, ExecuteOutput) is None:
        busy = frozenset(n for a in given.assignments for n in a.items)
        working = with_assigned(house, sight, busy)
        shown = show(house, working.snapshot, working.board)
        journal.update("Show who works", files={"view.json": shown.view})
        house.performer.perform(progress_effects(house, sight.snapshot, shown))
    output = think_once(house, Phase.EXECUTE, ExecuteOutput, lambda: execute(house, given))
    effects = executed_effects(house, given, output)
    restore_branches(house, output)
    sight = perform(house, sight, effects)
    sight = perform(house, sight, refused_effects(house, output))
    for report in output.reports:
        number = journal.receipt(f"pr/{report.assignment.lead}.{report.assignment.attempt}")
        if (
            report.outcome is AttemptOutcome.READY
            and report.assignment.pull_request is None
            and number is not None
            and number.outcome is Outcome.DONE
        ):
            house.listener.tell(
                PullRequestOpened(number.number or 0, report.assignment.items, report.title)
            )
    given_out = {n for a in given.assignments for n in a.items}
    state = journal.state
    kept = tuple(i for i in state.item_input if i.item not in given_out)
    journal.update(
        "integrate is due",
        state=replace(state, item_input=kept, phase=Phase.INTEGRATE),
        ledger=absorb_attempts(journal.ledger, output),
    )
    return seen_after(house, sight, sight.snapshot), output


def _lessons(house: House, planned: PlanOutput) -> tuple[str, ...]:
    """Return what the agents of this iteration are told: what people taught, what was curated."""
    return current(curated(house.journal.learnings, planned.learnings))


def _assignments(house: House, sight: Sight, planned: PlanOutput) -> Assignments:
    """Return who is sent out; fixed at the first look, so that a crash changes nothing."""
    journal = house.journal
    known = journal.output("assignments", Assignments)
    if known is not None:
        return known
    numbers = {key: n for n, key in journal.item_keys().items()}
    groups = tuple(
        tuple(n for reference in group if (n := resolve(reference, numbers)) is not None)
        for group in planned.plan.assignments
    )
    writers = {n for key, n in numbers.items() if is_documentation(key)}
    groups = tuple(tuple(n for n in g if n not in writers or len(g) == 1) for g in groups)
    chosen = Assignments(assignable(house, sight, groups))
    journal.update("Assign", files={journal.iteration_path("assignments"): chosen})
    return chosen


def integrate_step(house: House, sight: Sight) -> tuple[Sight, IntegrateOutput]:
    """Run the train and take what landed into the sight."""
    journal = house.journal
    priorities = {i.number: i.priority for i in sight.board.items}
    given = IntegrateInput(sight.snapshot.base_branch, passengers(house, sight), priorities)
    output = think_once(house, Phase.INTEGRATE, IntegrateOutput, lambda: integrate(house, given))
    snapshot = replace(sight.snapshot, base_sha=output.base_sha, base_tree=output.base_tree)
    for report in output.reports:
        if report.outcome is TrainOutcome.MERGED:
            snapshot = landed(snapshot, report.items, report.pull_request)
    if not is_past(house, Phase.INTEGRATE):
        now = {r.pull_request for r in output.reports}
        trains = tuple(t for t in journal.ledger.trains if t.pull_request not in now)
        notes = tuple(
            r.note
            for r in output.reports
            if r.note
            and r.outcome is not TrainOutcome.WAITING
            and not _is_known(journal.ledger.train(r.pull_request), r)
        )
        house.performer.perform(_closed_by(output))
        if any(r.outcome is TrainOutcome.MERGED for r in output.reports):
            state = replace(journal.state, unmerged=NOTHING_USED, unmerged_calls=0)
            journal.update("Something landed", state=state)
        ledger = replace(
            journal.ledger,
            trains=(*trains, *output.reports),
            base_gates=output.base_gates,
            troubles=(*journal.ledger.troubles, *notes),
        )
        make_due(house, Phase.REVIEW, ledger)
    return seen_after(house, sight, snapshot), output


def _closed_by(output: IntegrateOutput) -> list[Effect]:
    """Close what landed: the keyword in the pull request does not where that setting is off."""
    return [
        CloseIssue(f"landed/{report.pull_request}/{item}", item, CloseReason.COMPLETED)
        for report in output.reports
        if report.outcome is TrainOutcome.MERGED
        for item in report.items
    ]


def _is_known(before: TrainReport | None, report: TrainReport) -> bool:
    """Whether the train came to the same end before: the Planner need not hear it again."""
    return before is not None and (before.outcome, before.head, before.note) == (
        report.outcome,
        report.head,
        report.note,
    )


def review_step(
    house: House, sight: Sight, planned: PlanOutput, integrated: IntegrateOutput
) -> tuple[Sight, ReviewOutput]:
    """Let Verifier and Specialists judge the integrated head, unless it was judged already."""
    journal = house.journal
    if is_past(house, Phase.REVIEW):
        return sight, journal.output(Phase.REVIEW.value, ReviewOutput) or ReviewOutput()
    before = journal.ledger.verdict
    head = Head(integrated.base_sha, integrated.base_tree)
    if before is not None and before.tree == head.tree:
        make_due(house, Phase.RECORD)
        return sight, ReviewOutput()
    given = ReviewInput(
        snapshot=sight.snapshot,
        board=sight.board,
        spec=sight.spec,
        iteration=journal.state.iteration,
        head=head,
        gates=integrated.base_gates or judge_tree(house, base_tree(sight.snapshot)),
        judged_before=before.commit if before else "",
        learnings=_lessons(house, planned),
        known_keys=frozenset(journal.item_keys().values()),
    )
    output = think_once(house, Phase.REVIEW, ReviewOutput, lambda: review(house, given))
    labels = house.settings.labels
    wanted = {category_label(f.feedback, labels) for f in output.feedback if not f.repeats}
    if wanted and sight.snapshot.milestone is not None:
        house.performer.prepare(sight.snapshot.milestone.title, sorted(wanted))
    sight = perform(house, sight, reviewed_effects(house, given, output))
    state, ledger = journal.state, journal.ledger
    if output.verdict is not None:
        state = replace(state, reviewed_in=state.iteration)
        ledger = replace(ledger, verdict=output.verdict)
    ledger = replace(ledger, troubles=(*ledger.troubles, *output.failures))
    journal.update("record is due", state=replace(state, phase=Phase.RECORD), ledger=ledger)
    return sight, output
