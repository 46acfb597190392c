"""Every GraphQL document is valid against GitHub's published schema and against the hub's."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from bot.github.documents import FOLDER, compose, load
from bot.github.ids import REPOSITORY, Need, document, label, milestone, subject

PACKAGE = "@octokit/graphql-schema@15.26.1"
QUERIES = sorted(p.stem for p in FOLDER.glob("*.graphql"))
MUTATIONS = sorted(p.stem for p in (FOLDER / "mutations").glob("*.graphql"))
IDS = [REPOSITORY, subject(1), milestone(2), label("bug"), Need("comment", "IC_1")]

DOCUMENTS = {
    **{name: load(name) for name in QUERIES},
    "a batch of everything": compose(
        [(f"c{i}", m) for i, m in enumerate([*MUTATIONS, *MUTATIONS])]
    ),
    "ids": document({f"n{i}": need for i, need in enumerate(IDS)}),
}


def problems(schema: GraphQLSchema, text: str) -> list[str]:
    return [e.message for e in validate(schema, parse(text))]


@cache
def hub_schema() -> GraphQLSchema:
    path = Path(__file__).parents[2] / "bot" / "hub" / "schema.graphql"
    return build_schema(path.read_text("utf-8"), assume_valid_sdl=True)


@pytest.fixture(scope="module")
def github_schema(tmp_path_factory: pytest.TempPathFactory) -> GraphQLSchema:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, and GitHub publishes its schema there")
    folder = tmp_path_factory.mktemp("schema")
    packed = subprocess.run(
        [npm, "pack", "--silent", PACKAGE], cwd=folder, check=False, capture_output=True, timeout=90
    )
    archives = list(folder.glob("*.tgz"))
    if packed.returncode or not archives:
        pytest.skip(f"npm could not fetch {PACKAGE}")
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile("package/schema.graphql")
        assert member is not None
        published = member.read().decode()
    extension = (Path(__file__).parent / "extension.graphql").read_text("utf-8")
    # Assumed valid: the published one breaks a rule of the specification about deprecations.
    return build_schema(published + extension, assume_valid=True, assume_valid_sdl=True)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_hub_understands(name: str) -> None:
    assert problems(hub_schema(), DOCUMENTS[name]) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_github_understands(name: str, github_schema: GraphQLSchema) -> None:
    assert problems(github_schema, DOCUMENTS[name]) == []


def test_every_fragment_is_used() -> None:
    everything = "".join(DOCUMENTS.values())
    for path in (FOLDER / "fragments").glob("*.graphql"):
        assert re.search(rf"\.\.\.\s*{path.stem}\b", everything), path.name


def test_fragments_are_named_after_their_files() -> None:
    for path in (FOLDER / "fragments").glob("*.graphql"):
        assert f"fragment {path.stem} on " in path.read_text("utf-8")


def test_a_file_with_more_than_one_mutation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.github import documents

    monkeypatch.setattr(documents, "_read", lambda path: "mutation X { a b }")
    documents.mutation.cache_clear()
    with pytest.raises(ValueError, match="not one mutation"):
        documents.mutation("x")
    documents.mutation.cache_clear()
