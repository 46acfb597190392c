"""The last verdict: criteria, gaps, and evidence that leads to the file it names."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.hub.pages.file import file_addresses
from bot.hub.pages.lenient import NOTHING, Node
from bot.hub.pages.story import Story
from bot.hub.pages.visit import Place

_MOST = 200
_MOST_EVIDENCE = 20


@dataclass(frozen=True)
class Evidence:
    """A place in the code; ``url`` is empty when the judged commit has no such file."""

    words: str
    url: str


@dataclass(frozen=True)
class Criterion:
    """One criterion of the spec in the last verdict."""

    name: str
    met: bool
    gap: Markup
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether the spec is met, at which commit and why."""

    met: bool
    commit: str
    rationale: Markup
    gaps: Sequence[Markup]
    criteria: Sequence[Criterion]


def verdict_of(place: Place, told: Node, story: Story | None) -> Verdict | None:
    """Return the verdict that was told, with the ledger's criteria when they are of its commit."""
    if not told or told.truth("met") is None:
        return None
    commit = told.text("commit")
    ledger = story.ledger.at("verdict") if story is not None else NOTHING
    rows = ledger.entries("criteria")[:_MOST] if ledger.text("commit") == commit else []
    named = [entry.text("path") for row in rows for entry in _evidence(row)]
    urls = file_addresses(place, commit, named)
    return Verdict(
        bool(told.truth("met")),
        commit,
        place.line(told.text("rationale")),
        [place.line(gap) for gap in told.texts("gaps")[:_MOST]],
        [_criterion(place, row, urls) for row in rows],
    )


def _criterion(place: Place, row: Node, urls: dict[str, str]) -> Criterion:
    return Criterion(
        row.text("criterion"),
        bool(row.truth("met")),
        place.line(row.text("gap")),
        tuple(_place(entry, urls) for entry in _evidence(row)),
    )


def _evidence(row: Node) -> list[Node]:
    return row.entries("evidence")[:_MOST_EVIDENCE]


def _place(entry: Node, urls: dict[str, str]) -> Evidence:
    path, line = entry.text("path"), entry.count("line")
    url = urls.get(path, "")
    if not line:
        return Evidence(path, url)
    return Evidence(f"{path}:{line}", f"{url}#L{line}" if url else "")
