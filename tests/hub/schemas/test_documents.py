"""Every GraphQL document that GitHub CLI sends in common commands, against GitHub's schema.

The hub answers them all but those about projects, which it does not have: gh goes on without them.
What specloop itself sends is checked in ``tests/github/test_documents.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLSchema,
    OverlappingFieldsCanBeMergedRule,
    build_ast_schema,
    extend_schema,
    parse,
    specified_rules,
    validate,
)

from bot.hub import HubProcess, found_world, start_hub
from tests.hub.clients.conftest import Cli, gh, gh_binary, gh_home, ground  # noqa: F401 - fixtures
from tests.hub.schemas.published import published
from tests.hub.stage import LAG

EXTENSION = Path(__file__).parents[2] / "github" / "extension.graphql"
UNPUBLISHED = {
    "Cannot query field 'assignedActors' on type 'PullRequest'.",
    "Cannot query field 'issueType' on type 'Issue'.",
}
"""What GitHub CLI 2.102 asks of GitHub and the published schema does not have yet."""


@pytest.fixture(scope="session")
def named_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that takes requests for api.github.com and records them."""
    world = found_world(tmp_path_factory.mktemp("recorded-world"))
    record = ("--record", str(world.path / "record.jsonl"))
    extra = ("--also-host", "api.github.com", *record)
    with start_hub(world, lag=LAG, extra=extra) as process:
        yield process


@pytest.fixture(scope="module")
def theirs() -> GraphQLSchema:
    text = published("graphql-schema", "15.26.1", "schema.graphql").read_text("utf-8")
    whole = build_ast_schema(parse(text), assume_valid=True, assume_valid_sdl=True)
    extension = parse(EXTENSION.read_text("utf-8"))
    return extend_schema(whole, extension, assume_valid=True, assume_valid_sdl=True)


def test_every_document_is_valid_on_github(
    gh: Cli,  # noqa: F811 - the fixture
    theirs: GraphQLSchema,
) -> None:
    use(gh)
    lines = (gh.stage.hub.world.path / "record.jsonl").read_text("utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    documents = {e["document"] for e in entries if e.get("document")}
    assert len(documents) > 10
    rules = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
    found = {
        error.message.partition(" Did you mean")[0]
        for document in documents
        for error in validate(theirs, parse(document), rules)
    }
    assert found == UNPUBLISHED
    refused = [e for e in entries if e.get("document") and e["response"].get("errors")]
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
