"""Frozen values to readable JSON and back, driven by the type hints of the dataclasses alone.

A dataclass inside a union of several says its name under `@type`, and so does the outermost one,
so that no two shapes are ever told apart by guessing.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from bot.domain.errors import StateDiverged
from bot.ports.state import Codec

T = TypeVar("T")

_TYPE = "@type"
_UNTYPED = (object, Any)
_SHOWN = 40  # characters of a value in an error's sentence


class _Misfit(Exception):
    """Data that is no value of the wanted type; `where` is filled on the way out."""

    def __init__(self, why: str, *where: str) -> None:
        super().__init__(why)
        self.why = why
        self.where = where


class JsonCodec(Codec):
    """Knows dataclasses, tuples, dicts with text keys, enums, moments, and JSON's own values."""

    def __init__(self, redact: Callable[[str], str] = str) -> None:
        """`redact` takes secrets out of what is written, and leaves JSON JSON."""
        self._redact = redact

    def encode(self, value: object) -> bytes:
        """Return stable, human-readable JSON: sorted keys, two spaces, a final line break.

        Raises TypeError or ValueError for what is no plain frozen data: a programming error.
        """
        plain = _plain(value, object)
        text = json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        # A lone surrogate (a file name that is no text) cannot be UTF-8; JSON has an escape for it.
        return f"{self._redact(text)}\n".encode("utf-8", "backslashreplace")

    def decode(self, kind: type[T], data: bytes) -> T:
        """Return the value; raises StateDiverged with a sentence when the bytes do not fit.

        A missing field takes its default. An unknown one is refused: a newer specloop wrote it,
        and what it means would be lost with the next write.
        """
        try:
            raw = json.loads(data, parse_constant=_no_number)
            return cast("T", _value(raw, kind))
        except _Misfit as misfit:
            where = ".".join(misfit.where)
            place = f" at {where}" if where else ""
            raise StateDiverged(
                f"A state record is no {_name(kind)}{place}: {misfit.why}."
            ) from None
        except (ValueError, RecursionError):
            raise StateDiverged(f"A state record is no {_name(kind)}: it is not JSON.") from None


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON")  # no limit is ever reached by one that is not a number


def _plain(value: object, hint: object) -> object:
    """Return a value as JSON data; `hint` is what the reader will know of its type."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        tag = {} if _dataclass_in(hint) is kind else {_TYPE: kind.__name__}
        hints = _hints(kind)
        return tag | {name: _plain(getattr(value, name), hints[name]) for name in hints}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item, _item_hint(hint, at)) for at, item in enumerate(value)]
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("only text can be a key in a state record")
        return {key: _plain(item, _mapped_hint(hint)) for key, item in value.items()}
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} cannot be written to a state record")


def _value(raw: object, hint: object) -> object:
    """Return JSON data as a value of the hinted type; raises _Misfit."""
    if hint in _UNTYPED:
        return raw
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return _one_of(raw, typing.get_args(hint))
    origin = typing.get_origin(hint) or hint
    if origin is tuple:
        if not isinstance(raw, list):
            raise _Misfit(f"{_shown(raw)} is no list")
        arguments = typing.get_args(hint)
        if arguments and arguments[-1] is not Ellipsis and len(arguments) != len(raw):
            raise _Misfit(f"{len(raw)} values are not {len(arguments)}")
        return tuple(_at(str(i), item, _item_hint(hint, i)) for i, item in enumerate(raw))
    if origin is dict:
        if not isinstance(raw, dict):
            raise _Misfit(f"{_shown(raw)} is no object")
        return {key: _at(key, item, _mapped_hint(hint)) for key, item in raw.items()}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _record(raw, hint)
    return _scalar(raw, hint)


def _record(raw: object, kind: type) -> object:
    if not isinstance(raw, dict):
        raise _Misfit(f"{_shown(raw)} is no {kind.__name__}")
    given = dict(raw)
    if (tag := given.pop(_TYPE, kind.__name__)) != kind.__name__:
        raise _Misfit(f"it is a {tag}")
    hints = _hints(kind)
    for name in given:
        if name not in hints:
            raise _Misfit(
                f"{kind.__name__} has no field {name!r} here; a newer specloop wrote it, so update"
            )
    fields = {name: _at(name, item, hints[name]) for name, item in given.items()}
    missing = [name for name in _required(kind) if name not in fields]
    if missing:
        raise _Misfit(f"{missing[0]!r} is missing")
    return kind(**fields)


def _scalar(raw: object, hint: object) -> object:
    if hint is None or hint is type(None):
        fits = raw is None
    elif hint is float:
        if isinstance(raw, int) and not isinstance(raw, bool):
            return float(raw)
        fits = isinstance(raw, float)
    elif hint in (str, int, bool):
        fits = type(raw) is hint  # not isinstance: True is no number
    elif isinstance(hint, type) and issubclass(hint, datetime | Enum):
        try:
            return hint.fromisoformat(cast("str", raw)) if issubclass(hint, datetime) else hint(raw)
        except (ValueError, TypeError):
            fits = False
    else:
        raise TypeError(f"no rule for the type {hint}")
    if not fits:
        raise _Misfit(f"{_shown(raw)} is no {_name(hint)}")
    return raw


def _one_of(raw: object, options: tuple[object, ...]) -> object:
    """Choose the dataclass by its tag; among the rest the first that fits, `None` before all."""
    if raw is None and type(None) in options:
        return None
    classes = [o for o in options if isinstance(o, type) and dataclasses.is_dataclass(o)]
    if isinstance(raw, dict) and classes:
        tag = raw.get(_TYPE)
        for kind in classes:
            if kind.__name__ == tag or (tag is None and len(classes) == 1):
                return _record(raw, kind)
        raise _Misfit(f"{_shown(tag)} is none of {', '.join(c.__name__ for c in classes)}")
    for option in options:
        if option not in classes:
            try:
                return _value(raw, option)
            except _Misfit:
                continue
    raise _Misfit(f"{_shown(raw)} is none of {', '.join(_name(o) for o in options)}")


def _at(where: str, raw: object, hint: object) -> object:
    try:
        return _value(raw, hint)
    except _Misfit as misfit:
        raise _Misfit(misfit.why, where, *misfit.where) from None


@cache
def _hints(kind: type) -> dict[str, object]:
    """Return each field's type, in order; a union's alias is resolved to its members."""
    resolved = typing.get_type_hints(kind)
    return {field.name: resolved[field.name] for field in dataclasses.fields(kind)}


@cache
def _required(kind: type) -> tuple[str, ...]:
    none = dataclasses.MISSING
    fields = dataclasses.fields(kind)
    return tuple(f.name for f in fields if f.default is none and f.default_factory is none)


@cache
def _dataclass_in(hint: object) -> type | None:
    """Return the only dataclass that a hint admits, if it is the only one."""
    found = [k for k in _options(hint) if isinstance(k, type) and dataclasses.is_dataclass(k)]
    return found[0] if len(found) == 1 else None


def _options(hint: object) -> Iterator[object]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        yield from typing.get_args(hint)
    else:
        yield hint


def _item_hint(hint: object, at: int) -> object:
    """Return the type of a tuple's item, or `object` when nothing is known of it."""
    for option in _options(hint):
        if typing.get_origin(option) is tuple:
            arguments = typing.get_args(option)
            if arguments[-1:] == (Ellipsis,):
                return arguments[0]
            return arguments[at] if at < len(arguments) else object
    return object


def _mapped_hint(hint: object) -> object:
    for option in _options(hint):
        if typing.get_origin(option) is dict:
            return typing.get_args(option)[1]
    return object


def _name(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint)


def _shown(raw: object) -> str:
    text = json.dumps(raw, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
