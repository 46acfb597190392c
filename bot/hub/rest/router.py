"""Finding the handler of a path.

Segments are split before decoding, so that ``a%2Fb`` stays one. Where GitHub also takes a bare
slash (labels, branches, refs) the template says ``{name...}``.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import unquote

from bot.hub.rest.call import Handler, Route


class Router:
    """All routes, matched by segment: fixed words before parameters, longer before shorter."""

    def __init__(self, routes: Iterable[Route], lacking: Iterable[str] = ()) -> None:
        """``lacking`` are GitHub's templates that there are no handlers for: what fits one of them
        better than any route is not taken for a name with slashes.
        """
        self._by_method: dict[str, list[tuple[list[str], Route | None]]] = defaultdict(list)
        for route in routes:
            self._by_method[route.method].append((route.template.strip("/").split("/"), route))
        for template, entries in itertools.product(lacking, self._by_method.values()):
            entries.append((template.strip("/").split("/"), None))
        for entries in self._by_method.values():
            entries.sort(key=lambda entry: [*(segment.startswith("{") for segment in entry[0]), 2])

    def find(self, method: str, raw_path: str) -> tuple[Handler, dict[str, str]] | None:
        """Return the handler and the decoded path parameters, or None when the hub has no such
        route.
        """
        matched = self.match(method, raw_path)
        return None if matched is None else (matched[0].handler, matched[1])

    def match(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route and the decoded path parameters, or None."""
        segments = raw_path.strip("/").split("/")
        for template, route in self._by_method.get(method, ()):
            params = _match(template, segments)
            if params is not None:
                if route is None:
                    return None
                return route, {name: unquote(value) for name, value in params.items()}
        return None


def _match(template: list[str], segments: list[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    position = 0
    for index, part in enumerate(template):
        take = 1
        if part.endswith("...}"):
            take = len(segments) - position - (len(template) - index - 1)
        if take < 1 or position + take > len(segments):
            return None
        text = "/".join(segments[position : position + take])
        if part.startswith("{"):
            if not text:
                return None
            params[part.strip("{}.")] = text
        elif part != text:
            return None
        position += take
    return params if position == len(segments) else None
