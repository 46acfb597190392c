"""How REST requests and answers differ from GitHub's OpenAPI description, line by line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.hub.schemas.openapi import Schema, Validator
from tests.hub.schemas.record import Entry

PACKAGE = ("openapi", "23.0.2", "generated/api.github.com.json")
_ANYWHERE = (400, 401, 403, 404, 429)
"""Statuses of tokens, limits and broken requests, which the description names at few routes."""
_DISK_FULL = 507
_JSON = "application/json"


@dataclass(frozen=True)
class RestCheck:
    """Compares entries of a record with one description."""

    validator: Validator

    def differences(self, entry: Entry) -> list[str]:
        """Return lines of method, route, status, place and problem."""
        route, status = entry["route"], entry["status"]
        if "/_hub/" in route or entry["injected"] or status in (304, _DISK_FULL):
            return []
        method = "GET" if entry["method"] == "HEAD" else entry["method"]
        template = self._templates.get((method.lower(), _nameless(route)), route)
        head = f"{entry['method']} {template} {status}"
        found = list(self._answer(entry, method, template))
        if status < 300:
            found += self._request(entry, method, template)
        return [f"{head} {problem}" for problem in found]

    def _answer(self, entry: Entry, method: str, template: str) -> Iterator[str]:
        status, answer = entry["status"], entry["response"]
        try:
            content = self.validator.content_of(method, template, status)
        except LookupError:
            content = {}
            if status not in _ANYWHERE:
                yield "not described"
                return
        if entry["method"] == "HEAD":
            return
        if status in _ANYWHERE:
            yield from self.validator.problems(answer, _PLAIN_ERROR)
        elif not content and answer is not None:
            yield "has a body"
        media = (entry["type"] or "nothing").partition(";")[0]
        if content and media not in content:
            yield f"sent as {media}"
        elif content and media == _JSON:
            yield from self.validator.problems(answer, content[_JSON].get("schema", {}))

    def _request(self, entry: Entry, method: str, template: str) -> Iterator[str]:
        if (method.lower(), _nameless(template)) not in self._templates:
            return
        known = self.validator.query_names(method, template)
        yield from (f"?{name}: not described" for name in entry["query"] if name not in known)
        schema = self.validator.request_schema(method, template)
        sent = entry["request"]
        if schema is None:
            if sent:
                yield "request: no body is described"
            return
        yield from self.validator.unknown_names(sent, schema, "request")

    @cached_property
    def _templates(self) -> dict[tuple[str, str], str]:
        paths = self.validator.description["paths"]
        return {(m, _nameless(t)): t for t, methods in paths.items() for m in methods}


def load(path: Path) -> RestCheck:
    """Return the check against a description file."""
    return RestCheck(Validator(json.loads(path.read_text("utf-8"))))


_PLAIN_ERROR: Schema = {
    "required": ["message"],
    "allOf": [{"$ref": "#/components/schemas/basic-error"}],
    "type": "object",
}


def _nameless(template: str) -> str:
    """Parameters have other names here than at GitHub, and other shapes in no case."""
    return re.sub(r"\{[^}]*\}", "{}", template)


def is_rest(entry: Entry) -> bool:
    """Whether an entry is of the REST API."""
    return not entry["route"].endswith("/graphql")


def all_differences(check: RestCheck, entries: Any) -> set[str]:
    """Return the lines of many entries."""
    return {line for e in entries if is_rest(e) for line in check.differences(e)}
