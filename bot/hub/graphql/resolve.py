"""How fields find their values: the attribute or method of the node with the field's name in snake
case.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import GraphQLResolveInfo

from bot.hub.graphql.cost import Price
from bot.hub.scope import Scope
from bot.hub.server.rate_limits import Pool


@dataclass(frozen=True)
class RequestContext:
    """What the resolvers of one request share."""

    scope: Scope
    price: Price
    pool: Pool


def resolve_field(source: Any, info: GraphQLResolveInfo[RequestContext], **arguments: Any) -> Any:
    """Return a field's value; methods get the arguments in snake case."""
    if info.parent_type.name == "Mutation":
        from bot.hub.graphql.mutations import MUTATIONS

        return MUTATIONS[info.field_name](info.context.scope, arguments["input"])
    if isinstance(source, dict):
        return source.get(info.field_name)
    value = getattr(source, snake(info.field_name))
    if callable(value):
        return value(**{snake(name): given for name, given in arguments.items()})
    return value


def resolve_type(source: Any, _info: Any, _abstract: Any) -> str:
    """Return the concrete type of a node behind an interface or union."""
    return str(source.typename)


@cache
def snake(name: str) -> str:
    """Turn ``headRefOid`` into ``head_ref_oid``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
