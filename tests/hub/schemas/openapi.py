"""A small validator of OpenAPI 3.0 schemas: what GitHub's description uses of them, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@dataclass(frozen=True)
class Validator:
    """Checks values against schemas of one description."""

    description: Schema

    def content_of(self, method: str, template: str, status: int) -> Schema:
        """Return the media types of an answer with their schemas; empty when it has no body.

        Raises LookupError for a route or status GitHub does not describe.
        """
        answer = self._operation(method, template)["responses"].get(str(status))
        if answer is None:
            raise LookupError(f"{method} {template} has no {status}")
        found: Schema = self._resolved(answer).get("content", {})
        return found

    def query_names(self, method: str, template: str) -> frozenset[str]:
        """Return the names of a route's query parameters. Raises LookupError."""
        operation, path = self._operation(method, template), self.description["paths"][template]
        both = [*operation.get("parameters", ()), *path.get("parameters", ())]
        every = [self._resolved(parameter) for parameter in both]
        return frozenset(parameter["name"] for parameter in every if parameter["in"] == "query")

    def request_schema(self, method: str, template: str) -> Schema | None:
        """Return the schema of a route's JSON body, None when none is described.

        Raises LookupError.
        """
        body = self._resolved(self._operation(method, template).get("requestBody", {}))
        found: Schema | None = body.get("content", {}).get("application/json", {}).get("schema")
        return found

    def unknown_names(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        """Yield the members of a request that no alternative of its schema describes."""
        parts = list(self._alternatives(schema))
        if isinstance(value, list):
            items = [part["items"] for part in parts if "items" in part]
            for item in value if items else ():
                yield from self.unknown_names(item, {"anyOf": items}, f"{at}[]")
        if not isinstance(value, dict) or any(part.get("additionalProperties") for part in parts):
            return
        known = [part["properties"] for part in parts if "properties" in part]
        for name, member in value.items() if known else ():
            found = [properties[name] for properties in known if name in properties]
            if not found:
                yield f"{at}.{name}: not described"
            yield from self.unknown_names(member, {"anyOf": found}, f"{at}.{name}")

    def _alternatives(self, schema: Schema) -> Iterator[Schema]:
        schema = self._resolved(schema)
        yield schema
        for name in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(name, ()):
                yield from self._alternatives(part)

    def _operation(self, method: str, template: str) -> Schema:
        found: Schema | None = self.description["paths"].get(template, {}).get(method.lower())
        if found is None:
            raise LookupError(f"{method} {template} is not described")
        return found

    def problems(self, value: Any, schema: Schema, at: str = "") -> Iterator[str]:
        """Yield ``place: what is wrong``; items of a list are all ``[]``."""
        schema = self._resolved(schema)
        yield from self._combined(value, schema, at)
        if value is None:
            is_allowed = schema.get("nullable") or "type" not in schema or None in schema.get(
                "enum", ()
            )  # fmt: skip
            if not is_allowed:
                yield f"{at}: null"
            return
        kind = schema.get("type")
        if kind is not None and not _is_a(value, kind):
            yield f"{at}: no {kind}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{at}: not one of the allowed values"
        if isinstance(value, list) and "items" in schema:
            for item in value:
                yield from self.problems(item, schema["items"], f"{at}[]")
        if isinstance(value, dict):
            yield from self._members(value, schema, at)

    def _members(self, value: Mapping[str, Any], schema: Schema, at: str) -> Iterator[str]:
        properties = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{at}.{name}: missing"
        for name, member in value.items():
            if name in properties:
                yield from self.problems(member, properties[name], f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{at}.{name}: not described"

    def _combined(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        for part in schema.get("allOf", ()):
            yield from self.problems(value, part, at)
        choices = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
        if choices and not (value is None and schema.get("nullable")):
            tried = [list(self.problems(value, choice, at)) for choice in choices]
            yield from min(tried, key=len)

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            found: Any = self.description
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema


def _is_a(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _TYPES[kind])
