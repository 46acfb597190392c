"""Gates on a tree: each tree is judged once, whoever asks."""

from __future__ import annotations

from bot.domain.errors import RecordDamaged
from bot.domain.events import GateFinished
from bot.domain.findings import GateReport, GateResult
from bot.loop.house import House
from bot.rules.text import digest, one_line


def judge_tree(house: House, tree: str, subject: str) -> GateReport:
    """Run the configured gates on a tree, or return what they said of it before.

    `subject` names the tree for people: `#7`, `merge of #12`, `main`.
    """
    gates = house.settings.gates
    earlier = judged(house, tree)
    known = {r.gate: r for r in earlier.results} if earlier else {}

    def told(result: GateResult, cached: bool) -> None:
        house.listener.tell(
            GateFinished(
                subject, result.gate, result.passed, result.seconds, cached, first_line(result)
            )
        )

    report = house.gates.run(tree, gates, told, known)
    if earlier is None:
        house.journal.update(f"Gates on {subject}", files={_path(house, tree): report})
    return report


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
