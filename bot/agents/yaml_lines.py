"""Reads YAML into plain values and remembers the line of each, so that mistakes can be shown."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.domain.errors import UserError

Place = tuple[str | int, ...]
"""Where a value stands: keys and positions from the top."""

SIZE_LIMIT = 2_000_000
"""Bytes of a file."""


class _Loader(yaml.SafeLoader):
    """JSON's types only: a date stays the text it was written as."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null")}


class Document:
    """One YAML file's values, and where they stand."""

    def __init__(self, file: Path, text: str | None = None) -> None:
        """Read the file, unless its text is known. Raises UserError with file and line."""
        self.file = file
        self._lines: dict[Place, int] = {}
        if text is None:
            text = self._read(file)
        self.value = self._load(text)

    @staticmethod
    def _read(file: Path) -> str:
        try:
            if file.stat().st_size > SIZE_LIMIT:
                raise UserError(f"{file}: larger than {SIZE_LIMIT} bytes")
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            raise UserError(f"{file}: cannot be read: {reason}") from error

    def error(self, place: Place, problem: str) -> UserError:
        """Return the error that names the file and the line of a value."""
        known = place
        while known and known not in self._lines:
            known = known[:-1]
        return UserError(f"{self.file}:{self.line(known)}: {problem}")

    def line(self, place: Place) -> int:
        """Return the line of a value, from 1."""
        return self._lines.get(place, 1)

    def _load(self, text: str) -> object:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            return None if node is None else self._value(loader, node, (), set())
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise UserError(f"{self.file}:{line}: not YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            raise UserError(f"{self.file}: not YAML: {' '.join(str(error).split())}") from error
        except RecursionError as error:
            raise UserError(f"{self.file}: nested too deeply") from error
        finally:
            loader.dispose()

    def _value(self, loader: _Loader, node: yaml.Node, place: Place, seen: set[int]) -> object:
        self._lines.setdefault(place, node.start_mark.line + 1)
        # An alias is the same node again; refusing them keeps a small file from growing huge.
        if id(node) in seen:
            raise self.error(place, "aliases are not supported: write the value out")
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self._value(loader, n, (*place, i), seen) for i, n in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(loader, node, place, seen)
        if node.tag not in _SCALARS:
            raise self.error(place, f"a value of type {node.tag} is not supported: quote it")
        try:
            return loader.construct_object(node)
        except (ValueError, OverflowError) as error:
            raise self.error(place, f"not a value: {error}") from error

    def _mapping(
        self, loader: _Loader, node: yaml.MappingNode, place: Place, seen: set[int]
    ) -> dict[str, object]:
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise self.error(place, "a key must be one word or a text")
            below = (*place, key)
            self._lines[below] = key_node.start_mark.line + 1
            if key in values:
                raise self.error(below, f"{key} is written twice")
            values[key] = self._value(loader, value_node, below, seen)
        return values
