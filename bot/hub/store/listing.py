"""A listing as data: what to select and in which total order, so that pages and cursors fit
together.
"""

# ruff: noqa: S608 - table and column names are ours; values are always bound

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from bot.hub.store.records import Record
from bot.hub.store.view import AT, View, columns, from_row

R = TypeVar("R", bound=Record)
Position = tuple[Any, int]
"""Where a record stands in a listing: its sort value and, to break ties, its row key."""


@dataclass(frozen=True)
class Listing(Generic[R]):
    """Records of ``kind`` that match ``where``, ordered by the SQL expression ``sort`` and then
    ``tie``.
    """

    kind: type[R]
    where: str
    values: dict[str, Any] = field(default_factory=dict)
    sort: str = "id"
    tie: str = "id"
    descending: bool = False

    def total(self, view: View) -> int:
        """Return how many records the whole listing has."""
        return view.count(self.kind, view.narrowed(self.kind, self.where), **self.values)

    def page(self, view: View, number: int, size: int) -> list[R]:
        """Return page ``number`` (from 1) of ``size`` records, as REST pages."""
        order = self._order(self.descending)
        offset = (number - 1) * size
        where = view.narrowed(self.kind, self.where)
        return view.all(self.kind, where, order=order, limit=size, offset=offset, **self.values)

    def slice(
        self,
        view: View,
        size: int,
        *,
        after: Position | None,
        before: Position | None,
        backwards: bool,
    ) -> list[tuple[Position, R]]:
        """Return up to ``size`` records between two positions, as connections page.

        ``backwards`` takes the last ones; the result is in the listing's order all the same.
        """
        conditions, values = [view.narrowed(self.kind, self.where)], {**self.values}
        for position, is_after in ((after, True), (before, False)):
            if position is not None:
                name = "after" if is_after else "before"
                sign = ">" if is_after != self.descending else "<"
                conditions.append(f"({self.sort}, {self.tie}) {sign} (:{name}_sort, :{name}_tie)")
                values |= {f"{name}_sort": position[0], f"{name}_tie": position[1]}
        descending = self.descending != backwards
        where = " AND ".join(f"({condition})" for condition in conditions)
        sql = (
            f"SELECT {self.sort}, {self.tie}, {columns(self.kind)} FROM {self.kind.table} "
            f"WHERE {AT} AND {where} ORDER BY {self._order(descending)} LIMIT {size}"
        )
        rows = view.connection.execute(sql, {"t": view.at(self.kind), **values})
        found = [((row[0], row[1]), from_row(self.kind, row[2:])) for row in rows]
        return found[::-1] if backwards else found

    def _order(self, descending: bool) -> str:
        word = "DESC" if descending else "ASC"
        return f"{self.sort} {word}, {self.tie} {word}"
