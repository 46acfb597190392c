"""The run history: what each iteration decided, did and took, and what was learned."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from bot.hub.pages.conversation import Link, link_to
from bot.hub.pages.lenient import Node
from bot.hub.pages.story import Story, read_iteration
from bot.hub.pages.visit import Place

PHASES = ("observe", "plan", "execute", "integrate", "review", "record")
ITERATIONS_A_PAGE = 20
_MOST = 100


@dataclass(frozen=True)
class Bar:
    """One phase's share of the time axis, in thousandths."""

    phase: str
    seconds: float
    start: int
    width: int


@dataclass(frozen=True)
class Try:
    """One Executor's attempt."""

    items: Sequence[Link]
    errand: str
    attempt: int
    outcome: str
    rounds: int
    summary: Markup
    question: Markup
    gates: Sequence[tuple[str, bool, float | None]]


@dataclass(frozen=True)
class Coach:
    """What the train made of one pull request."""

    pull: Link
    outcome: str
    note: Markup


@dataclass(frozen=True)
class Remark:
    """One observation of a Specialist."""

    title: str
    priority: str
    category: str
    specialist: str
    repeats: str


@dataclass(frozen=True)
class Chapter:
    """One iteration."""

    number: int
    decision: str
    by: str
    reason: Markup
    standing: str
    started_at: str
    ended_at: str
    refusals: Sequence[Markup]
    created: int
    planned: Sequence[tuple[str, str]]
    merged: Sequence[Link]
    verdict_met: bool | None
    rationale: Markup
    gaps: Sequence[Markup]
    bars: Sequence[Bar]
    seconds: float
    cost: float
    tokens: int
    tries: Sequence[Try] = field(default=())
    coaches: Sequence[Coach] = field(default=())
    remarks: Sequence[Remark] = field(default=())


def pages_of(story: Story) -> int:
    """Return how many pages the history fills."""
    return max(1, -(-len(_numbers(story)) // ITERATIONS_A_PAGE))


def chapters(place: Place, story: Story, page: int) -> list[Chapter]:
    """Return one page of the history, the newest iteration first; page 1 holds the oldest."""
    begin = (page - 1) * ITERATIONS_A_PAGE
    numbers = _numbers(story)[begin : begin + ITERATIONS_A_PAGE]
    lines = {row.count("iteration"): row for row in story.view.entries("history")}
    read = [_chapter(place, story, number, lines.get(number, Node())) for number in numbers]
    longest = max((chapter.seconds for chapter in read), default=0)
    return [_with_bars(chapter, longest) for chapter in reversed(read)]


def _numbers(story: Story) -> list[int]:
    told = {row.count("iteration") for row in story.view.entries("history")} - {0}
    return sorted(told | set(story.iterations))


def _chapter(place: Place, story: Story, number: int, line: Node) -> Chapter:
    files = read_iteration(place.git, story, number)
    record, plan, review = files["record"], files["plan"].at("plan"), files["review"]
    told = record or line or plan
    met = told.truth("verdict_met")
    verdict = review.at("verdict")
    if met is None:
        met = verdict.truth("met")
    seconds = told.measures("seconds")
    bars = [Bar(name, value, 0, 0) for name, value in _in_order(seconds)]
    return Chapter(
        number=number,
        decision=told.text("decision"),
        by=told.text("by"),
        reason=place.line(told.text("reason")),
        standing=told.text("standing"),
        started_at=record.text("started_at"),
        ended_at=told.text("ended_at"),
        refusals=[place.line(text) for text in told.texts("refusals")[:_MOST]],
        created=record.count("items_created") or line.count("created"),
        planned=[
            (row.text("title"), row.text("priority")) for row in plan.entries("items")[:_MOST]
        ],
        merged=[_link(place, found) for found in told.numbers("merged")[:_MOST]],
        verdict_met=met,
        rationale=place.line(verdict.text("rationale")),
        gaps=[
            place.line(_gap(row))
            for row in verdict.entries("criteria")[:_MOST]
            if row.truth("met") is False
        ],
        bars=bars,
        seconds=sum(seconds.values()),
        cost=record.at("usage").number("cost_usd") or line.number("cost_usd") or 0,
        tokens=sum(record.at("usage").count(n) for n in ("input_tokens", "output_tokens")),
        tries=[_try(place, row) for row in files["execute"].entries("reports")[:_MOST]],
        coaches=[_coach(place, row) for row in files["integrate"].entries("reports")[:_MOST]],
        remarks=[_remark(row) for row in review.entries("feedback")[:_MOST]],
    )


def _with_bars(chapter: Chapter, longest: float) -> Chapter:
    """Put the bars one after another on an axis that all iterations of the page share."""
    placed, position = [], 0.0
    for bar in chapter.bars:
        width = 1000 * bar.seconds / longest if longest else 0
        start = round(position)
        placed.append(Bar(bar.phase, bar.seconds, start, max(2, round(position + width) - start)))
        position += width
    return replace(chapter, bars=placed)


def _in_order(seconds: dict[str, float]) -> list[tuple[str, float]]:
    rank = {phase: place for place, phase in enumerate(PHASES)}
    names = sorted(seconds, key=lambda name: (rank.get(name, len(rank)), name))
    return [(name, seconds[name]) for name in names[:_MOST]]


def _link(place: Place, number: int) -> Link:
    issue = place.view.issue(place.repository.id, number)
    if issue is None:
        return Link(number, "", f"{place.url}/issues/{number}", "")
    return link_to(place, issue)


def _gap(row: Node) -> str:
    name, gap = row.text("criterion"), row.text("gap")
    return f"{name}: {gap}" if gap else name


def _try(place: Place, row: Node) -> Try:
    assignment = row.at("assignment")
    return Try(
        [_link(place, number) for number in assignment.numbers("items")[:_MOST]],
        assignment.text("errand"),
        assignment.count("attempt"),
        row.text("outcome"),
        row.count("rounds"),
        place.line(row.text("summary")),
        place.line(row.text("question")),
        [
            (gate.text("gate"), bool(gate.truth("passed")), gate.number("seconds"))
            for gate in row.at("gates").entries("results")[:_MOST]
        ],
    )


def _coach(place: Place, row: Node) -> Coach:
    pull = _link(place, row.count("pull_request"))
    return Coach(pull, row.text("outcome"), place.line(row.text("note")))


def _remark(row: Node) -> Remark:
    told = row.at("feedback")
    return Remark(
        told.text("title"),
        told.text("priority"),
        told.text("category"),
        row.text("specialist"),
        row.text("repeats"),
    )
