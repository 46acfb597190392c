"""Answering one GraphQL request: parse, validate, price, execute, print errors as GitHub does."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    build_schema,
    execute_sync,
    parse,
    specified_rules,
    validate,
)

from bot.hub.errors import BadRequest, Refusal
from bot.hub.faults.fields import under_plan
from bot.hub.graphql.cost import Price, price_of
from bot.hub.graphql.resolve import RequestContext, resolve_field, resolve_type
from bot.hub.graphql.root import QueryRoot
from bot.hub.scope import Scope
from bot.hub.server.rate_limits import Pool

_RULES = tuple(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule)
_UNKNOWN_FIELD = re.compile(r"Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'")
_MAX_TOKENS = 100_000


@dataclass(frozen=True)
class Result:
    """What a request came to: JSON content, cost, and the operation's name for the log."""

    content: dict[str, Any]
    points: int
    operation: str | None


@cache
def schema() -> GraphQLSchema:
    """Return the hub's schema."""
    text = resources.files("bot.hub").joinpath("schema.graphql").read_text("utf-8")
    return build_schema(text, assume_valid=True, assume_valid_sdl=True)


def prepare() -> None:
    """Do early what the first request would wait for."""
    _read_document("{viewer{login}}")


def run_graphql(scope: Scope, body: Any, pool: Pool) -> Result:
    """Execute a request body for one account.

    Raises BadRequest for a body that is no JSON object.
    """
    if not isinstance(body, dict):
        raise BadRequest("Body should be a JSON object")
    query, variables, name = (
        body.get("query"),
        body.get("variables") or {},
        body.get("operationName"),
    )
    if not isinstance(query, str) or not isinstance(variables, dict):
        return Result(
            {"errors": [{"message": "A query attribute must be specified and must be a string."}]},
            1,
            None,
        )
    try:
        document, errors = _read_document(query)
    except GraphQLError as error:
        return Result({"errors": [_print_error(error)]}, 1, None)
    except RecursionError:
        return Result({"errors": [{"message": "The query is nested too deeply."}]}, 1, None)
    operation = _operation_of(document, name)
    shown = name or (
        operation.name.value if operation and operation.name else _first_field(operation)
    )
    if errors or operation is None:
        printed = [_print_error(error) for error in errors] or [
            {"message": "No operation named that."}
        ]
        return Result({"errors": printed}, 1, shown)
    price = price_of(schema(), document, operation, variables)
    if price.errors:
        return Result(
            {"data": None, "errors": [_print_error(error) for error in price.errors]}, 1, shown
        )
    return Result(
        _execute(scope, document, operation, variables, name, price, pool), price.points, shown
    )


def _execute(
    scope: Scope,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: dict[str, Any],
    name: str | None,
    price: Price,
    pool: Pool,
) -> dict[str, Any]:
    is_mutation = operation.operation is OperationType.MUTATION
    if is_mutation:
        scope = scope.seen_in(scope.view)
        return _run(document, None, RequestContext(scope, price, pool), variables, name)
    with scope.hub.database.reading() as connection:
        database = scope.hub.database
        scope = Scope(
            scope.hub,
            scope.actor,
            scope.origin,
            database.current(connection),
            database.listed(connection),
        )
        context = RequestContext(scope, price, pool)
        return _run(document, QueryRoot(context), context, variables, name)


def _run(
    document: DocumentNode,
    root: Any,
    context: RequestContext,
    variables: dict[str, Any],
    name: str | None,
) -> dict[str, Any]:
    result = execute_sync(
        schema(),
        document,
        root_value=root,
        context_value=context,
        variable_values=variables,
        operation_name=name,
        field_resolver=under_plan(resolve_field),
        type_resolver=resolve_type,
    )
    content: dict[str, Any] = {"data": result.data}
    if result.errors:
        content["errors"] = [_print_error(error) for error in result.errors]
    return content


@lru_cache(maxsize=256)
def _read_document(query: str) -> tuple[DocumentNode, tuple[GraphQLError, ...]]:
    document = parse(query, max_tokens=_MAX_TOKENS)
    return document, tuple(validate(schema(), document, _RULES))


def _operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name:
        return next((o for o in operations if o.name and o.name.value == name), None)
    return operations[0] if len(operations) == 1 else None


def _first_field(operation: OperationDefinitionNode | None) -> str | None:
    if operation is None:
        return None
    selection = operation.selection_set.selections[0]
    name = getattr(selection, "name", None)
    return name.value if name else None


def _print_error(error: GraphQLError) -> dict[str, Any]:
    printed: dict[str, Any] = {}
    message = error.message
    original = error.original_error
    if isinstance(original, Refusal):
        printed["type"], message = original.kind, original.sentence()
    elif error.extensions and "type" in error.extensions:
        printed["type"] = error.extensions["type"]
    unknown = _UNKNOWN_FIELD.match(message)
    if unknown:
        message = f"Field '{unknown['field']}' doesn't exist on type '{unknown['type']}'"
        printed["extensions"] = {
            "code": "undefinedField",
            "typeName": unknown["type"],
            "fieldName": unknown["field"],
        }
    elif original is not None and not isinstance(original, (Refusal, GraphQLError)):
        message = "Something went wrong while executing your query."
    if error.path:
        printed["path"] = error.path
    if error.locations:
        printed["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    return {**printed, "message": message}
