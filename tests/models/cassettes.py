"""The wire exchange of an Executor's conversation, kept in cassettes and played again.

What is recorded is what passes between specloop and its broker, so that no key can get into a
cassette. A played request must have the same form as the recorded one: prompts may be worded
anew, but tools, caching, roles and the order of things may not change unnoticed.

    make record    # with ANTHROPIC_API_KEY or OPENAI_API_KEY set: from the real provider

Without a key the stand-in of these tests answers, and the cassette says so.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import vcr
import yaml

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.domain.agents import ExecutorAnswer, Reply
from bot.domain.providers import BUILT_IN, Models, Provider, model_name
from bot.ports.broker import Broker
from bot.wiring.brokerage import open_broker
from bot.wiring.places import World
from tests.models.desk import ANTHROPIC, OPENAI, Desk, OpenDoor, executor
from tests.models.server import serving

FOLDER = Path(__file__).parent / "cassettes"
MODELS = {"anthropic": ANTHROPIC, "openai": OPENAI}
STAND_IN = "the stand-in in tests/models/server.py: no real model"
PROSE = 60
"""Characters from which a text counts as prose, whose wording may change."""


def cassette(api: str) -> Path:
    """Return where a wire format's conversation is kept."""
    return FOLDER / f"executor-{api}.yaml"


def play(api: str, desk: Desk) -> Reply:
    """Hold the conversation with what a cassette answers."""
    with _tape(api, "none"):
        return desk.hold(Models((model_name(MODELS[api]),)), OpenDoor("http://127.0.0.1:9"))


def recorded_by(api: str) -> str:
    """Return what answered when a cassette was recorded."""
    return str(yaml.safe_load(cassette(api).read_text())["recorded_by"])


def _form(body: object) -> object:
    """Return a request's body without its prose and without ids that are made anew each time."""
    if isinstance(body, dict):
        return {k: "ID" if k in _IDS else _form(v) for k, v in sorted(body.items())}
    if isinstance(body, list):
        return [_form(part) for part in body]
    return "..." if isinstance(body, str) and len(body) > PROSE else body


_IDS = frozenset({"id", "tool_use_id", "tool_call_id"})


def _same_form(played: Any, recorded: Any) -> None:
    one, other = (_form(json.loads(request.body)) for request in (played, recorded))
    assert one == other, "the request has another form than the recorded one: see `make record`"


@contextmanager
def _tape(api: str, mode: str) -> Iterator[None]:
    tape = vcr.VCR(
        record_mode=vcr.mode.NONE if mode == "none" else vcr.mode.ALL,
        match_on=["method", "route", "form"],
        filter_headers=["x-api-key", "authorization", "host"],
        before_record_request=_without_address,
        decode_compressed_response=True,
    )
    tape.register_matcher("route", lambda one, two: _equal(one.path, two.path))
    tape.register_matcher("form", _same_form)
    with tape.use_cassette(str(cassette(api))):
        yield


def _equal(one: object, two: object) -> None:
    assert one == two


def _without_address(request: Any) -> Any:
    request.uri = f"http://127.0.0.1:9{request.path}"
    return request


def record(api: str) -> str:
    """Record one conversation anew; return what answered."""
    cassette(api).unlink(missing_ok=True)
    FOLDER.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="record-")))
        models, by = _providers(api, stack)
        broker = stack.enter_context(open_broker(World(folder / "world"), 1, models.providers))
        answer = _held(api, folder, models, broker)
    assert isinstance(answer, ExecutorAnswer), answer
    content = cassette(api).read_text()
    cassette(api).write_text(f"recorded_by: {json.dumps(by)}\n{content}")
    return by


def _held(api: str, folder: Path, models: Models, broker: Broker) -> object:
    desk = Desk(folder)
    with _tape(api, "all"):
        return desk.hold(models, broker).answer


def _providers(api: str, stack: ExitStack) -> tuple[Models, str]:
    name = model_name(MODELS[api])
    (real,) = (p for p in BUILT_IN if p.name == api)
    if os.environ.get(real.key_variable):
        return Models((name,), providers=(real,)), f"{name} at {real.base_url}"
    server = stack.enter_context(serving(executor))
    base = server.url if api == "anthropic" else f"{server.url}/v1"
    return Models((name,), providers=(Provider(api, real.api, base),)), STAND_IN


def main(say: Callable[[str], object] = print) -> None:
    """Record every conversation anew."""
    for api in MODELS:
        say(f"{cassette(api).name}: recorded by {record(api)}")


if __name__ == "__main__":
    main()
