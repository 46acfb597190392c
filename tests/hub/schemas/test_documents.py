"""Every GraphQL document that GitHub CLI sends in common commands, against GitHub's schema.

The hub answers them all but those about projects, which it does not have: gh goes on without them.
What specloop itself sends is checked in ``tests/github/test_documents.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.hub import HubProcess, found_world, start_hub
from tests.hub.clients.conftest import Cli, gh, gh_binary, gh_home, ground  # noqa: F401 - fixtures
from tests.hub.schemas import queries
from tests.hub.schemas.published import published
from tests.hub.schemas.verdict import listed_differences
from tests.hub.stage import LAG


@pytest.fixture(scope="session")
def named_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that takes requests for api.github.com and records them."""
    world = found_world(tmp_path_factory.mktemp("recorded-world"))
    record = ("--record", str(world.path / "record.jsonl"))
    extra = ("--also-host", "api.github.com", *record)
    with start_hub(world, lag=LAG, extra=extra) as process:
        yield process


def test_every_document_is_valid_on_github(gh: Cli) -> None:  # noqa: F811 - the fixture
    use(gh)
    lines = (gh.stage.hub.world.path / "record.jsonl").read_text("utf-8").splitlines()
    entries = [entry for line in lines if (entry := json.loads(line))["document"]]
    assert len({entry["document"] for entry in entries}) > 10
    schema = queries.load(published(*queries.PACKAGE))
    assert queries.all_differences(schema, entries) <= set(listed_differences())
    refused = [e for e in entries if e["response"].get("errors")]
    assert [e["response"] for e in refused if "project" not in e["document"].lower()] == []


def use(gh: Cli) -> None:  # noqa: F811
    """Run the commands of a day."""
    stage = gh.stage
    for title in ("Parent", "Blocker"):
        gh.run("issue", "create", "--title", title, "--body", "")
    gh.run("issue", "create", "--title", "Child", "--body", "", "--parent", "1",
           "--blocked-by", "2", "--label", "bug")  # fmt: skip
    stage.branch("feature", {"f.txt": "x"})
    gh.run("pr", "create", "--head", "feature", "--title", "F", "--body", "Closes #3")
    stage.settle()
    for command in (
        ("issue", "list"), ("issue", "view", "3"), ("issue", "comment", "3", "-b", "x"),
        ("issue", "edit", "3", "--add-label", "question"), ("issue", "close", "3"), ("pr", "list"),
        ("pr", "view", "4"), ("pr", "comment", "4", "-b", "x"), ("label", "list"),
        ("pr", "edit", "4", "--title", "G"), ("pr", "review", "4", "--comment", "-b", "x"),
        ("pr", "merge", "4", "--merge"),
    ):  # fmt: skip
        gh.run(*command)
