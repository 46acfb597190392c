"""API requests of one iteration, beside what a lean and a naive client would send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from bench.agents import InstantAgent
from bench.figures import Effort, Figure, Goal
from bench.town import Town, house_with, person
from bot.domain.events import Event, PlanMade
from bot.loop.iteration import iterate
from bot.wiring.recorded import Recorded
from bot.wiring.site import Site

NEW = 5
"""Items that the iteration plans, executes, merges and reviews."""
BATCH = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """What one iteration sent, and what it had to say."""

    reads: int
    writes: int
    planned: int
    """Of these, until the plan stood."""
    merges: int
    created: int
    changed: int
    linked: int

    @property
    def lean(self) -> int:
        """Return the lower bound of the writes: batched, and one more for each merge."""
        batches = ceil((self.created + self.changed + 1) / BATCH) + ceil(self.linked / BATCH)
        return batches + self.merges

    @property
    def naive(self) -> int:
        """Return what one request per change would send."""
        return 2 * self.created + 3 * self.changed + self.linked + 3 + self.merges


def measure(effort: Effort) -> Iterator[Figure]:
    """Run the second iteration, on a milestone that has many closed items by then."""
    for items in (10, 100, 1000):
        found = []
        for _ in effort.runs(3, f"requests at {items} items"):
            with effort.folder() as folder:
                found.append(_one(folder, items))
            if effort.quick:
                break
        sent, lean = found[0], ceil(items / 50) + 1
        naive = round(6.03 * items + 2)
        yield Figure(
            f"requests that read, at {items:,} items", "", tuple(s.reads for s in found),
            f"second iteration; ceil(N/50) + 1 is {lean}, a naive client sends {naive:,}",
            Goal("at most", lean),
        )  # fmt: skip
        how = (
            f"{sent.created} items, {sent.changed} other changes, {sent.merges} merges; "
            f"batched by {BATCH} {sent.lean}, a naive client sends {sent.naive}"
        )
        yield Figure(
            f"requests that write, at {items:,} items", "", tuple(s.writes for s in found), how
        )
        yield Figure(
            f"of these for the plan, at {items:,} items", "", tuple(s.planned for s in found),
            f"{sent.created} items and a comment; ceil((M + K + 1)/{BATCH}) + tree depth",
            Goal("at most", ceil((sent.created + 2) / BATCH) + 1),
        )  # fmt: skip


def _one(folder: Path, items: int) -> Sent:
    town = Town(folder, items=NEW)
    with town.served() as endpoint:
        site = town.begin(endpoint)
        log = town.world.hub / "requests.jsonl"
        planned = _Planned(log)
        with house_with(site, InstantAgent(NEW), planned) as house:
            number = iterate(house).milestone_number or 0
            _fill(site, number, items - NEW)
            before = _receipts(site)
            start = len(log.read_bytes().splitlines())
            iterate(house)
            lines = [json.loads(line) for line in log.read_bytes().splitlines()[start:]]
    keys = _receipts(site) - before
    merges = sum(line["path"].endswith("/merge") for line in lines)
    reads = sum(map(_reads, lines))
    plan = [line for line in lines[: planned.lines - start] if not _reads(line)]
    created, linked = (sum(k.startswith(f"{w}/") for k in keys) for w in ("item", "link"))
    changed = len(keys) - created - linked - merges
    return Sent(reads, len(lines) - reads, len(plan), merges, created, changed, linked)


def _receipts(site: Site) -> frozenset[str]:
    """Return the keys of all effects that were performed so far."""
    found = Recorded(site.world, site.milestone)
    paths = (p for p in found.paths() if p.startswith("journal/"))
    return frozenset(r["key"] for p in paths for r in (found.read(p) or {})["receipts"])


def _reads(line: dict[str, str]) -> bool:
    if line["path"].endswith("/graphql"):
        return line["operation"] != "Batch"  # the bot's name for all its mutations
    return line["method"] == "GET"


@dataclass
class _Planned:
    """Notices how long the log is when the latest plan stands."""

    log: Path
    lines: int = 0

    def tell(self, event: Event) -> None:
        if isinstance(event, PlanMade):
            self.lines = len(self.log.read_bytes().splitlines())


def _fill(site: Site, milestone: int, items: int) -> None:
    """Let a person add closed items to the milestone."""
    with person(site) as client:
        for number in range(items):
            fields = {"title": f"Old part {number}", "milestone": milestone}
            made = client.post("/issues", json=fields).json()["number"]
            client.patch(f"/issues/{made}", json={"state": "closed"})
