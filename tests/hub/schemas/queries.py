"""How GraphQL documents, and the variables sent with them, differ from GitHub's schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLSchema,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    build_ast_schema,
    extend_schema,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import get_variable_values

from tests.hub.schemas.record import Entry, is_served

PACKAGE = ("graphql-schema", "15.26.1", "schema.graphql")
_EXTENSION = Path(__file__).parents[2] / "github" / "extension.graphql"
_RULES = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
"""GitHub CLI's documents break the one left out, and GitHub serves them."""


def load(path: Path) -> GraphQLSchema:
    """Return a schema file with what GitHub serves and does not publish there.

    It is assumed valid: the published one breaks a rule of the specification on deprecations.
    """
    whole = build_ast_schema(
        parse(path.read_text("utf-8"), no_location=True), assume_valid=True, assume_valid_sdl=True
    )
    extension = parse(_EXTENSION.read_text("utf-8"))
    return extend_schema(whole, extension, assume_valid=True, assume_valid_sdl=True)


def all_differences(schema: GraphQLSchema, entries: Iterable[Entry]) -> set[str]:
    """Return what GitHub would say to the documents that the hub served, each with its route."""
    found: set[str] = set()
    seen: set[str] = set()
    for entry in entries:
        if is_served(entry):
            document = entry["document"]
            found |= set() if document in seen else set(_of_document(schema, document))
            found |= set(_of_variables(schema, document, entry["request"]))
            seen.add(document)
    return {f"POST /graphql {words}" for words in found}


def _of_document(schema: GraphQLSchema, document: str) -> Iterator[str]:
    for error in validate(schema, parse(document), _RULES):
        yield error.message.partition(" Did you mean")[0]


def _of_variables(schema: GraphQLSchema, document: str, sent: Any) -> Iterator[str]:
    """Yield what is wrong about values; the values themselves are left out."""
    operation = get_operation_ast(parse(document), sent.get("operationName"))
    if not isinstance(operation, OperationDefinitionNode):
        return
    known = operation.variable_definitions or ()
    values = get_variable_values(schema, list(known), sent.get("variables") or {})
    for error in values if isinstance(values, list) else ():
        words = error.message.partition(" Did you mean")[0].partition(" Found:")[0]
        yield re.sub(r" value: (?=['\"{\[\d-]).*", " value", words)
