"""What a job is told by its runner: the repository, the run, the token and the folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.domain.errors import UserError


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a workflow run.

    https://docs.github.com/en/actions/reference/workflows-and-actions/variables
    """

    repository: str
    api_url: str
    server_url: str
    run: str
    attempt: str
    """Counted from 1; a re-run of failed jobs has the same run and the next attempt."""
    scratch: Path
    """A folder that is empty when the job begins and removed after it."""
    token: str = field(default="", repr=False)
    workflow: str = ""
    """File name of the caller's workflow."""
    ref: str = ""
    """The branch it runs on."""
    output: Path | None = None
    summary: Path | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether the GitHub it speaks to is on this machine."""
        return urlsplit(self.api_url).hostname in ("localhost", "127.0.0.1", "::1")

    @property
    def page(self) -> str:
        """Address of the run's page."""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run}"

    def say(self, **outputs: str) -> None:
        """Set the step's outputs; values are one line each."""
        if self.output is None:
            return
        with self.output.open("a", encoding="utf-8") as file:
            for name, value in outputs.items():
                file.write(f"{name}={value.replace(chr(10), ' ')}\n")

    def summarise(self, text: str) -> None:
        """Append Markdown to the job's summary."""
        if self.summary is not None and text:
            with self.summary.open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")


def job_of(environment: Mapping[str, str]) -> Job:
    """Return the job that a runner's environment describes. Raises UserError outside of one."""
    missing = [n for n in _NEEDED if not environment.get(n)]
    if missing:
        raise UserError(
            f"This runs in a job of GitHub Actions only: {', '.join(missing)} is not set. "
            "On a laptop use `specloop run`."
        )
    path, _, ref = environment.get("GITHUB_WORKFLOW_REF", "").partition("@")
    return Job(
        repository=environment["GITHUB_REPOSITORY"],
        api_url=environment["GITHUB_API_URL"].rstrip("/"),
        server_url=environment["GITHUB_SERVER_URL"].rstrip("/"),
        run=environment["GITHUB_RUN_ID"],
        attempt=environment.get("GITHUB_RUN_ATTEMPT", "1"),
        scratch=Path(environment["RUNNER_TEMP"]) / "specloop",
        token=environment.get("GITHUB_TOKEN", ""),
        workflow=path.rpartition("/")[2],
        ref=ref.removeprefix("refs/heads/"),
        output=_path(environment.get("GITHUB_OUTPUT")),
        summary=_path(environment.get("GITHUB_STEP_SUMMARY")),
    )


_NEEDED = (
    "GITHUB_REPOSITORY",
    "GITHUB_API_URL",
    "GITHUB_SERVER_URL",
    "GITHUB_RUN_ID",
    "RUNNER_TEMP",
)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
