"""The embedded GitHub alone: how soon it answers, and how much."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.figures import Effort, Figure
from bench.town import Town, person
from bot.github.documents import load
from bot.hub import found_world, start_hub
from bot.wiring.embedded import LAG
from bot.wiring.site import Site

ITEMS = 50
PARALLEL = 8
_ONE = """\
query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { issue(number: 1) { title } }
}
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, asked again and again."""

    name: str
    method: str
    path: str
    body: bytes = b""


def measure(effort: Effort) -> Iterator[Figure]:
    """Start it, then ask it as fast as it answers."""
    starts = tuple(_started(effort) for _ in effort.runs(11, "start of the hub"))
    how = "process started to the first REST answer, new world, connection included"
    yield Figure("hub: start to first answer", "ms", starts, how)
    with effort.folder() as folder:
        town = Town(folder)
        with town.served() as endpoint:
            site = town.begin(endpoint)
            calls = list(_calls(site, _filled(site)))
            time.sleep(2 * LAG)  # listings lag behind
            for call in calls:
                for clients in (1, PARALLEL):
                    rates = tuple(
                        _rate(site, call, clients, effort.size(200, 10))
                        for _ in effort.runs(5, f"hub, {call.name}, {clients} at a time")
                    )
                    how = "keep-alive connections; the asking process shares the processors"
                    what = f"hub: {call.name}, {clients} at a time"
                    yield Figure(what, "requests/s", rates, how)


def _started(effort: Effort) -> float:
    with effort.folder() as folder:
        home = found_world(folder / "world")
        began = time.perf_counter()
        with start_hub(home) as hub:
            _ask(http.client.HTTPConnection(urlsplit(hub.url).netloc), Call("", "GET", "/"), {})
            return (time.perf_counter() - began) * 1000


def _filled(site: Site) -> int:
    with person(site) as client:
        milestone = int(client.post("/milestones", json={"title": "A book"}).json()["number"])
        for number in range(ITEMS):
            client.post("/issues", json={"title": f"Part {number}", "milestone": milestone})
    return milestone


def _calls(site: Site, milestone: int) -> Iterator[Call]:
    owner, _, name = site.milestone.repository.partition("/")
    root = f"/repos/{owner}/{name}/issues"
    yield Call("REST, one issue", "GET", f"{root}/1")
    yield Call("REST, a page of 30 issues", "GET", root)
    yield _graphql("GraphQL, one issue", _ONE, {"owner": owner, "name": name})
    whole = {
        "owner": owner, "name": name, "root": 1, "milestone": milestone, "withMilestone": True,
        "first": ITEMS, "after": None,
    }  # fmt: skip
    yield _graphql(f"GraphQL, a milestone of {ITEMS} items", load("milestone"), whole)


def _graphql(name: str, query: str, variables: dict[str, object]) -> Call:
    body = json.dumps({"query": query, "variables": variables}).encode()
    return Call(name, "POST", "/graphql", body)


def _rate(site: Site, call: Call, clients: int, requests: int) -> float:
    place = urlsplit(site.endpoint.url).netloc
    headers = {"Authorization": f"Bearer {site.endpoint.maintainer_token}"}

    def client() -> None:
        connection = http.client.HTTPConnection(place)
        for _ in range(requests // clients):
            _ask(connection, call, headers)
        connection.close()

    return requests // clients * clients / _seconds(client, clients)


def _seconds(work: Callable[[], None], width: int) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(width) as pool:
        for done in [pool.submit(work) for _ in range(width)]:
            done.result()
    return time.perf_counter() - began


def _ask(connection: http.client.HTTPConnection, call: Call, headers: dict[str, str]) -> None:
    connection.request(call.method, call.path, call.body or None, headers)
    answer = connection.getresponse()
    told = answer.read()
    if answer.status not in (200, 401) or b'"errors"' in told[:200]:
        raise RuntimeError(f"{call.name}: {answer.status} {told[:200]!r}")
