"""Gates: commands run on a clean checkout of one tree, with nothing of ours in their reach."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bot.domain.errors import Cancelled
from bot.domain.findings import Finding, Gate, GateCategory, GateReport, GateResult, Severity
from bot.ports.sandbox import Cell, Sandbox
from bot.ports.workspace import GateRunner
from bot.workspace.clone import Clone
from bot.workspace.enclosed import Bounds, run_enclosed
from bot.workspace.findings import parse
from bot.workspace.git import oid
from bot.workspace.process import FLOOD_BYTES, Finished
from bot.workspace.scratch import scratch, sweep
from bot.workspace.unconfined import Unconfined

_KIND = "gates"
_ORDER = {category: place for place, category in enumerate(GateCategory)}


class CheckoutGates(GateRunner):
    """Runs gates in temporary checkouts below a folder; safe to use from several threads."""

    def __init__(
        self,
        clone: Clone,
        folder: Path,
        *,
        sandbox: Sandbox | None = None,
        cancel: threading.Event | None = None,
        flood: int = FLOOD_BYTES,
    ) -> None:
        """Remove what killed processes left in the folder.

        `sandbox` encloses each command (without one they run unconfined: trees that agents wrote
        can read then what this user can), `cancel` ends the running one (Cancelled is raised),
        `flood` is how many bytes a gate may print.
        """
        self._clone = clone
        self._folder = folder
        self._sandbox = sandbox or Unconfined(folder)
        self._cancel = cancel
        self._flood = flood
        sweep(folder, _KIND)

    def run(
        self,
        tree: str,
        gates: Sequence[Gate],
        told: Callable[[GateResult, bool], None],
        known: Mapping[str, GateResult],
    ) -> GateReport:
        """Check a tree out clean and run every gate on it; a red build gate skips the rest.

        Gates run in the order of their categories. One that is missing, hangs, floods or is
        killed twice is a red result with a finding that says so, never an exception.
        """
        results: list[GateResult] = []
        with ExitStack() as stack:
            place: Path | None = None
            for gate in sorted(gates, key=lambda g: _ORDER[g.category]):
                result = known.get(gate.name)
                cached = result is not None and result.tree == tree
                if result is None or not cached:
                    if place is None:  # nothing is checked out when everything is known
                        place = stack.enter_context(scratch(self._folder, _KIND))
                        self._check_out(tree, place)
                    result = self._run_one(gate, tree, place)
                results.append(result)
                told(result, cached)
                if gate.category is GateCategory.BUILD and not result.passed:
                    break
        return GateReport(tree, tuple(results))

    def _check_out(self, tree: str, place: Path) -> None:
        for name in ("tree", "home"):
            (place / name).mkdir()
        self._clone.git.out(
            ["read-tree", "--reset", "-u", oid(tree)],
            work_tree=place / "tree",
            index=place / "index",
        )

    def _run_one(self, gate: Gate, tree: str, place: Path) -> GateResult:
        files = place / "tree"
        finished = self._bounded(gate, place)
        if finished.was_killed:  # by somebody else: the tree need not answer for it
            finished = self._bounded(gate, place)
        if finished.cancelled:
            raise Cancelled(f"The gate {gate.name} was stopped; it says nothing about the tree.")
        stopped = _stopped(gate, finished, self._flood)
        passed = finished.exit_code == 0 and stopped is None
        findings: tuple[Finding, ...] = ()
        if not passed and not finished.missing:
            findings = parse(finished.output, gate.category, _file_in(files), str(files))
        if stopped:
            # What it printed before is context; the reason it is red is that it was stopped.
            rest = tuple(replace(f, severity=Severity.MINOR) for f in findings)
            findings = (Finding(Severity.MAJOR, gate.category, stopped), *rest)
        return GateResult(gate.name, tree, passed, round(finished.seconds, 3), findings)

    def _bounded(self, gate: Gate, place: Path) -> Finished:
        cell = Cell(
            folder=place / "tree",
            writable=True,
            environment=_environment(place),
            network=gate.network,
            home=place / "home",  # one for all gates of a tree: a build may install into it
        )
        bounds = Bounds(gate.timeout, flood=self._flood, cancel=self._cancel)
        return run_enclosed(self._sandbox, gate.command, cell, bounds)


def _stopped(gate: Gate, finished: Finished, flood: int) -> str | None:
    """Return why a gate did not come to an end of its own, or None."""
    name = gate.command[0] if gate.command else ""
    if finished.missing:
        reason = finished.output.decode("utf-8", "replace")
        return f"The command {name!r} could not be started: {reason}."
    if finished.timed_out:
        return f"The gate did not end within {gate.timeout:g} s and was stopped."
    if finished.killed_for_output:
        return f"The gate printed more than {flood / 2**20:g} MB and was stopped."
    if finished.exit_code < 0:
        return f"The gate was killed by signal {-finished.exit_code}."
    return None


def _environment(place: Path) -> dict[str, str]:
    """Everything a gate is told besides where programs, its home and temporary files are."""
    files = place / "tree"
    source = files / "src"
    modules = [str(source)] if source.is_dir() else []
    return {
        "CI": "true",
        "PYTHONPATH": os.pathsep.join([*modules, str(files)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GIT_CEILING_DIRECTORIES": str(place),
        "NO_COLOR": "1",
    }


def _file_in(folder: Path) -> Callable[[str], bool]:
    def exists(path: str) -> bool:
        try:
            return (folder / path).is_file()
        except (OSError, ValueError):
            return False

    return exists
