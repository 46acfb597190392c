"""A milestone on github.com (or a hub) as a site: what a job works on."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain.errors import ServiceError, UserError
from bot.ports.desk import Desk
from bot.wiring.embedded import SETTLE, Endpoint
from bot.wiring.jobs.job import Job
from bot.wiring.places import World
from bot.wiring.register import Choices, Milestone
from bot.wiring.site import Site
from bot.workspace.git import Git
from bot.workspace.push import remote_error
from bot.workspace.remote import Remote

PATIENCE = 10.0
"""Seconds after which absence from GitHub's listings counts."""
_HEAD = re.compile(r"^ref: refs/heads/(.+)\tHEAD$", re.MULTILINE)
_SHA = re.compile(r"^([0-9a-f]{40})\tHEAD$", re.MULTILINE)


def endpoint_of(job: Job, git: str = "") -> Endpoint:
    """Return the job's GitHub; `git` is where repositories are, if not there."""
    return Endpoint(
        url=job.api_url,
        bot_token=job.token,
        maintainer_token="",
        paced=not job.is_loopback,
        settle=SETTLE if job.is_loopback else PATIENCE,
        web=job.server_url,
        git=git,
    )


def site_of(job: Job, root: int, desk: Desk, folder: Path) -> Site:
    """Return a milestone's site for a job that writes: orders are left at the desk."""
    endpoint = endpoint_of(job)
    branch, sha = default_branch(endpoint.git_url(job.repository), job, folder)
    return Site(
        World(folder), endpoint, milestone(job.repository, root, branch, sha), None, desk=desk
    )


def milestone(repository: str, root: int, branch: str, sha: str, agent: str = "") -> Milestone:
    """Return a milestone of which the configuration decides everything."""
    choices = Choices(agent, configured=True)
    return Milestone(root, repository, "", "", branch, sha, "", choices)


def default_branch(url: str, job: Job, folder: Path) -> tuple[str, str]:
    """Return the name and the head of the repository's default branch; costs no API request."""
    (folder / "home").mkdir(parents=True, exist_ok=True)
    git = Git(folder / "none.git", folder / "home", Remote(url, lambda: job.token))
    result = git.run(["ls-remote", "--symref", url, "HEAD"], remote=True)
    if result.code != 0:
        raise remote_error("fetch", result)
    name, sha = _HEAD.search(result.text), _SHA.search(result.text)
    if name is None or sha is None:
        raise UserError(f"{job.repository} has no commits yet: make a first one.")
    return name[1], sha[1]


def lay_origin(job: Job, origin: Path, branch: str, sha: str) -> None:
    """Lay a bare repository with all of the remote's branches, the base one at a commit.

    A job that may not write works against it as if it were the remote.
    """
    home = origin.parent / "home"
    home.mkdir(parents=True, exist_ok=True)
    url = endpoint_of(job).git_url(job.repository)
    git = Git(origin, home, Remote(url, lambda: job.token))
    git.out(["init", "--quiet", "--bare", "--template=", f"--initial-branch={branch}"])
    fetched = git.run(
        ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", url,
         "+refs/heads/*:refs/heads/*"],
        remote=True,
    )  # fmt: skip
    if fetched.code != 0:
        raise remote_error("fetch", fetched)
    if git.run(["cat-file", "-e", f"{sha}^{{commit}}"]).code != 0:
        raise ServiceError(f"The commit {sha[:7]} of {branch} is gone from {job.repository}.")
    git.out(["update-ref", f"refs/heads/{branch}", sha])
