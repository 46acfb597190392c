"""What could still be done now: the facts that decide whether the loop goes on."""

from __future__ import annotations

from bot.domain.outputs import AttemptOutcome, PlanOutput, TrainOutcome, TrainReport
from bot.domain.plan import Assignment
from bot.domain.run import Phase
from bot.domain.work import Status
from bot.loop.claims import pull_requests
from bot.loop.house import House
from bot.loop.passenger import Passenger, hindrance
from bot.loop.reviewers import reviewers_of
from bot.loop.sight import Sight
from bot.rules.approval import MISSING, facts
from bot.rules.assign import Situation, choose_assignments
from bot.rules.difference import difference
from bot.rules.matching import spec_digest
from bot.rules.planning import planner_due
from bot.rules.termination import Halt, Prospects, why_halt


def halted(house: House, sight: Sight) -> Halt | None:
    """Return why the loop must not go on, or None.

    An iteration whose work is about to land is always finished first.
    """
    state = house.journal.state
    if state.phase in (Phase.INTEGRATE, Phase.REVIEW, Phase.RECORD):
        return None
    return why_halt(state, sight.board, prospects(house, sight), house.settings.limits)


def prospects(house: House, sight: Sight) -> Prospects:
    """Count what is left to do."""
    state, ledger = house.journal.state, house.journal.ledger
    begun = state.phase is not Phase.OBSERVE
    landable, awaited = _trains(house, sight)
    verdict, label = ledger.verdict, house.settings.labels.spec
    return Prospects(
        root_open=sight.snapshot.root.is_open,
        spec_untrusted=sight.spec_untrusted,
        plan_waits=plan_waits(house),
        executable=len(assignable(house, sight, ())),
        landable=landable,
        review_due=verdict is None or verdict.tree != sight.snapshot.base_tree,
        planner_due=begun or planner_due(state, ledger, sight.board),
        awaiting_review=tuple(awaited),
        awaited=awaited,
        spec_change=_spec_change(sight) if sight.spec_untrusted else "",
        spec_digest=spec_digest(sight.snapshot.root.title, sight.snapshot.root.body),
        label_gone="" if label in sight.snapshot.root.labels else label,
    )


def _spec_change(sight: Sight) -> str:
    root, spec = sight.snapshot.root, sight.spec
    return difference((spec.title, spec.body), (root.title, root.body))


def plan_waits(house: House) -> bool:
    """Whether the present iteration's plan was shown and is not accepted yet."""
    state = house.journal.state
    planned = house.journal.output(Phase.PLAN.value, PlanOutput)
    return (
        planned is not None
        and planned.plan.needs_approval
        and not state.plan_accepted
        and state.phase is Phase.EXECUTE
    )


def assignable(
    house: House, sight: Sight, groups: tuple[tuple[int, ...], ...]
) -> tuple[Assignment, ...]:
    """Return the assignments that could be handed out now."""
    situation = Situation(
        sight.snapshot,
        sight.board,
        house.journal.ledger,
        pull_requests(house, sight.snapshot),
        house.journal.state.item_input,
        reviewers_of(house, sight.snapshot.pull_requests),
    )
    return choose_assignments(situation, groups, house.settings.limits.items_per_iteration)


def passengers(house: House, sight: Sight) -> tuple[Passenger, ...]:
    """Return every attempt that is ready and has a pull request which has not landed yet.

    Work on items that a person dropped stays where it is.
    """
    numbers = pull_requests(house, sight.snapshot)
    found = []
    for report in house.journal.ledger.attempts:
        number = numbers.get(report.assignment.lead)
        if report.outcome is not AttemptOutcome.READY or number is None:
            continue
        train = house.journal.ledger.train(number)
        items = [sight.board.item(n) for n in report.assignment.items]
        if all(i is not None and i.status is Status.DROPPED for i in items):
            continue
        if train is None or train.outcome is not TrainOutcome.MERGED:
            labels = [name for i in items if i is not None for name in i.issue.labels]
            found.append(Passenger(number, report, (*labels, *sight.snapshot.root.labels)))
    return tuple(found)


def _trains(house: House, sight: Sight) -> tuple[int, dict[int, str]]:
    """Return how many pull requests may land, and which wait for a person, each with the reason.

    One that conflicts or is red goes to an Executor. One that GitHub itself refused to merge (a
    rule of the repository's) waits like one that nobody approved, until what GitHub says of it
    has changed or its head has moved.
    """
    landable, awaiting = 0, dict[int, str]()
    for passenger in passengers(house, sight):
        pull_request = sight.snapshot.pull_request(passenger.pull_request)
        if pull_request is None or not pull_request.is_open:
            continue
        train = house.journal.ledger.train(pull_request.number)
        tried = train if train is not None and train.head == pull_request.head_sha else None
        why = hindrance(house, passenger, pull_request, sight.snapshot.base_branch)
        if why:
            awaiting[pull_request.number] = "" if why == MISSING else why
        elif tried is None or tried.outcome is TrainOutcome.WAITING:
            landable += 1
        elif tried.outcome is TrainOutcome.REFUSED and _is_still_refused(house, tried):
            awaiting[pull_request.number] = tried.note.rstrip(".")
        elif tried.outcome is TrainOutcome.REFUSED:
            landable += 1
    return landable, awaiting


def _is_still_refused(house: House, tried: TrainReport) -> bool:
    """Whether GitHub would refuse again, as far as it tells: what it shows is asked for directly.

    Some rules (say which methods are allowed) show nowhere: while all looks the same, nothing is
    tried again by itself. `UNKNOWN` means that GitHub still computes.
    """
    (found,) = house.tracker.pull_requests([tried.pull_request]) or (None,)
    return found is None or found.merge_state == "UNKNOWN" or facts(found) == tried.seen
