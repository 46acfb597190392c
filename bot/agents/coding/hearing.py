"""What an agent prints, understood: its last words, what it does, what it used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from bot.agents.coding.files import OutputFormat
from bot.agents.coding.lines import last_lines, plain
from bot.domain.usage import NOTHING_USED, Usage

TOLD = 400
"""Lines or tools that those who watch are told of in one conversation."""
DETAIL = 160
WORDS = 8_000
"""Characters of last words."""


class Hearing:
    """Listens to one process's lines."""

    def __init__(self, form: OutputFormat, name: str, told: Callable[[str, str], None]) -> None:
        self._form = form
        self._name = name
        self._told = told
        self._left = TOLD
        self._tail = ""
        self._words = ""
        self._lines: list[str] = []
        self._size = 0
        self.usage = NOTHING_USED

    def line(self, text: str) -> None:
        """Take one line."""
        if self._form.format == "text":
            self._keep(text)
            self._tell(text)
        elif self._form.format == "json-lines":
            self._record(text)
        elif self._size < 4_000_000:  # one document over many lines
            self._lines.append(text)
            self._size += len(text)

    def close(self) -> None:
        """There is no more to hear."""
        if self._form.format == "json":
            self._record("\n".join(self._lines))
            self._lines.clear()

    def says(self, text: str) -> None:
        """Take a piece of a message."""
        self._words = f"{self._words}{text}"[-4 * WORDS :]

    def acts(self, what: str) -> None:
        """Take note that it does something: what it said before were not its last words."""
        self._words = ""
        self._tell(what)

    @property
    def words(self) -> str:
        """The last words so far, bounded."""
        return last_lines(plain(self._words or self._tail), WORDS)

    def _record(self, text: str) -> None:
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            self._keep(text)  # say an error before the JSON
            return
        for path in self._form.tools:
            for found in found_at(record, path):
                self._tell(str(found))
        for path in self._form.words:
            for found in found_at(record, path):
                self._words = str(found)[-4 * WORDS :] or self._words
        self.usage = self.usage.plus(self._used(record))

    def _used(self, record: object) -> Usage:
        paths = self._form.usage

        def number(path: str | None) -> float:
            found = list(found_at(record, path)) if path else []
            return sum(n for n in found if isinstance(n, int | float) and 0 <= n < 1e12)

        return Usage(
            requests=int(number(paths.requests)),
            input_tokens=int(number(paths.input_tokens)),
            output_tokens=int(number(paths.output_tokens)),
            cost_usd=number(paths.cost_usd),
            cached_tokens=int(number(paths.cached_tokens)),
        )

    def _keep(self, text: str) -> None:
        self._tail = f"{self._tail}{text[-4 * WORDS :]}\n"[-4 * WORDS :]

    def _tell(self, text: str) -> None:
        if self._left <= 0:
            return
        shown = " ".join(plain(text[: 10 * DETAIL]).split())
        if shown:
            self._left -= 1
            self._told(self._name, shown[:DETAIL])


def found_at(value: object, path: str) -> Iterator[object]:
    """Yield what stands at a path of keys in JSON-like data; `*` goes through a list."""
    key, _, rest = path.partition(".")
    if key == "*":
        below = list(value) if isinstance(value, list) else []
    else:
        below = [value[key]] if isinstance(value, dict) and key in value else []
    for part in below:
        if rest:
            yield from found_at(part, rest)
        elif part is not None:
            yield part
