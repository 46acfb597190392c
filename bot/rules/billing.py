"""What a workflow run costs in runner-minutes: GitHub bills each job, rounded up to whole minutes.

https://docs.github.com/en/billing/concepts/product-billing/github-actions
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from bot.domain.workflow_runs import JobTime


def billed_minutes(jobs: Iterable[JobTime]) -> int:
    """Return the minutes that jobs on a standard Linux runner are billed for."""
    return sum(max(1, ceil((j.ended - j.began).total_seconds() / 60)) for j in jobs)


def elapsed_minutes(jobs: Iterable[JobTime]) -> float:
    """Return the minutes from the first job's begin to the last one's end; 0 without jobs."""
    times = list(jobs)
    if not times:
        return 0.0
    span = max(j.ended for j in times) - min(j.began for j in times)
    return span.total_seconds() / 60
