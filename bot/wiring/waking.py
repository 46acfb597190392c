"""`specloop action wake`: from GitHub's event to dispatched iterations.

An event only wakes. What it says is a hint; record, runs, comment and permissions are read anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.commands import Pause, Stop
from bot.domain.errors import SpecloopError, UserError
from bot.domain.settings import Settings
from bot.domain.workflow_runs import WORKFLOW_FILE, Progress, WorkflowRun
from bot.github import open_tracker
from bot.github.client import is_loopback
from bot.github.listing import Listing, root_of_body
from bot.github.tracker import GitHubTracker
from bot.github.workflows import Workflows
from bot.rules.due import Change, Stood, reasons
from bot.rules.grammar import parse_commands
from bot.rules.wake import Everything, Nothing, Speech, Wish, heed
from bot.wiring.configuration import PATH, parse_configuration
from bot.wiring.machine import SystemClock
from bot.wiring.standings import Record, Records, records
from bot.workspace.remote import Remote

Say = Callable[[str], None]
Runs = tuple[WorkflowRun, ...]
MOST_EVENT = 8 * 2**20
"""Bytes of an event that are read; GitHub's own end at 25 MB, and ours are far smaller."""


@dataclass(frozen=True, slots=True)
class Job:
    """What GitHub Actions tells a job in its environment."""

    event: str
    payload: object
    repository: str
    token: str
    api_url: str
    server_url: str
    workflow: str
    """File name of the caller workflow."""
    summary: Path | None

    @property
    def remote(self) -> Remote:
        """Where git finds the repository."""
        return Remote(f"{self.server_url}/{self.repository}.git", lambda: self.token)


def wake(environment: Mapping[str, str], say: Say = print) -> int:
    """Dispatch the iterations that the event asks for; return the exit code.

    Raises UserError when the environment is no job's or GitHub refuses for good, ServiceError when
    it cannot be asked now: the run is red then, and may be run again.
    """
    job = read_job(environment)
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        say(line)

    pace = not is_loopback(job.api_url)
    tracker = open_tracker(
        job.api_url, job.token, job.repository, _Anyone(), SystemClock(), pace=pace
    )
    with tracker, records(job.remote) as found:
        try:
            _Waker(job, tracker, found, tell).wake()
        finally:
            _summarise(job, told)
    return 0


def read_job(environment: Mapping[str, str]) -> Job:
    """Return the job that an environment describes. Raises UserError."""
    names = ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_TOKEN")
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise UserError(
            f"{', '.join(missing)} is not set: `specloop action` runs in a job of GitHub Actions."
        )
    path = Path(environment["GITHUB_EVENT_PATH"])
    try:
        with path.open("rb") as file:
            payload = json.loads(file.read(MOST_EVENT))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"The event at {path} cannot be read ({type(error).__name__}).") from error
    workflow = environment.get("GITHUB_WORKFLOW_REF", "").partition("@")[0].rpartition("/")[2]
    summary = environment.get("GITHUB_STEP_SUMMARY")
    return Job(
        environment["GITHUB_EVENT_NAME"],
        payload,
        environment["GITHUB_REPOSITORY"],
        environment["GITHUB_TOKEN"],
        environment.get("GITHUB_API_URL", "https://api.github.com").rstrip("/"),
        environment.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/"),
        workflow or WORKFLOW_FILE,
        Path(summary) if summary else None,
    )


class _Anyone:
    """A wake writes nothing that a lease guards."""

    def check(self) -> None:
        """Admit."""


@dataclass(frozen=True, slots=True)
class _Waker:
    job: Job
    tracker: GitHubTracker
    records: Records
    say: Say

    def wake(self) -> None:
        branch, label = self._base()
        wanted = heed(self.job.event, self.job.payload, label, root_of_body)
        if isinstance(wanted, Nothing):
            self.say(f"Nothing is woken: {wanted.why}.")
            return
        runs = self._workflows.runs()
        for wish in self._wishes(wanted, label, runs):
            self._grant(wish, [r for r in runs if r.root == wish.root], branch)

    @property
    def _workflows(self) -> Workflows:
        return Workflows(self.tracker.place, self.job.workflow)

    def _base(self) -> tuple[str, str]:
        """Return the default branch and the label of specs that its configuration names."""
        branch, text = self.tracker.place.file(PATH)
        try:
            settings, _ = parse_configuration(text.encode() if text is not None else None)
        except UserError as error:  # the iteration tells people; a wake need not fail for it
            self.say(str(error))
            settings = Settings()
        return branch, settings.labels.spec

    def _wishes(self, wanted: Wish | Everything, label: str, runs: Runs) -> list[Wish]:
        known = self.records.known()
        if isinstance(wanted, Everything):
            return self._due(known, label, runs)
        may = self.tracker.permission
        if wanted.root in known or (
            wanted.begins and all(may(login).can_write for login in sorted(wanted.people))
        ):
            return [wanted]
        self.say(
            f"Nothing is woken: {wanted.why}, and #{wanted.root} has no record. It begins when "
            f"somebody labels it `{label}` anew, or a person with write permission says "
            "`/continue` on it."
        )
        return []

    def _due(self, known: frozenset[int], label: str, runs: Runs) -> list[Wish]:
        """Return what is to be looked at of all milestones that have begun."""
        listing = Listing(self.tracker.place)
        found = self.records.read(known.intersection(listing.open_specs(label)))
        if not found:
            self.say("Nothing is woken: no open spec has begun.")
            return []
        stood = [_stood(root, record, runs) for root, record in found.items()]
        changes = [
            Change(i.number, i.updated_at, i.milestone, root_of_body(i.body))
            for i in listing.changed_since(min(s.looked_at for s in stood))
        ]
        due = reasons(stood, changes, SystemClock().now())
        busy = {r.root for r in runs if r.progress is not Progress.ENDED}
        for root in sorted(found):
            if root in busy or root not in due:
                why = "an iteration is under way" if root in busy else "nothing is to be done"
                self.say(f"#{root}: {why}.")
        return [Wish(root, due[root]) for root in sorted(due) if root not in busy]

    def _grant(self, wish: Wish, runs: list[WorkflowRun], branch: str) -> None:
        """Cancel what is to stop, and see to it that a run begins after this moment.

        One that has begun may have read its comments already; one that waits has not.
        """
        if wish.stop is not None and self._may_stop(wish.stop):
            for run in runs:
                if run.progress is Progress.RUNNING and self._workflows.cancel(run):
                    self.say(f"#{wish.root}: run {run.id} was asked to end; its work is kept.")
        if any(run.progress is Progress.QUEUED for run in runs):
            self.say(f"#{wish.root}: {wish.why}; a run that waits already will see it.")
            return
        self._workflows.dispatch(wish.root, branch)
        self.say(f"#{wish.root}: {wish.why}; an iteration was dispatched.")

    def _may_stop(self, speech: Speech) -> bool:
        """Whether the comment still says so, and all who wrote it may steer."""
        said = Listing(self.tracker.place).comment(speech.comment)
        commands = parse_commands(said or "", own_thread=True)
        if not any(isinstance(c, Stop | Pause) for c in commands):
            return False
        return all(self.tracker.permission(login).can_write for login in speech.people)


def _stood(root: int, record: Record, runs: Runs) -> Stood:
    """Return where a milestone stood when it was last looked at.

    That is counted from the beginning of the last run that ended well, because a review that came
    while it worked may not have been seen; the run's own writes lead to one more look, which
    writes nothing. Where no run is known, it is when the record was last written.
    """
    ended = [r.created_at for r in runs if r.root == root and r.succeeded]
    state = record.state
    return Stood(
        root,
        state.standing,
        state.due_at,
        state.milestone_number,
        max(ended, default=record.written_at),
    )


def _summarise(job: Job, lines: list[str]) -> None:
    if job.summary is None:
        return
    try:
        with job.summary.open("a", encoding="utf-8") as file:
            file.write("".join(f"- {line}\n" for line in lines))
    except (OSError, SpecloopError):
        return  # a summary that cannot be written costs nobody an iteration
