"""Gates on a tree: each tree is judged once, whoever asks."""

from __future__ import annotations

from bot.domain.errors import RecordDamaged
from bot.domain.events import GateFinished
from bot.domain.findings import GateReport, GateResult
from bot.domain.orders import TreeToGate
from bot.domain.work import Snapshot
from bot.loop.house import House
from bot.rules.text import digest, one_line


def judge_tree(house: House, wanted: TreeToGate) -> GateReport:
    """Run the configured gates on a tree, or return what they said of it before.

    Raises Elsewhere where gates run in a job of their own.
    """
    gates, tree, subject = house.settings.gates, wanted.tree, wanted.subject
    earlier = judged(house, tree)
    known = {r.gate: r for r in earlier.results} if earlier else {}
    if house.desk is not None and earlier is None:
        house.desk.gate(wanted)

    def told(result: GateResult, cached: bool) -> None:
        house.listener.tell(
            GateFinished(
                subject, result.gate, result.passed, result.seconds, cached, first_line(result)
            )
        )

    report = house.gates.run(tree, gates, told, known)
    if earlier is None:
        keep(house, report, subject)
    return report


def keep(house: House, report: GateReport, subject: str) -> None:
    """Record what the configured gates said of a tree."""
    house.journal.update(f"Gates on {subject}", files={_path(house, report.tree): report})


def base_tree(snapshot: Snapshot) -> TreeToGate:
    """Return the base branch's present tree."""
    return TreeToGate(snapshot.base_tree, (snapshot.base_sha,), snapshot.base_branch)


def judged(house: House, tree: str) -> GateReport | None:
    """Return what the configured gates said of a tree before, or None.

    A report that cannot be read, is another tree's, or is green for want of gates, is none: the
    tree is judged anew.
    """
    try:
        report = house.journal.file(_path(house, tree), GateReport)
    except RecordDamaged:
        return None
    if report is None or {report.tree, *(r.tree for r in report.results)} != {tree}:
        return None
    ran = {r.gate for r in report.results}
    return None if report.green and any(g.name not in ran for g in house.settings.gates) else report


def _path(house: House, tree: str) -> str:
    return f"gates/{digest(repr(house.settings.gates))}/{tree}.json"


def first_line(result: GateResult) -> str:
    """Return the place and first line of what a gate found first; empty when it found nothing."""
    finding = next((f for f in result.findings if f.message.strip()), None)
    if finding is None:
        return ""
    place = f"{finding.path}:{finding.line}: " if finding.path and finding.line else ""
    return place + one_line(finding.message.strip().splitlines()[0])
