"""Artifacts of workflow runs: listed and downloaded, as their bytes are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot.domain.errors import ServiceError
from bot.github.client import Client

MOST = 100
"""Artifacts of one run that are listed."""
PATIENCE = 60.0
"""Seconds for connecting and for each read."""


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The artifacts of one repository's workflow runs."""

    client: Client
    api_url: str
    token: str
    repository: str

    def of_run(self, run: str) -> dict[str, int]:
        """Return the ids of a run's artifacts that have not expired, by name.

        Of one name the newest counts. Raises ServiceError when GitHub cannot be asked.
        https://docs.github.com/en/rest/actions/artifacts#list-workflow-run-artifacts
        """
        path = f"/repos/{self.repository}/actions/runs/{int(run)}/artifacts"
        answer = self.client.read(path, {"per_page": MOST})
        if answer.status == 404:  # the run is gone, and its artifacts with it
            return {}
        if answer.status >= 400 or not isinstance(answer.body, dict):
            said = answer.message or f"HTTP {answer.status}"
            raise ServiceError(f"GitHub does not list the artifacts of run {run}: {said}.")
        listed = sorted(_listed(answer.body), key=lambda a: int(a["id"]))
        return {str(a["name"]): int(a["id"]) for a in listed if not a.get("expired")}

    def download(self, artifact: int, most: int) -> bytes | None:
        """Return an artifact's archive; None when it is gone or has more than `most` bytes.

        GitHub answers with an address elsewhere, which must not be shown the token.
        https://docs.github.com/en/rest/actions/artifacts#download-an-artifact
        """
        url = f"{self.api_url}/repos/{self.repository}/actions/artifacts/{artifact}/zip"
        try:
            with httpx.Client(timeout=PATIENCE, follow_redirects=False) as http:
                told = http.get(url, headers={"Authorization": f"Bearer {self.token}"})
                place = told.headers.get("location") if told.is_redirect else None
                return None if place is None else _bytes_at(http, place, most)
        except httpx.HTTPError as error:
            raise ServiceError(f"The artifact {artifact} could not be read: {error}.") from error


def _bytes_at(http: httpx.Client, place: str, most: int) -> bytes | None:
    found = bytearray()
    with http.stream("GET", place) as answer:
        if answer.status_code != httpx.codes.OK:
            return None
        for part in answer.iter_bytes():
            found += part
            if len(found) > most:
                return None
    return bytes(found)


def _listed(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = body.get("artifacts")
    return [a for a in listed if isinstance(a, dict)] if isinstance(listed, list) else []
