"""The hub's GraphQL schema against GitHub's published one, when npm can bring it."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    build_schema,
    specified_scalar_types,
    validate_schema,
)

from bot.hub.graphql.mutations import MUTATIONS

NEWER_THAN_PUBLISHED = {
    "type AddBlockedByInput",
    "type AddBlockedByPayload",
    "type AssigneeConnection",
    "type AssigneeEdge",
    "type IssueDependenciesSummary",
    "type IssueDependencyOrder",
    "type IssueDependencyOrderField",
    "type IssueType",
    "type IssueTypeColor",
    "type RemoveBlockedByInput",
    "type RemoveBlockedByPayload",
    "Issue.assignedActors",
    "Issue.blockedBy",
    "Issue.blocking",
    "Issue.issueDependenciesSummary",
    "Issue.issueType",
    "Mutation.addBlockedBy",
    "Mutation.removeBlockedBy",
    "PullRequest.assignedActors",
}
"""Not yet in the published package: dependencies are in GitHub's documentation of 2026, and GitHub
CLI 2.102 asks for ``assignedActors``.
"""


@cache
def ours() -> GraphQLSchema:
    return build_schema(resources.files("bot.hub").joinpath("schema.graphql").read_text("utf-8"))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> GraphQLSchema:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed, so GitHub's published schema cannot be fetched")
    folder = tmp_path_factory.mktemp("schema")
    done = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "@octokit/graphql-schema"],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=90,
    )
    path = Path(folder, "node_modules/@octokit/graphql-schema/schema.graphql")
    if done.returncode or not path.exists():
        pytest.skip("npm could not fetch GitHub's published schema")
    return build_schema(path.read_text("utf-8"), assume_valid=True, assume_valid_sdl=True)


def test_our_schema_is_valid_in_itself() -> None:
    assert validate_schema(ours()) == []


def test_every_mutation_in_the_schema_is_there() -> None:
    mutation = ours().mutation_type
    assert mutation is not None
    assert set(mutation.fields) == set(MUTATIONS)


def test_everything_we_have_is_githubs(theirs: GraphQLSchema) -> None:
    found = set(differences(theirs))
    assert found - NEWER_THAN_PUBLISHED == set()


def test_the_list_of_what_is_newer_is_up_to_date(theirs: GraphQLSchema) -> None:
    assert set(differences(theirs)) >= NEWER_THAN_PUBLISHED


def differences(theirs: GraphQLSchema) -> list[str]:
    """Return what is ours and not, or not so, in GitHub's schema."""
    found: list[str] = []
    for name, kind in ours().type_map.items():
        if name.startswith("__") or name in specified_scalar_types:
            continue
        other = theirs.type_map.get(name)
        if other is None or type(other) is not type(kind):
            found.append(f"type {name}")
        elif isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            assert isinstance(other, (GraphQLObjectType, GraphQLInterfaceType))
            found += field_differences(kind, other)
        elif isinstance(kind, GraphQLInputObjectType):
            assert isinstance(other, GraphQLInputObjectType)
            found += input_differences(kind, other)
        elif isinstance(kind, GraphQLEnumType):
            assert isinstance(other, GraphQLEnumType)
            found += [f"{name}.{value}" for value in set(kind.values) - set(other.values)]
        elif isinstance(kind, GraphQLUnionType):
            assert isinstance(other, GraphQLUnionType)
            members = {member.name for member in other.types}
            found += [
                f"{name}|{member.name}" for member in kind.types if member.name not in members
            ]
        else:
            assert isinstance(kind, GraphQLScalarType)
    return found


Composite = GraphQLObjectType | GraphQLInterfaceType


def field_differences(kind: Composite, other: Composite) -> list[str]:
    found = [f"{kind.name} is {i.name}" for i in kind.interfaces
             if i.name not in {known.name for known in other.interfaces}]  # fmt: skip
    for name, field in kind.fields.items():
        twin = other.fields.get(name)
        if twin is None or str(twin.type) != str(field.type):
            found.append(f"{kind.name}.{name}")
            continue
        for argument, definition in field.args.items():
            same = twin.args.get(argument)
            if same is None or str(same.type) != str(definition.type):
                found.append(f"{kind.name}.{name}({argument})")
        needed = [
            a
            for a, d in twin.args.items()
            if d.default_value is Undefined and str(d.type)[-1] == "!"
        ]
        found += [f"{kind.name}.{name} lacks {a}" for a in needed if a not in field.args]
    return found


def input_differences(kind: GraphQLInputObjectType, other: GraphQLInputObjectType) -> list[str]:
    found = []
    for name, field in kind.fields.items():
        twin = other.fields.get(name)
        if twin is None or str(twin.type) != str(field.type):
            found.append(f"{kind.name}.{name}")
    return found
