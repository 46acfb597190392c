"""What a query costs and whether GitHub would run it: page sizes, node count, points.

Points are the requests all connections stand for, divided by 100, at least 1. Pages of every
connection must be bounded by ``first`` or ``last`` from 1 to 100, unless only ``totalCount`` is
selected; a call may ask for 500,000 nodes.
"""

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

from bot.hub.rules.limits import MAX_NODE_IDS, MAX_PAGE, MAX_QUERY_NODES


@dataclass
class Price:
    """The cost of one operation; ``errors`` say why GitHub would not run it."""

    requests: int = 0
    nodes: int = 0
    errors: list[GraphQLError] = field(default_factory=list)

    @property
    def points(self) -> int:
        """Points taken from the hourly pool."""
        return max(1, round(self.requests / 100))


def price_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: dict[str, Any],
) -> Price:
    """Price a valid operation with its variables."""
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    defaults = {
        definition.variable.name.value: value_from_ast_untyped(definition.default_value)
        for definition in operation.variable_definitions or ()
        if definition.default_value
    }
    walker = _Walker(schema, fragments, {**defaults, **variables})
    root = schema.get_root_type(operation.operation)
    walker.walk(operation.selection_set, root, 1, ())
    price = walker.price
    if price.nodes > MAX_QUERY_NODES:
        words = (
            f"This query requests up to {price.nodes:,} possible nodes which exceeds the maximum "
            f"limit of {MAX_QUERY_NODES:,}."
        )
        price.errors.append(GraphQLError(words, extensions={"type": "MAX_NODE_LIMIT_EXCEEDED"}))
    return price


class _Walker:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: dict[str, FragmentDefinitionNode],
        variables: dict[str, Any],
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self.price = Price()

    def walk(
        self, selections: SelectionSetNode | None, parent: Any, times: int, path: tuple[str, ...]
    ) -> None:
        """Add up a selection that is made ``times`` times."""
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                self._field(selection, parent, times, path)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                narrowed = self.schema.get_type(condition.name.value) if condition else parent
                self.walk(selection.selection_set, narrowed, times, path)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                narrowed = self.schema.get_type(fragment.type_condition.name.value)
                self.walk(fragment.selection_set, narrowed, times, path)

    def _field(self, node: FieldNode, parent: Any, times: int, path: tuple[str, ...]) -> None:
        name = node.name.value
        here = (*path, node.alias.value if node.alias else name)
        if (
            not isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType))
            or name not in parent.fields
        ):
            return  # introspection
        kind = get_named_type(parent.fields[name].type)
        if name == "nodes" and parent.name == "Query":
            self._check_ids(node, here)
        if kind.name.endswith("Connection"):
            size = self._page_size(node, here)
            self.price.requests += times
            self.price.nodes += times * size
            times *= size
        self.walk(node.selection_set, kind, times, here)

    def _page_size(self, node: FieldNode, path: tuple[str, ...]) -> int:
        given = {
            argument.name.value: value_from_ast_untyped(argument.value, self.variables)
            for argument in node.arguments or ()
            if argument.name.value in ("first", "last")
        }
        sizes = {name: size for name, size in given.items() if isinstance(size, int)}
        label = f"`{node.name.value}` connection"
        if not sizes and not self._selected(node.selection_set) & {"nodes", "edges", "pageInfo"}:
            return 0
        if not sizes:
            self._refuse(
                node,
                path,
                "MISSING_PAGINATION_BOUNDARIES",
                f"You must provide a `first` or `last` value to properly paginate the {label}.",
            )
            return 1
        for name, size in sizes.items():
            if size > MAX_PAGE:
                words = (
                    f"Requesting {size} records on the {label} exceeds the `{name}` limit of "
                    f"{MAX_PAGE} records."
                )
                self._refuse(node, path, "EXCESSIVE_PAGINATION", words)
            elif size < 1:
                words = f"`{name}` on the {label} cannot be less than one."
                self._refuse(node, path, "INVALID_PAGINATION", words)
        return max(1, min(sizes.values()))

    def _selected(self, selections: SelectionSetNode | None) -> set[str]:
        """Return the names of the fields selected here, fragments included."""
        names: set[str] = set()
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                names |= self._selected(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                names |= self._selected(self.fragments[selection.name.value].selection_set)
        return names

    def _check_ids(self, node: FieldNode, path: tuple[str, ...]) -> None:
        for argument in node.arguments or ():
            ids = value_from_ast_untyped(argument.value, self.variables)
            if argument.name.value == "ids" and isinstance(ids, list) and len(ids) > MAX_NODE_IDS:
                words = f"You may not provide more than {MAX_NODE_IDS} node ids, not {len(ids)}."
                self._refuse(node, path, "ARGUMENT_LIMIT", words)

    def _refuse(self, node: FieldNode, path: tuple[str, ...], kind: str, words: str) -> None:
        self.price.errors.append(GraphQLError(words, [node], path=path, extensions={"type": kind}))
