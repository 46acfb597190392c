"""A cassette on disk: what is kept of an exchange, and how strictly it is played again.

Of headers only those on a list are kept, so that no credential stands in a cassette because
nobody thought of it; where an answer leads elsewhere, the signed address has another name. What
holds the token all the same is not written.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import vcr
import yaml

KEPT_OF_REQUESTS = frozenset({"accept", "content-type", "x-github-api-version"})
KEPT_OF_ANSWERS = frozenset(
    {
        "content-type",
        "location",
        "retry-after",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-ratelimit-resource",
    }
)
ELSEWHERE = "https://elsewhere.invalid/"
"""What stands for addresses that answers lead to: they are signed, which is a credential."""


class Mismatch(AssertionError):
    """What was sent is not what was recorded."""


class SecretKept(Exception):
    """A cassette would hold the token; it was not written."""


@dataclass(frozen=True)
class Head:
    """What stands before the exchange."""

    recorded_by: str
    recorded_at: str
    base_url: str
    repository: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What was there before, and what a look at the repository showed afterwards."""


class Tape:
    """One cassette."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._elsewhere: dict[str, str] = {}

    def head(self) -> Head:
        """Return what the cassette says of itself."""
        with self.path.open() as lines:
            written = "".join(iter(lines.readline, "interactions:\n"))
        return Head(**yaml.safe_load(written))

    @contextmanager
    def played(self) -> Iterator[None]:
        """Answer every request from the cassette; raise Mismatch unless each is asked for once."""
        with self._vcr(vcr.mode.NONE).use_cassette(str(self.path)) as cassette:
            strange: list[str] = []
            can_play = cassette.can_play_response_for

            def watched(request: Any) -> bool:
                # The client takes vcrpy's refusal for a network that fails, and may swallow it.
                if known := can_play(request):
                    return bool(known)
                strange.append(f"{request.method} {request.uri} {_said(request)}")
                return False

            cassette.can_play_response_for = watched
            try:
                yield
            finally:
                left = [f"{r.method} {r.uri}" for i, r in enumerate(cassette.requests)
                        if not cassette.play_counts[i]]  # fmt: skip
                if strange or left:
                    raise Mismatch(
                        f"{self.path.name}: not recorded: {strange}; not asked for: {left}. "
                        "If the change is meant, `make record`."
                    )

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Record every exchange; the file is complete once `sign` has been called."""
        self.path.parent.mkdir(exist_ok=True)
        self.path.unlink(missing_ok=True)
        with self._vcr(vcr.mode.ALL).use_cassette(str(self.path)):
            yield

    def sign(self, head: Head, token: str) -> None:
        """Put the head before what was recorded. Raises SecretKept and removes it instead."""
        recorded = self.path.read_text()
        if holds(yaml.safe_load(recorded), token) or holds(asdict(head), token):
            self.path.unlink()
            raise SecretKept(f"{self.path.name} would hold the token and was not written.")
        written = yaml.safe_dump(asdict(head), sort_keys=False, allow_unicode=True)
        self.path.write_text(f"{written}{recorded}")

    def _vcr(self, mode: Any) -> Any:
        machine = vcr.VCR(
            record_mode=mode,
            match_on=["method", "address", "said"],
            before_record_request=self._scrubbed_request,
            before_record_response=self._scrubbed_answer,
            decode_compressed_response=True,
        )
        machine.register_matcher("address", lambda one, two: _same(_address(one), _address(two)))
        machine.register_matcher("said", lambda one, two: _same(_said(one), _said(two)))
        return machine

    def _scrubbed_request(self, request: Any) -> Any:
        request.uri = self._elsewhere.get(request.uri, request.uri)
        request.headers = {
            n: v for n, v in request.headers.items() if n.lower() in KEPT_OF_REQUESTS
        }
        return request

    def _scrubbed_answer(self, answer: dict[str, Any]) -> dict[str, Any]:
        kept = {n.lower(): v for n, v in answer["headers"].items() if n.lower() in KEPT_OF_ANSWERS}
        if "location" in kept:
            kept["location"] = [self._renamed(place) for place in kept["location"]]
        return {**answer, "headers": kept}

    def _renamed(self, place: str) -> str:
        if not place.startswith(ELSEWHERE):
            self._elsewhere.setdefault(place, f"{ELSEWHERE}{len(self._elsewhere) + 1}")
        return self._elsewhere.get(place, place)


def forms(token: str) -> set[str]:
    """Return how a token may stand in a text: as it is, in an address, in Base64 at any offset."""
    found = {token, quote(token, safe="")}
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + token.encode()).decode().rstrip("=")
        # The first and the last digits mix with the neighbours' bits.
        middle = encoded[(0, 2, 3)[before] : -1]
        found |= {middle, middle.replace("+", "-").replace("/", "_")}
    return found


def holds(value: object, token: str) -> bool:
    """Whether a token stands anywhere in a value read from YAML, bytes included."""
    if isinstance(value, Mapping):
        return any(holds(k, token) or holds(v, token) for k, v in value.items())
    if isinstance(value, list | tuple):
        return any(holds(part, token) for part in value)
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return any(form in text for form in forms(token))


def _address(request: Any) -> object:
    parts = urlsplit(request.uri)
    return parts.netloc, parts.path, sorted(parse_qsl(parts.query, keep_blank_values=True))


def _said(request: Any) -> object:
    """Return a body's content; a GraphQL document's line breaks are nobody's business."""
    body = json.loads(request.body) if request.body else None
    if isinstance(body, dict) and isinstance(body.get("query"), str):
        return {**body, "query": " ".join(body["query"].split())}
    return body


def _same(one: object, two: object) -> None:
    assert one == two
