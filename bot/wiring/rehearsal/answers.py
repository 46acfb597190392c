"""What is played instead of agents and gates: their recorded answers and results."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.agents.recorded import Recording
from bot.domain.agents import Reply
from bot.domain.findings import Gate, GateReport, GateResult
from bot.domain.invocations import Ended, InvocationRecord, answer_path
from bot.domain.outputs import AttemptOutcome, ExecuteOutput, RoundRecord
from bot.ports.workspace import GateRunner
from bot.state.codec import JsonCodec
from bot.wiring.recorded import Recorded
from bot.workspace.files import remove_tree
from bot.workspace.git import Git


def recordings(found: Recorded) -> dict[str, list[Recording]]:
    """Return every recorded conversation by its key, in the order in which they were held."""
    codec, paths = JsonCodec(), found.paths()
    held = [p for p in paths if p.startswith("iterations/") and "/invocations/" in p]
    records = [codec.decode(InvocationRecord, c) for c in found.contents(held)]
    by_key: dict[str, list[Recording]] = defaultdict(list)
    for record in sorted(records, key=lambda r: r.began):
        by_key[record.key].append(_recording(found, record, frozenset(paths)))
    return dict(by_key)


def _recording(found: Recorded, record: InvocationRecord, paths: frozenset[str]) -> Recording:
    path = answer_path(record.key)
    if record.ended is Ended.FAILED and "/rounds/" in path:
        return Recording(record, None, _left_behind(found, record, paths))
    if record.ended is not Ended.ANSWERED or path not in paths:
        return Recording(record, None)
    (content,) = found.contents([path])
    if "/rounds/" in path:
        kept = JsonCodec().decode(RoundRecord, content)
        return Recording(record, kept.reply, kept.head)
    return Recording(record, JsonCodec().decode(Reply, content))


def _left_behind(found: Recorded, record: InvocationRecord, paths: frozenset[str]) -> str:
    """Return the commit with what an Executor left that gave no answer; empty when none is."""
    iteration, _, rest = record.key.partition("/")
    path = f"iterations/{int(iteration):04}/execute.json"
    if path not in paths:
        return ""
    (content,) = found.contents([path])
    name = rest.split("/")[1]
    for report in JsonCodec().decode(ExecuteOutput, content).reports:
        was = report.assignment
        if report.outcome is AttemptOutcome.FAILED and name == f"{was.lead}.{was.attempt}":
            return report.head
    return ""


def lay(git_dir: Path) -> Callable[[str, Path], None]:
    """Return what makes a folder hold exactly the files of a commit of a repository."""

    def laid(commit: str, folder: Path) -> None:
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                remove_tree(entry)
            else:
                entry.unlink()
        with tempfile.TemporaryDirectory() as scratch:
            git = Git(git_dir, Path(scratch))
            index = Path(scratch) / "index"
            git.out(["read-tree", "--reset", "-u", commit], work_tree=folder, index=index)

    return laid


class RecordedGates(GateRunner):
    """Gates' results from the record, by tree; what is not on record is run."""

    def __init__(self, found: Recorded, inner: GateRunner) -> None:
        self._inner = inner
        self._known: dict[str, dict[str, GateResult]] = {}
        paths = [p for p in found.paths() if p.startswith("gates/")]
        for content in found.contents(paths):
            report = JsonCodec().decode(GateReport, content)
            self._known[report.tree] = {r.gate: r for r in report.results}

    def run(
        self,
        tree: str,
        gates: Sequence[Gate],
        told: Callable[[GateResult, bool], None],
        known: Mapping[str, GateResult],
    ) -> GateReport:
        """Return what the gates said of a tree; see the port."""
        return self._inner.run(tree, gates, told, {**self._known.get(tree, {}), **known})
