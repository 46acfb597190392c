"""The job that runs gates: it holds no secret, remakes each tree itself and tells its colour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.domain.errors import Cancelled, UserError
from bot.domain.events import GateFinished
from bot.domain.findings import GateReport, GateResult
from bot.domain.invocations import Ended
from bot.domain.orders import Delivery, Inspection, Order, TreeToGate
from bot.loop.foreseeing import AS_IF
from bot.loop.gating import first_line
from bot.ports.listener import Listener
from bot.rules.annotating import annotated
from bot.wiring.enclosure import gates_sandbox, require_sandbox
from bot.wiring.interrupts import graceful_interrupts
from bot.wiring.jobs.files import read_order, write_parcel
from bot.wiring.jobs.github import endpoint_of
from bot.wiring.jobs.job import Job
from bot.wiring.jobs.runner import RunnerLog
from bot.wiring.places import World
from bot.wiring.register import Choices
from bot.workspace.clone import Clone
from bot.workspace.gates import CheckoutGates
from bot.workspace.git import GitError
from bot.workspace.remote import Remote


def run_gates(job: Job, path: Path, out: Path, listener: Listener, log: RunnerLog) -> Delivery:
    """Run the gates on every tree of an order, write what they said, annotate what they found.

    A tree that cannot be remade as it is named is left out. Raises UserError without a sandbox.
    """
    order, digest = read_order(path)
    if not isinstance(order.work, Inspection):
        raise UserError(f"{path} is no order for gates.")
    require_sandbox(Choices("", configured=True))
    world = World(job.scratch / "gates")
    url = endpoint_of(job).git_url(order.repository)
    clone = Clone(world.clone, Remote(url, lambda: job.token))
    clone.fetch()
    judged: list[tuple[str, GateReport]] = []
    ended, why = Ended.ANSWERED, ""
    with graceful_interrupts() as stop:
        runner = CheckoutGates(clone, world.scratch, sandbox=gates_sandbox(world), cancel=stop)
        try:
            for wanted in order.work.trees:
                if not _remade(clone, wanted):
                    why = f"The tree of {wanted.subject} could not be remade."
                    continue
                report = runner.run(wanted.tree, order.gates, _told(listener, wanted), {})
                judged.append((wanted.subject, report))
        except (KeyboardInterrupt, Cancelled):
            ended, why = Ended.STOPPED, "its job was cancelled"
    if not judged and ended is Ended.ANSWERED:
        ended = Ended.UNAVAILABLE
    made = _delivery(order, digest, [report for _, report in judged], ended, why)
    write_parcel(out, made, b"")
    log.command(annotated(judged))
    return made


def _remade(clone: Clone, wanted: TreeToGate) -> bool:
    """Make a tree of its commits as the writer did; True when it is the one that is named."""
    first, *others = wanted.commits
    try:
        tree, parent = clone.tree(first), first
        for commit in others:
            merged = clone.merge_tree(parent, commit)
            if merged.tree is None:
                return False
            tree, parent = merged.tree, clone.committed(merged.tree, [parent], AS_IF)
    except GitError:  # a branch was moved meanwhile, and its commit is not fetched any more
        return False
    return tree == wanted.tree


def _told(listener: Listener, wanted: TreeToGate) -> Callable[[GateResult, bool], None]:
    def told(result: GateResult, cached: bool) -> None:
        listener.tell(
            GateFinished(
                wanted.subject, result.gate, result.passed, result.seconds, cached,
                first_line(result),
            )
        )  # fmt: skip

    return told


def _delivery(
    order: Order, digest: str, reports: list[GateReport], ended: Ended, why: str
) -> Delivery:
    return Delivery(order.name, order.nonce, digest, reports=tuple(reports), ended=ended, why=why)
