"""Kill a run at every single point once, run again, compare: prints a table.

    python tests/recovery/sweep.py [--deep] [--lose-machine] [--only REGEX] [--chain 8] [--keep DIR]

A story is killed at several points, one after the other; when that goes wrong, each of them is
tried alone. Not part of the test suite: at some seconds a point it takes its time.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.hub import HubNotStarted
from tests.recovery.after import Found, world_after
from tests.recovery.stage import NAME, NeverReached, Point, Stage, survive


@dataclass(frozen=True)
class Swept:
    """What became of one kill."""

    point: Point
    wrong: tuple[str, ...]
    repeated: int
    """Invocations asked more than once."""
    never_reached: bool = False

    @property
    def cell(self) -> tuple[str, str]:
        """Phase and call: row and column of the table."""
        phase, _, rest = self.point.label.partition(":")
        return phase.partition(".")[2], re.split(r"[(\[]", rest)[0]


def main() -> int:
    """Sweep and print; the exit code is 0 when every kill was survived."""
    options = _options()
    root = options.keep or Path(tempfile.mkdtemp(prefix="sweep-"))
    root.mkdir(parents=True, exist_ok=True)
    undisturbed, points = record(root / "undisturbed", deep=options.deep)
    chosen = [p for p in points if re.search(options.only, str(p))][: options.most or None]
    if options.after:
        lines = options.after.read_text().splitlines()
        known = {line.removeprefix("survived").strip() for line in lines}
        chosen = [p for p in chosen if str(p) not in known]
    print(f"{len(points)} points, {len(chosen)} to sweep, in {root}", flush=True)
    sweep = partial(_sweep, root, undisturbed, options)
    with ThreadPoolExecutor(options.workers) as pool:
        done = list(pool.map(sweep, _chains(chosen, options.chain)))
    swept = [one for chain in done for one in chain]
    for line in table(swept):
        print(line)
    return 1 if any(one.wrong for one in swept) else 0


def _chains(points: list[Point], length: int) -> list[list[Point]]:
    """Spread the points over chains: each is a story killed at its points, one after the other."""
    count = -(-len(points) // length)
    return [points[start::count] for start in range(count)]


def _sweep(
    root: Path, undisturbed: Found, options: argparse.Namespace, chain: list[Point]
) -> list[Swept]:
    """Kill one story at all points of a chain; what goes wrong is looked for point by point."""
    whole = _story(root, undisturbed, options, chain)
    if len(chain) == 1 or not whole.wrong:
        done = [Swept(point, whole.wrong, whole.repeated if not n else 0)
                for n, point in enumerate(chain)]  # fmt: skip
    else:
        done = [_story(root, undisturbed, options, [point]) for point in chain]
        if not any(one.wrong for one in done) and not whole.never_reached:
            done.append(whole)
    for swept in done:
        print(f"{'LOST' if swept.wrong else 'survived':9} {swept.point}", *swept.wrong,
              sep="\n       ", flush=True)  # fmt: skip
    return done


def _story(
    root: Path, undisturbed: Found, options: argparse.Namespace, points: list[Point]
) -> Swept:
    stage = Stage(Path(tempfile.mkdtemp(dir=root)) / "stage", deep=options.deep)
    meanwhile = Stage.lose_machine if options.lose_machine else _nothing
    wrong, never = list[str](), False
    try:
        with stage.served():
            wrong = survive(stage, undisturbed, *points, meanwhile=meanwhile)
    except (AssertionError, OSError, HubNotStarted) as error:
        wrong, never = [f"{type(error).__name__}: {error}"], isinstance(error, NeverReached)
    if not wrong or never:
        shutil.rmtree(stage.folder.parent, ignore_errors=True)
    else:
        wrong = [f"{stage.folder}, killed at {', '.join(map(str, points))}", *wrong]
    repeated = sum(n > 1 for n in stage.asked.values())
    return Swept(points[-1], tuple(wrong), repeated, never_reached=never)


def record(folder: Path, *, deep: bool = False) -> tuple[Found, tuple[Point, ...]]:
    """Run the story undisturbed; return what it left and the points it passed."""
    stage = Stage(folder, deep=deep)
    with stage.served() as hub:
        ended = stage.run()
        assert ended.code == 0, ended.out
        return world_after(stage.world, hub.url, NAME), ended.points


def _nothing(stage: Stage) -> None:
    pass


def table(done: list[Swept]) -> Iterator[str]:
    """Yield the lines of the table."""
    cells: dict[tuple[str, str], list[Swept]] = defaultdict(list)
    for swept in done:
        cells[swept.cell].append(swept)
    yield f"\n{'phase':11}{'call':26}{'points':>7}{'survived':>10}{'asked again':>13}"
    for (phase, call), found in sorted(cells.items()):
        survived = sum(not s.wrong for s in found)
        again = sum(s.repeated for s in found)
        yield f"{phase:11}{call:26}{len(found):7}{survived:10}{again:13}"
    survived = sum(not s.wrong for s in done)
    again = sum(s.repeated for s in done)
    yield f"{'':11}{'all':26}{len(done):7}{survived:10}{again:13}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deep", action="store_true", help="every git command and request too")
    parser.add_argument(
        "--lose-machine", action="store_true", help="the next run is on a machine of its own"
    )
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--chain", type=int, default=8, help="kills of one story")
    parser.add_argument("--most", type=int, default=0, help="stop after so many points")
    parser.add_argument("--after", type=Path, metavar="LOG", help="leave out what survived there")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder in which lost runs are kept")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
