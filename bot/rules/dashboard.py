"""What a person is shown of a milestone: one plain structure for comment, terminal and JSON."""

from __future__ import annotations

from bot.domain.board import Board, Item
from bot.domain.run import IterationRecord, Ledger, RunState
from bot.domain.settings import Limits
from bot.domain.work import Status
from bot.rules.asks import asks
from bot.rules.budget import raised
from bot.rules.order import by_priority, is_backlog
from bot.rules.text import one_line

View = dict[str, object]

_ORDER = (
    Status.IN_PROGRESS,
    Status.IN_REVIEW,
    Status.BLOCKED,
    Status.OPEN,
    Status.DONE,
    Status.DROPPED,
)


def view_of(
    title: str,
    state: RunState,
    board: Board,
    ledger: Ledger,
    history: tuple[IterationRecord, ...],
    limits: Limits,
) -> View:
    """Return the state of a milestone as plain JSON data, items by status and priority."""
    counted = [i for i in board.items if i.status is not Status.DROPPED and not is_backlog(i)]
    done = sum(i.status is Status.DONE for i in counted)
    verdict = ledger.verdict
    return {
        "root": state.root,
        "title": title,
        "standing": state.standing.value,
        "reason": state.reason,
        "iteration": begun(state),
        "phase": state.phase.value,
        "progress": {"done": done, "total": len(counted), "percent": _percent(done, len(counted))},
        "items": [
            _row(i, ledger)
            for status in _ORDER
            for i in by_priority(x for x in board.items if x.status is status)
        ],
        "verdict": None
        if verdict is None
        else {
            "met": verdict.met,
            "commit": verdict.commit,
            "rationale": verdict.rationale,
            "gaps": list(verdict.gaps),
        },
        "spent": {
            "requests": state.spent.requests,
            "input_tokens": state.spent.input_tokens,
            "cached_tokens": state.spent.cached_tokens,
            "output_tokens": state.spent.output_tokens,
            "cost_usd": state.spent.cost_usd,
            "seconds": round(state.spent.seconds, 1),
        },
        "limits": {
            "iterations": raised(
                limits.iterations, state.extra_iterations, limits.ceiling_iterations
            ),
            "cost_usd": raised(limits.cost_usd, state.extra_cost_usd, limits.ceiling_usd),
        },
        "gates": _gates(ledger),
        "asks": [
            {"kind": a.kind, "number": a.number, "note": a.note} for a in asks(state, board, ledger)
        ],
        "history": [_line(r) for r in history],
    }


def _gates(ledger: Ledger) -> list[View]:
    """Return the gates on the code that was integrated last, each red one with what it found."""
    results = ledger.base_gates.results if ledger.base_gates else ()
    return [
        {
            "name": r.gate,
            "green": r.passed,
            "why": "" if r.passed else next((one_line(f.message) for f in r.findings), ""),
        }
        for r in results
    ]


def begun(state: RunState) -> int:
    """Return the number of the last iteration that was begun; 1 before the first."""
    return state.iteration if state.started_at else max(1, state.iteration - 1)


def _percent(done: int, total: int) -> int:
    return done * 100 // total if total else 0


def _row(item: Item, ledger: Ledger) -> View:
    report = ledger.attempt(item.number)
    question = report.question if report and item.status is Status.BLOCKED else ""
    return {
        "number": item.number,
        "title": item.issue.title,
        "key": item.key,
        "kind": item.kind.value,
        "priority": item.priority.value,
        "category": item.category,
        "status": "backlog" if is_backlog(item) else item.status.value,
        "waiting_for": list(item.waiting_for),
        "pull_request": item.pull_request.number if item.pull_request else None,
        "attempts": report.assignment.attempt if report else 0,
        "question": question,
    }


def _line(record: IterationRecord) -> View:
    return {
        "iteration": record.number,
        "decision": record.decision.value,
        "by": record.by,
        "reason": record.reason,
        "refusals": list(record.refusals),
        "created": record.items_created,
        "merged": list(record.merged),
        "verdict_met": record.verdict_met,
        "standing": record.standing.value,
        "seconds": {name: round(value, 2) for name, value in record.seconds.items()},
        "cost_usd": record.usage.cost_usd,
        "ended_at": record.ended_at.isoformat(timespec="seconds"),
    }
