"""Phase 5, review: Verifier and Specialists side by side, read-only, on the integrated head."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from posixpath import normpath

from bot.domain.agents import Invocation, Reply, RoleKind
from bot.domain.board import Board
from bot.domain.effects import CreateComment, CreateIssue, Effect
from bot.domain.errors import AgentTrouble
from bot.domain.events import FeedbackGiven, VerdictGiven
from bot.domain.findings import GateReport
from bot.domain.outputs import FiledFeedback, ReviewOutput
from bot.domain.run import AcceptedSpec
from bot.domain.settings import Labels
from bot.domain.usage import NOTHING_USED
from bot.domain.verdict import Feedback, SpecialistAnswer, Verdict, VerifierAnswer
from bot.domain.work import Snapshot
from bot.loop.asking import ask
from bot.loop.brief import repository_brief
from bot.loop.fan_out import fan_out
from bot.loop.house import House
from bot.loop.plan import SUB_ISSUES
from bot.ports.workspace import Head
from bot.rules.context import fitted, shown_items
from bot.rules.evidence import judge
from bot.rules.learning import told
from bot.rules.reading import priority_label
from bot.rules.text import slug
from bot.rules.triage import triage

VERIFIER = "verifier"


@dataclass(frozen=True, slots=True)
class ReviewInput:
    """What is judged."""

    snapshot: Snapshot
    board: Board
    spec: AcceptedSpec
    iteration: int
    head: Head
    gates: GateReport
    judged_before: str
    """Commit of the last verdict; empty before the first."""
    learnings: tuple[str, ...]
    known_keys: frozenset[str]


def review(house: House, given: ReviewInput) -> ReviewOutput:
    """Ask Verifier and Specialists; return the bound verdict and the feedback, deduplicated.

    Who cannot be asked is named in `failures`; without the Verifier there is no verdict.
    """
    roles = (VERIFIER, *house.settings.specialists)
    brief = repository_brief(house, given.head.sha)
    answers = fan_out(
        [_asker(house, given, role, brief) for role in roles],
        width=len(roles),
        tick=house.tick,
    )
    usage, failures, wishes = NOTHING_USED, list[str](), list[str]()
    verdict: Verdict | None = None
    observed: list[tuple[str, Feedback]] = []
    for role, reply in zip(roles, answers, strict=True):
        if isinstance(reply, AgentTrouble):
            failures.append(f"{role}: {reply}")
            usage = usage.plus(reply.usage)
            continue
        usage = usage.plus(reply.usage)
        if isinstance(reply.answer, VerifierAnswer | SpecialistAnswer):
            wishes += reply.answer.wish_known
        if isinstance(reply.answer, VerifierAnswer):
            verdict = judge(
                reply.answer,
                given.head.sha,
                given.head.tree,
                _lines(house, given.head.sha),
                given.gates.green,
            )
        elif isinstance(reply.answer, SpecialistAnswer):
            observed += [(role, f) for f in reply.answer.feedback]
    limit = house.settings.limits.feedback_per_specialist
    filed = triage(observed, given.board, given.known_keys, limit)
    _tell(house, verdict, filed)
    return ReviewOutput(verdict, filed, tuple(failures), usage, tuple(wishes))


def _asker(
    house: House, given: ReviewInput, role: str, brief: Mapping[str, object]
) -> Callable[[], Reply | AgentTrouble]:
    width = 1 + len(house.settings.specialists)
    kind = RoleKind.VERIFIER if role == VERIFIER else RoleKind.SPECIALIST
    invocation = Invocation(
        key=f"{given.iteration}/review/{role}",
        role=role,
        kind=kind,
        iteration=given.iteration,
        prompt={"repository": dict(brief), **_prompt(house, given, kind)},
    )

    def asked() -> Reply | AgentTrouble:
        try:
            return ask(house, invocation, given.head.sha, width)
        except AgentTrouble as error:
            return error

    return asked


def _prompt(house: House, given: ReviewInput, kind: RoleKind) -> dict[str, object]:
    prompt: dict[str, object] = {
        "spec": {"title": given.spec.title, "body": given.spec.body},
        "commit": given.head.sha,
        "tree": list(house.codebase.paths(given.head.sha)),
        "gates": [{"name": r.gate, "passed": r.passed} for r in given.gates.results],
    }
    if kind is RoleKind.VERIFIER:
        first, more = told(given.learnings, given.spec.body)
        return fitted({**prompt, "learnings": list(first), "learnings_more": list(more)}, kind)
    since = given.judged_before
    changed = house.codebase.changed_paths(since, given.head.sha) if since else ()
    first, more = told(given.learnings, " ".join(changed) or given.spec.body)
    items, closed = shown_items(given.board)
    prompt |= {
        "learnings": list(first),
        "learnings_more": list(more),
        "changed": list(changed),
        "items": [
            {
                "number": i.number,
                "title": i.issue.title,
                "priority": i.priority.value,
                "category": i.category,
                "status": i.status.value,
            }
            for i in items
        ],
        "left_out": {"items": sum(closed.values())},
        "max_feedback": house.settings.limits.feedback_per_specialist,
    }
    return fitted(prompt, kind)


def _lines(house: House, commit: str) -> Callable[[str], int | None]:
    """Return a counter of the lines of a commit's files."""

    def lines_of(path: str) -> int | None:
        content = house.codebase.read(commit, normpath(path))
        return None if content is None else len(content.splitlines())

    return lines_of


def _tell(house: House, verdict: Verdict | None, filed: tuple[FiledFeedback, ...]) -> None:
    if verdict is not None:
        house.listener.tell(VerdictGiven(verdict.met, verdict.gaps))
    for f in filed:
        house.listener.tell(
            FeedbackGiven(f.specialist, f.feedback.title, f.feedback.priority.value, f.repeats)
        )


def category_label(feedback: Feedback, labels: Labels) -> str:
    """Return the label of a piece of feedback's category, a slug behind the prefix."""
    return f"{labels.category_prefix}{slug(feedback.category)[:30]}"


def reviewed_effects(house: House, given: ReviewInput, output: ReviewOutput) -> list[Effect]:
    """Return the verdict's comment and one issue per piece of new feedback."""
    effects: list[Effect] = []
    labels, milestone = house.settings.labels, given.snapshot.milestone
    room = SUB_ISSUES - len(given.board.items)
    new = [f for f in output.feedback if not f.repeats]
    for position, filed in enumerate(new):
        feedback = filed.feedback
        effects.append(
            CreateIssue(
                key=f"item/{filed.key}",
                title=house.title(feedback.title),
                body=house.words.render("issues/feedback", filed=filed, commit=given.head.sha),
                labels=(
                    labels.feedback,
                    priority_label(feedback.priority, labels),
                    category_label(feedback, labels),
                ),
                parent=house.root if position < room else None,
                milestone=milestone.number if milestone else 0,
            )
        )
    if output.verdict is not None:
        body = house.words.render(
            "comments/verdict",
            verdict=output.verdict,
            gates=given.gates,
            feedback=output.feedback,
            iteration=given.iteration,
        )
        effects.append(CreateComment(f"verdict/{given.iteration}", house.root, body))
    return effects
