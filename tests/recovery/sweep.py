"""Every fault at every point of a story: nothing is lost, and a table says what it cost.

    make sweep [ARGS="--sample 3m --seed 7"]

A story suffers several faults, one after the other, and is restarted whenever a run gives up; when
it goes wrong, its halves are tried, down to the single fault. Then stories with two faults of any
kind. Nobody waits: runs live in the hub's time, and whoever sleeps moves it.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import chain as chained
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.recovery.chain import Outcome
from tests.recovery.faults import remotes, requests
from tests.recovery.keeping import Kept
from tests.recovery.kinds import COMMAND_KILLED, DISK_FULL, Cell, cells
from tests.recovery.tables import Scope, page, summary
from tests.recovery.workers import Worker, disks, is_small, side_by_side

REPORT = Path(__file__).parents[2] / "docs" / "sweep.md"
TOGETHER, ASKED = 14, 24
"""Faults of one story; of requests, after which it mostly goes on."""


def main() -> int:
    """Sweep; the exit code is 0 when every fault was survived.

    A point that a run did not come to (pushes that travelled together, say) is told and counts as
    nothing.
    """
    options = _options()
    root = Path(tempfile.mkdtemp(prefix="sweep-", dir=options.folder))
    began = time.monotonic()
    with disks(root, options.workers) as folders:
        undisturbed, points = Worker(folders[0], root).record()
        every = [c for c in cells(points) if re.search(options.only, str(c))]
        kept = Kept(options.keep)
        done = kept.outcomes()
        every = [c for c in every if str(c) not in kept.cells]
        if not is_small(folders[0]):
            every = [c for c in every if c.kind != DISK_FULL]
            print("The disk is not run full: no small one could be mounted.", flush=True)
        stories = list(_stories(every, options))
        planned = sum(len(s) for s in stories) + sum(len(o.cells) for o in done)
        print(f"{len(every)} faults, {len(stories)} stories, in {root}", flush=True)
        for outcomes in side_by_side(folders, root, undisturbed, stories):
            done += outcomes
            kept.add(outcomes)
            _tell(outcomes)
            if time.monotonic() - began > (options.sample or options.within):
                break
    lost = [o for o in done if o.wrong]
    seconds = time.monotonic() - began
    for line in summary(done, len(points), seconds):
        print(line)
    if options.write:
        REPORT.write_text(page(done, Scope(len(points), planned, kept.seconds or seconds)))
    if not lost:
        shutil.rmtree(root, ignore_errors=True)
    return 1 if lost else 0


def _stories(every: Sequence[Cell], options: argparse.Namespace) -> Iterator[Sequence[Cell]]:
    """Yield the faults of each story: of one kind each, then pairs of any; or a mixed sample."""
    chance = random.Random(options.seed)  # noqa: S311 (repeatable on purpose)
    if options.sample:
        mixed = [c for c in every if _together(c) >= TOGETHER]
        chance.shuffle(mixed)
        yield from _chunks(mixed, len(mixed) // TOGETHER or 1)
        return
    stories: list[Sequence[Cell]] = []
    for kind in dict.fromkeys(c.kind for c in every):
        found = [c for c in every if c.kind == kind]
        stories += _chunks(found, -(-len(found) // min(_together(found[0]), options.chain)))
    if len(every) > 1:
        stories += [chance.sample(every, 2) for _ in range(options.pairs)]
    chance.shuffle(stories)
    yield from stories


def _chunks(found: Sequence[Cell], count: int) -> list[Sequence[Cell]]:
    """Spread cells over stories, so that those of one story are far apart."""
    return [found[start::count] for start in range(count)]


def _together(cell: Cell) -> int:
    """Return how many faults of a kind one story may suffer and still tell what each does."""
    # A gate is run once more, and the second time believed; a lost branch costs an attempt.
    if cell.kind in (COMMAND_KILLED, remotes.PEOPLE[1]):
        return 1
    if cell.kind in remotes.PEOPLE:
        return 3
    if cell.kind in requests.CREATIONS:
        return 4
    return ASKED if cell.kind in requests.ANY_REQUEST else TOGETHER


def _tell(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        for wrong in outcome.wrong and [outcome]:
            print("LOST", ", ".join(map(str, wrong.cells)), *wrong.wrong, sep="\n    ", flush=True)
        for cell in outcome.never:
            print(f"NEVER REACHED {cell}", flush=True)
    kinds = {c.kind for c in chained.from_iterable(o.cells for o in outcomes)}
    count = sum(len(o.cells) for o in outcomes)
    if not any(o.wrong or o.never for o in outcomes):
        print(f"survived {count:3}  {', '.join(sorted(kinds))[:80]}", flush=True)


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+)(s|m|h)", text)
    if found is None:
        raise argparse.ArgumentTypeError("a time is written 90s, 3m or 1h")
    return int(found[1]) * {"s": 1.0, "m": 60.0, "h": 3600.0}[found[2]]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=_seconds, default=0.0, metavar="TIME",
                        help="stories of mixed faults for so long, say 3m")  # fmt: skip
    parser.add_argument(
        "--within", type=_seconds, default=math.inf, metavar="TIME", help="stop then"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", metavar="REGEX", help="of `kind at point`")
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="keep what was found, and go on from there"
    )
    parser.add_argument("--chain", type=int, default=ASKED, help="faults of one story at most")
    parser.add_argument("--pairs", type=int, default=60, help="stories with two faults of any kind")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write docs/sweep.md")
    parser.add_argument("--folder", help="where stories are played (the system's temporary one)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
