"""Words for the control addresses."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.hub.stage import Person, Stage

CREATE = """mutation Plan($r: ID!) {
  i0: createIssue(input: {repositoryId: $r, title: "a"}) { issue { number } }
  i1: createIssue(input: {repositoryId: $r, title: "b"}) { issue { number } }
  i2: createIssue(input: {repositoryId: $r, title: "c"}) { issue { number } }
}"""


def switch_on(stage: Stage, *rules: dict[str, Any]) -> Any:
    return stage.owner.put("/_hub/faults", {"rules": list(rules)})


def clear(stage: Stage) -> None:
    stage.owner.delete("/_hub/faults", status=204)


def fired(stage: Stage) -> list[str]:
    return [entry["fault"] for entry in stage.owner.get("/_hub/faults")["fired"]]


def titles(stage: Stage) -> list[str]:
    """The titles of all issues, oldest first."""
    found = stage.owner.get(f"{stage.path}/issues?state=all&per_page=100")
    return [issue["title"] for issue in found][::-1]


def write(person: Person, path: str, body: Any) -> httpx.Response:
    return person.http.post(path, json=body)


def repository_id(stage: Stage) -> str:
    found: str = stage.owner.get(stage.path)["node_id"]
    return found


def hangs_up(person: Person, method: str, path: str, body: Any = None) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        person.http.request(method, path, json=body)
