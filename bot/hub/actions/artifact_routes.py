"""Artifacts of runs: listed, and downloaded from an address that needs no permission but itself."""

import hmac

from bot.hub.actions.payloads import artifact_payload
from bot.hub.actions.records import Artifact
from bot.hub.actions.routes import run_of
from bot.hub.actions.store import content_of, first, select
from bot.hub.errors import NotFound
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import enveloped
from bot.hub.store.identity import Repository

_BLOBS = "/_hub/blobs"


def list_artifacts(call: Call) -> Answer:
    """List the artifacts of a repository, the newest first, by name."""
    return _listed(call, call.repository(), "repo_id = ?", call.repository().id)


def list_artifacts_of_run(call: Call) -> Answer:
    """List the artifacts of a run, the newest first, by name."""
    repository, run = run_of(call)
    return _listed(call, repository, "run_id = ?", run.id)


def get(call: Call) -> Answer:
    """Return an artifact."""
    repository, artifact = _artifact(call)
    return Answer(artifact_payload(call.scope, repository, artifact))


def download(call: Call) -> Answer:
    """Lead to the zip file, as GitHub does: 302 to an address that is good for this file alone."""
    _, artifact = _artifact(call)
    if call.params["format"] != "zip":
        raise NotFound
    address = f"{call.scope.origin}{_BLOBS}/{artifact.id}/{artifact.digest}"
    return Answer(status=302, headers={"Location": address})


def blob(call: Call) -> Answer:
    """The hub's own: return a zip file to whoever knows its digest."""
    artifact = first(call.view, Artifact, "id = ?", call.number("artifact_id"))
    if artifact is None or not hmac.compare_digest(artifact.digest, call.params["digest"]):
        raise NotFound
    headers = {"Content-Type": "application/zip"}
    return Answer(content_of(call.view, artifact), headers=headers)


def _listed(call: Call, repository: Repository, where: str, value: int) -> Answer:
    found = select(call.view, Artifact, where, value)
    name = call.query.get("name")
    chosen = [artifact for artifact in found if name in (None, artifact.name)]
    return enveloped(
        call, "artifacts", chosen, lambda one: artifact_payload(call.scope, repository, one)
    )


def _artifact(call: Call) -> tuple[Repository, Artifact]:
    repository, wanted = call.repository(), call.number("artifact_id")
    found = first(call.view, Artifact, "id = ? AND repo_id = ?", wanted, repository.id)
    if found is None:
        raise NotFound
    return repository, found


_ACTIONS = "/repos/{owner}/{repo}/actions"
_ONE = f"{_ACTIONS}/artifacts/{{artifact_id}}"
ROUTES = (
    Route("GET", f"{_ACTIONS}/artifacts", list_artifacts),
    Route("GET", f"{_ACTIONS}/runs/{{run_id}}/artifacts", list_artifacts_of_run),
    Route("GET", _ONE, get),
    Route("GET", f"{_ONE}/{{format}}", download),
    Route("GET", f"{_BLOBS}/{{artifact_id}}/{{digest}}", blob),
)
