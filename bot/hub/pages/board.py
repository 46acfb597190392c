"""The milestone board: progress, what waits for a person, items by status, verdict, spend."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from bot.hub.errors import NotFound
from bot.hub.pages.conversation import Link, label_names, labelled, link_to, pulls_by_issue
from bot.hub.pages.lenient import NOTHING, Node
from bot.hub.pages.story import Story, read_story, told_roots
from bot.hub.pages.verdict import Verdict, verdict_of
from bot.hub.pages.visit import Place
from bot.hub.store.records import Issue
from bot.hub.world.dependencies import BLOCKERS
from bot.hub.world.hierarchy import CHILDREN, POSITION

SPEC_LABEL = "spec"
STATUSES = ("in review", "in progress", "blocked", "open", "backlog", "done", "dropped")
MOST_ITEMS = 200
"""Items of one status on one page."""
_PRIORITY = re.compile(r"priority\W*(high|medium|low)", re.IGNORECASE)
_KIND = re.compile(r"(?:\w+:)?(work|feedback|decision|blocked|backlog)", re.IGNORECASE)
_CATEGORY = re.compile(r"category:(.+)")
_RANK = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class Card:
    """One item of a milestone."""

    number: int
    title: str
    url: str
    status: str
    priority: str = ""
    kind: str = ""
    category: str = ""
    waits_for: tuple[Link, ...] = ()
    pulls: tuple[Link, ...] = ()
    attempts: int = 0
    question: str = ""


@dataclass(frozen=True)
class Group:
    """The items of one status; ``left_out`` counts those that are not shown."""

    status: str
    cards: Sequence[Card]
    left_out: int


@dataclass(frozen=True)
class Ask:
    """Something that only a person can do: a comment with a command, or else a review."""

    title: str
    url: str
    words: Markup
    command: str
    on: int


@dataclass(frozen=True)
class Measure:
    """Something used up, against its limit when it has one."""

    name: str
    used: float
    limit: float | None
    unit: str = ""

    @property
    def share(self) -> int:
        """Percent of the limit, at most 100."""
        return min(100, round(100 * self.used / self.limit)) if self.limit else 0


@dataclass(frozen=True)
class Board:
    """All of it."""

    root: Issue
    url: str
    title: str
    standing: str
    reason: Markup
    phase: str
    iteration: int
    done: int
    total: int
    groups: Sequence[Group]
    asks: Sequence[Ask]
    """All of them: the page shows the first."""
    verdict: Verdict | None
    spend: Sequence[Measure]
    updated_at: str
    learnings: Sequence[Markup] = field(default=())

    @property
    def waits(self) -> bool:
        """Whether it stands still until a person says something."""
        return self.standing in ("waiting", "stuck")

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return self.done * 100 // self.total if self.total else 0


def roots_of(place: Place) -> list[Issue]:
    """Return the specs of a repository: what is labelled so and what a bot wrote about."""
    specs = {issue.number: issue for issue in labelled(place.view, place.repository.id, SPEC_LABEL)}
    for number in told_roots(place.git):
        issue = specs.get(number) or place.view.issue(place.repository.id, number)
        if issue is not None and issue.pull_id is None:
            specs[number] = issue
    return [specs[number] for number in sorted(specs)]


def root_numbered(place: Place, number: int) -> tuple[Issue, Story | None]:
    """Return the root issue of a milestone and what is written about it. Raises NotFound."""
    root = place.issue(number)
    story = read_story(place.git, number)
    if root.pull_id is not None or (story is None and number not in _numbers(roots_of(place))):
        raise NotFound
    return root, story


def board_of(place: Place, root: Issue, story: Story | None) -> Board:
    """Return the board of a milestone."""
    view = story.view if story is not None else NOTHING
    cards = _told(place, view) if view.entries("items") else _seen(place, root)
    groups = []
    for status in (*STATUSES, *_others(cards)):
        of_it = [card for card in cards if card.status == status]
        if of_it:
            groups.append(Group(status, of_it[:MOST_ITEMS], max(0, len(of_it) - MOST_ITEMS)))
    counted = [card for card in cards if card.status not in ("dropped", "backlog")]
    done, total = sum(card.status == "done" for card in counted), len(counted)
    progress = view.at("progress")
    if progress.count("total"):
        total = progress.count("total")
        done = min(progress.count("done"), total)
    standing = view.text("standing") or ("done" if root.state == "closed" else "open")
    return Board(
        root=root,
        url=f"{place.url}/milestones/{root.number}",
        title=root.title,
        standing=standing,
        reason=place.line(view.text("reason")),
        phase=view.text("phase"),
        iteration=view.count("iteration"),
        done=done,
        total=total,
        groups=groups,
        asks=_asks(place, root, view, cards),
        verdict=verdict_of(place, view.at("verdict"), story),
        spend=_spend(view),
        updated_at=story.state.text("updated_at") if story is not None else "",
        learnings=learned(place, story),
    )


def learned(place: Place, story: Story | None) -> list[Markup]:
    """Return the learnings: what people said, what was curated, what is new."""
    if story is None:
        return []
    texts = [t for part in ("taught", "curated", "inbox") for t in story.learnings.texts(part)]
    return [place.line(text) for text in texts[:MOST_ITEMS]]


def _numbers(issues: Iterable[Issue]) -> set[int]:
    return {issue.number for issue in issues}


def _others(cards: Iterable[Card]) -> list[str]:
    """Return the statuses nobody foresaw."""
    return sorted({card.status for card in cards} - set(STATUSES))


def _told(place: Place, view: Node) -> list[Card]:
    """Return the items as the bot last wrote them down, with titles and pull requests of now."""
    issues = {
        issue.number: issue
        for issue in place.view.all(Issue, "repo_id = :repo", repo=place.repository.id)
    }
    pulls = pulls_by_issue(place)

    def link(number: int) -> Link:
        if number in issues:
            return link_to(place, issues[number])
        return Link(number, "", f"{place.url}/issues/{number}", "")

    cards = []
    for row in view.entries("items"):
        number = row.count("number")
        issue = issues.get(number)
        own = list(pulls.get(issue.id, ())) if issue else []
        opened = row.count("pull_request")
        if opened and opened not in [pull.number for pull in own]:
            own.append(link(opened))
        cards.append(
            Card(
                number,
                issue.title if issue else row.text("title"),
                f"{place.url}/issues/{number}",
                row.text("status") or "open",
                row.text("priority"),
                row.text("kind"),
                row.text("category"),
                tuple(link(other) for other in row.numbers("waiting_for")),
                tuple(own),
                row.count("attempts"),
                row.text("question"),
            )
        )
    return cards


def _seen(place: Place, root: Issue) -> list[Card]:
    """Return the items as issues, labels and links tell them: no bot wrote anything down yet."""
    children = place.view.all(Issue, CHILDREN, order=f"{POSITION}, number", parent=root.id)
    if root.milestone_id is not None:
        where = "milestone_id = :milestone AND pull_id IS NULL AND id != :root"
        members = place.view.all(
            Issue, where, order="number", milestone=root.milestone_id, root=root.id
        )
        known = {child.id for child in children}
        children += [member for member in members if member.id not in known]
    names, pulls = label_names(place.view, children), pulls_by_issue(place)
    cards = [
        _card(place, child, names[child.id], tuple(pulls.get(child.id, ()))) for child in children
    ]
    return sorted(cards, key=lambda card: _RANK.get(card.priority, 1))


def _card(place: Place, issue: Issue, labels: Iterable[str], pulls: tuple[Link, ...]) -> Card:
    link = link_to(place, issue)
    card = Card(issue.number, issue.title, link.url, link.state, pulls=pulls)
    for label in labels:
        priority, kind, category = (p.fullmatch(label) for p in (_PRIORITY, _KIND, _CATEGORY))
        if priority:
            card = replace(card, priority=priority[1].lower())
        elif category:
            card = replace(card, category=category[1])
        elif kind and kind[1].lower() in ("blocked", "backlog"):
            card = replace(card, status=kind[1].lower() if card.status == "open" else card.status)
        elif kind:
            card = replace(card, kind=kind[1].lower())
    blockers = place.view.all(
        Issue, f"{BLOCKERS} AND state = 'open'", order="number", issue=issue.id
    )
    if card.status == "open" and any(pull.state in ("open", "draft") for pull in pulls):
        card = replace(card, status="in review")
    return replace(card, waits_for=tuple(link_to(place, blocker) for blocker in blockers))


def _asks(place: Place, root: Issue, view: Node, cards: Sequence[Card]) -> list[Ask]:
    """Return what waits for a person."""
    if root.state != "open" or view.text("standing") == "done":
        return []
    asks = []
    for card in cards:
        if card.kind == "decision" and card.status not in ("done", "dropped"):
            words = Markup("{}").format(
                "Choose one of its answers by number, or use your own words."
            )
            asks.append(Ask(card.title, card.url, words, "/decide 1", card.number))
        elif card.question or card.status == "blocked":
            words = place.line(card.question or "It is blocked and needs a word from a person.")
            command = f"/unblock #{card.number} your answer"
            asks.append(Ask(card.title, card.url, words, command, card.number))
    if view.text("standing") == "waiting":
        for pull in (p for c in cards if c.status == "in review" for p in c.pulls):
            if pull.state == "open":
                words = Markup("{}").format("Its gates are run; a person's review lets it merge.")
                asks.append(Ask(pull.title, pull.url, words, "", pull.number))
    return asks


def _spend(view: Node) -> list[Measure]:
    spent, limits = view.at("spent"), view.at("limits")
    if not spent:
        return []
    return [
        Measure("Cost", spent.number("cost_usd") or 0, limits.number("cost_usd"), "usd"),
        Measure("Iterations", view.count("iteration"), limits.number("iterations")),
        Measure("Model requests", spent.count("requests"), limits.number("requests")),
        Measure("Tokens read", spent.count("input_tokens"), None),
        Measure("Tokens written", spent.count("output_tokens"), None),
        Measure("Agents' time", spent.number("seconds") or 0, limits.number("seconds"), "s"),
    ]
