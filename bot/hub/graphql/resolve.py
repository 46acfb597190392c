"""How fields find their values: the attribute or method of the node with the field's name in snake
case.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import GraphQLResolveInfo, get_named_type

from bot.hub.graphql.cost import Price
from bot.hub.rules.grants import need_of_mutation, need_of_type
from bot.hub.scope import Scope
from bot.hub.server.rate_limits import Pool
from bot.hub.world.grants import require_grant


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

        require_grant(info.context.scope.actor, [need_of_mutation(info.field_name)])
        return MUTATIONS[info.field_name](info.context.scope, arguments["input"])
    value = _value(source, info.field_name, arguments)
    if value is not None and info.context.scope.actor.grant is not None:
        _require_readable(value, info)
    return value


def _value(source: Any, name: str, arguments: dict[str, Any]) -> Any:
    if isinstance(source, dict):
        return source.get(name)
    value = getattr(source, snake(name))
    if callable(value):
        return value(**{snake(name): given for name, given in arguments.items()})
    return value


def _require_readable(value: Any, info: GraphQLResolveInfo[RequestContext]) -> None:
    """Refuse an object of a type that the token may not read."""
    types = {get_named_type(info.return_type).name}
    types |= {str(getattr(one, "typename", "")) for one in _each(value)}
    require_grant(info.context.scope.actor, [need_of_type(name) for name in types])


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def resolve_type(source: Any, _info: Any, _abstract: Any) -> str:
    """Return the concrete type of a node behind an interface or union."""
    return str(source.typename)


@cache
def snake(name: str) -> str:
    """Turn ``headRefOid`` into ``head_ref_oid``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
