"""Code search: indexing, updating and searching 5,000 files, and how often it finds the file."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.figures import Effort, Figure, Goal
from bench.search.questions import Question, grep, questions, rank_of, texts
from bench.search.repository import Repository
from bench.search.sdists import DJANGO, PYDANTIC_CORE, PYTEST, SPHINX, Pinned, unpack

TOP = 10
_COMPOSED = (SPHINX, PYTEST, PYDANTIC_CORE, DJANGO)
_ASKED = (SPHINX, PYTEST, PYDANTIC_CORE)
# A process of its own: memory counts what the index took, not what measured it.
_INDEXING = """
import resource, sys, time
from pathlib import Path
from bench.search.repository import Repository
index = Repository(Path(sys.argv[1])).index()
before, worked = time.perf_counter(), time.process_time()
index.find("anything", sys.argv[2])
print(time.perf_counter() - before, time.process_time() - worked,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(effort: Effort) -> Iterator[Figure]:
    """Measure speed on a large repository, then recall on real questions."""
    with effort.folder() as folder:
        large = Repository(folder / "large")
        for pinned in _COMPOSED:
            effort.told(f"search: fetch {pinned.project}")
            unpack(pinned, large.files / pinned.project)
        count = effort.size(5000, 500)
        _cut(large.files, count)
        yield from _speed(effort, large, count)
        yield from _recall(effort, folder)


def _cut(files: Path, count: int) -> None:
    """Leave so many files, source code first: Django's translations are the last to stay."""
    every = [path for path in files.rglob("*") if path.is_file()]
    every.sort(key=lambda p: (p.is_relative_to(files / "django"), p.suffix != ".py", str(p)))
    for path in every[count:]:
        path.unlink()


def _speed(effort: Effort, large: Repository, count: int) -> Iterator[Figure]:
    commit = large.commit()
    size = sum(p.stat().st_size for p in large.files.rglob("*") if p.is_file()) / 1e6
    told = ", ".join(f"{p.project} {p.version}" for p in _COMPOSED)
    of = f"{count:,} files of {told}, {size:.0f} MB"
    built = []
    for _ in effort.runs(3, "search: indexing"):
        large.forget()
        built.append(_indexed(large, commit))
    yield Figure(
        f"search: index {count:,} files", "s", tuple(b[0] for b in built),
        f"first search of a commit; {of}; a process of its own, which worked "
        f"{min(b[1] for b in built):.1f} s at least, git apart", Goal("under", 10),
    )  # fmt: skip
    yield Figure(
        "search: memory while indexing", "MB", tuple(b[2] for b in built), "peak, Python included"
    )
    yield Figure(
        "search: size of the index", "MB", (large.database.stat().st_size / 1e6,), "texts included"
    )
    yield _queries(effort, large, commit)
    yield _updates(effort, large)


def _indexed(large: Repository, commit: str) -> tuple[float, float, float]:
    said = subprocess.run(
        [sys.executable, "-c", _INDEXING, str(large.folder), commit],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    ).stdout.split()  # fmt: skip
    return float(said[0]), float(said[1]), float(said[2])


def _updates(effort: Effort, large: Repository) -> Figure:
    index, samples = large.index(), []
    changed = sorted(large.files.rglob("*.py"))[0]
    for run in effort.runs(15, "search: update"):
        changed.write_text(f"def fresh_{run}():\n    return {run}\n")
        commit = large.commit()
        began = time.perf_counter()
        index.find(f"fresh_{run}", commit)
        samples.append((time.perf_counter() - began) * 1000)
    index.close()
    return Figure(
        "search: first search after one file changed", "ms", tuple(samples),
        "a new commit: what differs is asked of git, indexed, and searched", Goal("under", 20),
    )  # fmt: skip


def _queries(effort: Effort, large: Repository, commit: str) -> Figure:
    index, samples, worked = large.index(), [], []
    asked = questions()[: effort.size(90, 5)]
    index.find("warm", commit)
    for question in asked:
        began, work = time.perf_counter(), time.process_time()
        index.find(question.question, commit)
        samples.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - work) * 1000)
    index.close()
    return Figure(
        "search: a question", "ms", tuple(samples),
        "one each; places ranked, snippets made; processor time "
        f"{median(worked):.1f} ms at the median", Goal("under", 10),
    )  # fmt: skip


def _recall(effort: Effort, folder: Path) -> Iterator[Figure]:
    ranks: dict[tuple[str, str], list[int | None]] = {}
    for pinned in _ASKED[: effort.size(len(_ASKED), 1)]:
        effort.told(f"search: questions about {pinned.project}")
        for (half, how), found in _asked(pinned, folder / pinned.project):
            ranks.setdefault((half, how), []).append(found)
    for (half, how), found in sorted(ranks.items(), reverse=True):
        about = f"{half} half, {len(found)} commit messages to the files they changed"
        yield Figure(
            f"search: right file among {TOP}, {how}, {half}", "",
            (_share(found, TOP),), about,
        )  # fmt: skip
        yield Figure(f"search: right file first, {how}, {half}", "", (_share(found, 1),), about)


def _asked(pinned: Pinned, folder: Path) -> Iterator[tuple[tuple[str, str], int | None]]:
    repository = Repository(folder)
    unpack(pinned, repository.files)
    commit, plain = repository.commit(), texts(repository.files)
    index = repository.index()
    for question in _about(pinned):
        found = [place.path for place in index.find(question.question, commit, limit=TOP)]
        yield (question.half, "ranked"), rank_of(question.paths, found)
        yield (question.half, "grep"), rank_of(question.paths, grep(question.question, plain))
    index.close()


def _about(pinned: Pinned) -> Sequence[Question]:
    return [q for q in questions() if q.project == pinned.project]


def _share(ranks: Sequence[int | None], top: int) -> float:
    return sum(rank is not None and rank <= top for rank in ranks) / len(ranks)
