"""What models cost: a table of plain data, by the beginning of a model's name.

`prices.csv` holds USD per million tokens: `over` is the number of input tokens from which a row
holds. Taken from the price lists that Anthropic, OpenAI and Google publish, as genai-prices
collects them. Of a price that is to rise, the later one is taken.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("prices.csv")
_MILLION = 1_000_000
_HOUR_WRITE = 2.0
"""Anthropic bills what is cached for an hour at twice the input, and the usual 5 minutes less."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one request used."""

    input: int = 0
    """Read in full, the cache aside."""
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_hour: int = 0

    @property
    def all_input(self) -> int:
        """Every token that was read or written on the way in."""
        return self.input + self.cache_read + self.cache_write + self.cache_write_hour


@dataclass(frozen=True, slots=True)
class Price:
    """One row, USD per million tokens."""

    model: str
    """How the names it holds for begin."""
    over: int
    input: float
    cache_write: float
    cache_read: float
    output: float

    def of(self, tokens: Tokens) -> float:
        """Return the cost in USD."""
        return (
            tokens.input * self.input
            + tokens.cache_read * self.cache_read
            + tokens.cache_write * self.cache_write
            + tokens.cache_write_hour * self.input * _HOUR_WRITE
            + tokens.output * self.output
        ) / _MILLION

    def at_most(self, tokens: Tokens) -> float:
        """Return the cost in USD if all of the input were written to a cache."""
        dearest = max(self.input * _HOUR_WRITE, self.cache_write)
        return (tokens.all_input * dearest + tokens.output * self.output) / _MILLION


FREE = Price("", 0, 0.0, 0.0, 0.0, 0.0)


class Prices:
    """The table."""

    def __init__(self, rows: Iterable[Price]) -> None:
        self._rows = tuple(rows)

    def find(self, model: str, all_input: int) -> tuple[Price, bool]:
        """Return the price of a model at a size of input, and whether it is the model's own.

        The longest beginning of the name counts, without what stands before a `/`; of a model that
        the table does not know, the dearest price of all.
        """
        name = model.rpartition("/")[2]
        rows = [r for r in self._rows if r.over <= all_input]
        own = [r for r in rows if name.startswith(r.model)]
        if own:
            return max(own, key=lambda r: (len(r.model), r.over)), True
        return max(rows, key=lambda r: (r.output, r.input)), False


def read_prices(more: Iterable[Mapping[str, object]] = ()) -> Prices:
    """Return the shipped table with further rows, which rank before rows of the same name."""
    with _FILE.open(newline="") as file:
        rows = [_price(row) for row in csv.DictReader(file)]
    added = [_price(row) for row in more]
    names = {row.model for row in added}
    return Prices([*(r for r in rows if r.model not in names), *added])


def _price(row: Mapping[str, object]) -> Price:
    def number(name: str) -> float:
        return float(str(row[name]))

    return Price(
        model=str(row["model"]),
        over=int(str(row.get("over", 0))),
        input=number("input"),
        cache_write=number("cache_write"),
        cache_read=number("cache_read"),
        output=number("output"),
    )
