"""GitHub's workflow expressions, as far as names of runs and concurrency groups need them.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>&&|\|\||==|!=|[!().,*]))"
)
_PLACE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


class BadExpression(ValueError):
    """The text is no expression, or one that the hub does not know."""


def fill(text: str, context: Mapping[str, Any]) -> str:
    """Return a text with the value of each ``${{ }}`` in its place. Raises BadExpression."""
    return _PLACE.sub(lambda found: _shown(evaluate(found[1], context)), text)


def evaluate(text: str, context: Mapping[str, Any]) -> Any:
    """Return the value of an expression; what a context lacks is None. Raises BadExpression."""
    reader = _Reader(_tokens(text), context)
    value = reader.either()
    if reader.place != len(reader.tokens):
        raise BadExpression(f"{text.strip()!r} goes on where an expression ends")
    return value


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, place, text = [], 0, text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise BadExpression(f"{text[place:].strip()!r} is no part of an expression")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        place = found.end()
    return tokens


@dataclass
class _Reader:
    """Reads from left to right, weakest operators first. Both sides are always evaluated."""

    tokens: list[tuple[str, str]]
    context: Mapping[str, Any]
    place: int = field(default=0, init=False)

    def either(self) -> Any:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = value if _is_true(value) else other
        return value

    def _both(self) -> Any:
        value = self._equal()
        while self._takes("&&"):
            other = self._equal()
            value = other if _is_true(value) else value
        return value

    def _equal(self) -> Any:
        value = self._one()
        while True:
            if self._takes("=="):
                value = _same(value, self._one())
            elif self._takes("!="):
                value = not _same(value, self._one())
            else:
                return value

    def _one(self) -> Any:
        if self._takes("!"):
            return not _is_true(self._one())
        if self._takes("("):
            value = self.either()
            self._expect(")")
            return value
        kind, text = self._next()
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind != "name":
            raise BadExpression(f"{text!r} stands where a value belongs")
        if text in _WORDS:
            return _WORDS[text]
        return self._call(text) if self._takes("(") else self._member(text)

    def _member(self, name: str) -> Any:
        found, is_many = [self.context.get(name)], False
        while self._takes("."):
            if self._takes("*"):
                found, is_many = [one for value in found for one in _parts(value)], True
                continue
            _, part = self._next()
            found = [value.get(part) if isinstance(value, Mapping) else None for value in found]
        return found if is_many else found[0]

    def _call(self, name: str) -> Any:
        given = []
        while not self._takes(")"):
            given.append(self.either())
            if not self._takes(","):
                self._expect(")")
                break
        function = _FUNCTIONS.get(name)
        if function is None:
            raise BadExpression(f"the function {name} is not known here")
        try:
            return function(*given)
        except (TypeError, ValueError, IndexError) as error:
            raise BadExpression(f"{name} cannot take what it is given: {error}") from error

    def _next(self) -> tuple[str, str]:
        if self.place == len(self.tokens):
            raise BadExpression("the expression ends too early")
        self.place += 1
        return self.tokens[self.place - 1]

    def _takes(self, sign: str) -> bool:
        is_here = self.tokens[self.place : self.place + 1] == [("sign", sign)]
        self.place += is_here
        return is_here

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise BadExpression(f"{sign!r} is missing")


def _parts(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def _is_true(value: Any) -> bool:
    return value not in (None, False, 0, "")


def _same(one: Any, other: Any) -> bool:
    """Texts are compared without regard to case; null, numbers and truths by their number."""
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if isinstance(one, str) == isinstance(other, str):
        return bool((one or 0) == (other or 0))
    return _number(one) == _number(other)


def _number(value: Any) -> float:
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return float("nan")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)


def _format(text: str, *values: Any) -> str:
    return re.sub(r"\{(\d+)\}", lambda found: _shown(values[int(found[1])]), text)


def _contains(where: Any, what: Any) -> bool:
    if isinstance(where, list):
        return any(_same(entry, what) for entry in where)
    return _shown(what).lower() in _shown(where).lower()


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "contains": _contains,
    "format": _format,
    "fromJSON": json.loads,
    "startsWith": lambda text, head: _shown(text).lower().startswith(_shown(head).lower()),
    "toJSON": json.dumps,
}
