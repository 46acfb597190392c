"""Kill a run at every single point once, run again, compare: prints a table.

    python tests/recovery/sweep.py [--deep] [--only REGEX] [--every N] [--workers 2] [--keep DIR]

Not part of the test suite: at a dozen seconds a point it takes its time.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.recovery.after import Found, world_after
from tests.recovery.stage import NAME, Point, Stage, survive


@dataclass(frozen=True)
class Swept:
    """What became of one kill."""

    point: Point
    wrong: tuple[str, ...]
    repeated: int
    """Invocations asked more than once."""

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
    chosen = [p for p in points if re.search(options.only, str(p))]
    chosen = [p for start in range(options.every) for p in chosen[start :: options.every]]
    chosen = chosen[: options.most or None]
    print(f"{len(points)} points, {len(chosen)} to sweep, in {root}", flush=True)
    began, done = time.monotonic(), list[Swept]()
    with ThreadPoolExecutor(options.workers) as pool:
        sweep = partial(_sweep, root, undisturbed, options)
        for swept in pool.map(sweep, range(len(chosen)), chosen):
            done.append(swept)
            state = "survived" if not swept.wrong else "LOST"
            print(f"{len(done):4} {time.monotonic() - began:6.0f} s {state:9}{swept.point}")
            for line in swept.wrong:
                print(f"       {line}")
            sys.stdout.flush()
    for line in table(done):
        print(line)
    return 1 if any(swept.wrong for swept in done) else 0


def record(folder: Path, *, deep: bool = False) -> tuple[Found, tuple[Point, ...]]:
    """Run the story undisturbed; return what it left and the points it passed."""
    stage = Stage(folder, deep=deep)
    with stage.served() as hub:
        ended = stage.run()
        assert ended.code == 0, ended.out
        return world_after(stage.world, hub.url, NAME), ended.points


def _sweep(
    root: Path, undisturbed: Found, options: argparse.Namespace, number: int, point: Point
) -> Swept:
    stage = Stage(root / f"{number:04}", deep=options.deep)
    meanwhile = Stage.lose_machine if options.lose_machine else _nothing
    try:
        with stage.served():
            wrong = survive(stage, undisturbed, point, meanwhile=meanwhile)
    except (AssertionError, OSError) as error:
        wrong = [f"{type(error).__name__}: {error}"]
    if not wrong:
        shutil.rmtree(stage.folder, ignore_errors=True)
    return Swept(point, tuple(wrong), sum(n > 1 for n in stage.asked.values()))


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
    parser.add_argument("--every", type=int, default=7, help="stride: what is swept first")
    parser.add_argument("--most", type=int, default=0, help="stop after so many points")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder in which lost runs are kept")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
