"""The labels that specloop uses: created on GitHub, or told as commands that do it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping

from bot.domain.settings import Labels
from bot.github.client import Client, is_loopback
from bot.github.ids import Ids
from bot.github.pace import GITHUB, UNPACED
from bot.github.place import Place
from bot.github.preparing import Preparing, look_of
from bot.wiring.machine import SystemClock

_GITHUB = re.compile(
    r"(?:https?://(?:[^/@]+@)?|ssh://git@|git@)(?P<host>[^/:]+)(?::\d+)?[/:]"
    r"(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def names_of(labels: Labels) -> tuple[str, ...]:
    """Return the names of all labels that are there from the beginning."""
    return (labels.spec, labels.work, labels.feedback, labels.decision, labels.blocked,
            labels.backlog, labels.high, labels.medium, labels.low)  # fmt: skip


def repository_of(remote: str, server: str) -> str:
    """Return `owner/name` of a remote's address on that server; empty when it is elsewhere."""
    found = _GITHUB.fullmatch(remote)
    host = re.sub(r"^https?://|[:/].*$", "", server)
    return found["name"] if found and found["host"].lower() == host.lower() else ""


def token_in(environment: Mapping[str, str]) -> str:
    """Return GitHub's token of the environment; empty when there is none."""
    return environment.get("GITHUB_TOKEN") or environment.get("GH_TOKEN") or ""


def create_labels(repository: str, token: str, names: tuple[str, ...]) -> None:
    """Create the labels that are missing. Raises UserError when GitHub refuses, ServiceError."""
    url = os.environ.get("GITHUB_API_URL", "https://api.github.com").rstrip("/")
    pace = UNPACED if is_loopback(url) else GITHUB
    client = Client(url, token, _Anyone(), SystemClock(), pace)
    try:
        place = Place(client, *repository.split("/"))
        Preparing(place, Ids(place), SystemClock()).labels(names)
    finally:
        client.close()


def commands(repository: str, names: tuple[str, ...]) -> list[str]:
    """Return a GitHub CLI command for each label; an existing one is left as it is."""
    where = f" --repo {shlex.quote(repository)}" if repository else ""
    return [
        f"gh label create {shlex.quote(name)} --color {color} --description {shlex.quote(said)}"
        f"{where}"
        for name in names
        for color, said in (look_of(name),)
    ]


class _Anyone:
    """Nothing is guarded by a lease here: a label's name is its key."""

    def check(self) -> None:
        """Admit."""
