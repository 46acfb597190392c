"""What a job says of itself: in its log and in its summary."""

from __future__ import annotations

from rich.console import Console

from bot.domain.invocations import Ended
from bot.domain.orders import Delivery
from bot.domain.workflow_runs import JobTime
from bot.rules.billing import billed_minutes, elapsed_minutes
from bot.wiring.jobs.write import Written


def say_delivery(console: Console, made: Delivery) -> None:
    """Print what a job brings back."""
    spent = sum(c.usage.cost_usd for c in made.conversations)
    told = [
        f"{len(made.conversations)} conversations, {spent:.4f} USD" if made.conversations else "",
        f"{len(made.rounds)} rounds" if made.rounds else "",
        f"{len(made.reports)} trees judged" if made.reports else "",
    ]
    what = "; ".join(filter(None, told)) or "nothing"
    console.print(f"delivers {made.name}: {what}", soft_wrap=True, markup=False)
    if made.ended is not Ended.ANSWERED:
        console.print(f"it ended {made.ended.value}: {made.why}", soft_wrap=True, markup=False)


def summary_of_write(made: Written, stage: int) -> str:
    """Return a job's summary as Markdown."""
    state = made.state
    lines = [f"**Iteration {state.iteration}, stage {stage}**: {state.standing.value}."]
    if state.reason:
        lines.append(state.reason)
    if made.think:
        lines.append("Agents are sent out: " + ", ".join(f"`{name}`" for name in made.think) + ".")
    if made.gates:
        lines.append("Gates are run by a job of their own.")
    lines += [f"Without a result: {failed.why}" for failed in made.failed]
    if made.jobs:
        lines.append(_bill(made.jobs))
    if made.dispatched:
        lines.append("The next run was started.")
    return "\n\n".join(lines)


def _bill(jobs: tuple[JobTime, ...]) -> str:
    """Return what the run cost so far, job by job."""
    rows = [f"| {j.name} | {(j.ended - j.began).total_seconds():.0f} |" for j in jobs]
    told = (
        f"Before this one {len(jobs)} jobs ran, in {elapsed_minutes(jobs):.1f} minutes; on a "
        f"private repository {billed_minutes(jobs)} runner-minutes are billed for them."
    )
    return "\n".join([told, "", "| job | seconds |", "|---|--:|", *rows])
