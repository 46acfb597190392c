"""What a job says of itself: in its log and in its summary."""

from __future__ import annotations

import re

from rich.console import Console

from bot.domain.invocations import Ended
from bot.domain.orders import Delivery
from bot.domain.workflow_runs import JobTime
from bot.rules.billing import billed_minutes, elapsed_minutes
from bot.wiring.jobs.write import Written
from bot.words.clean import clean, clean_line
from bot.words.fence import fence
from bot.words.secrets import SecretPatterns

STORY_BYTES = 60_000
"""How long a story in a summary may be; GitHub takes 1 MiB for all of a step's."""
_LONG_RUNS = re.compile("`{20,}")


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
        lines.append(clean(state.reason))
    if made.think:
        lines.append("Agents are sent out: " + ", ".join(f"`{name}`" for name in made.think) + ".")
    if made.gates:
        lines.append("Gates are run by a job of their own.")
    lines += [f"Without a result: {clean_line(failed.why)}" for failed in made.failed]
    if made.jobs:
        lines.append(_bill(made.jobs))
    if made.dispatched:
        lines.append("The next run was started.")
    return "\n\n".join(lines)


def story_of(printed: str) -> str:
    """Return what a job printed while it worked as a fenced block, at most `STORY_BYTES` of UTF-8.

    Nothing in it ends the fence. Of a longer story the beginning and the end stay, in whole lines.
    """
    if not printed.strip():
        return ""
    # A fence is longer than every run of backticks in it: long ones would leave no room.
    text = _LONG_RUNS.sub("`" * 19, SecretPatterns().redact(printed))
    limit = STORY_BYTES
    while len((block := fence(_ends(text, limit), limit=len(text) + 1)).encode()) > STORY_BYTES:
        limit -= limit // 8
    return block


def _ends(text: str, limit: int) -> str:
    """Return the text, or about `limit` bytes of its two ends."""
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return text
    first, last = data[: limit // 2], data[-(limit // 2) :]
    head = first.rpartition(b"\n")[0] or first
    tail = last.partition(b"\n")[2] or last
    between = f"\n[{len(data) - len(head) - len(tail)} bytes left out]\n"
    return head.decode("utf-8", "ignore") + between + tail.decode("utf-8", "ignore")


def _bill(jobs: tuple[JobTime, ...]) -> str:
    """Return what the run cost so far, job by job."""
    rows = [f"| {j.name} | {(j.ended - j.began).total_seconds():.0f} |" for j in jobs]
    told = (
        f"Before this one {len(jobs)} jobs ran, in {elapsed_minutes(jobs):.1f} minutes; on a "
        f"private repository {billed_minutes(jobs)} runner-minutes are billed for them."
    )
    return "\n".join([told, "", "| job | seconds |", "|---|--:|", *rows])
