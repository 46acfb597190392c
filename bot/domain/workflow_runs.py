"""Runs of the workflow that carries milestones: one is one chain of jobs, and one iteration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

WORKFLOW_FILE = "specloop.yml"
"""The caller workflow below `.github/workflows`."""
NO_RELEASE = "@" + "0" * 40
"""What stands in the caller workflow for a commit while there is no release to name."""
_TITLE = re.compile(r"#([0-9]{1,9})\b")


def root_of_title(title: str) -> int | None:
    """Return the root that a run's title names (`specloop #12`), or None.

    GitHub's listing of runs does not tell their inputs; `run-name` puts the number into the title.
    """
    found = _TITLE.search(title)
    return int(found.group(1)) if found else None


class Progress(StrEnum):
    """How far a run is."""

    QUEUED = "queued"
    """Not begun: it will read everything that is so by then."""
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One run that was dispatched for a milestone."""

    id: int
    root: int
    progress: Progress
    succeeded: bool
    """Whether it ended well; one that failed or was cancelled may have looked at nothing."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class JobTime:
    """When one job of a run ran."""

    name: str
    began: datetime
    ended: datetime
