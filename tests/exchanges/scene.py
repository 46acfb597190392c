"""A scene: something prepared, something asked of the production client, what must come of it."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from bot.domain.effects import Create, Intent
from bot.github import open_tracker
from bot.github.artifacts import Artifacts
from bot.github.job_times import job_times
from bot.github.workflows import Workflows

if TYPE_CHECKING:
    from bot.ports.clock import Clock
    from tests.exchanges.ground import Ground

Facts = dict[str, Any]
"""What the scene's requests and expectations are made of; plain data, kept in the cassette."""


class Permit:
    """Whoever records or plays holds no lease."""

    def check(self) -> None:
        pass


class Wire:
    """The production client of one repository; it remembers which of its verbs were used."""

    def __init__(
        self, base_url: str, token: str, repository: str, clock: Clock, pace: bool = False
    ) -> None:
        tracker = open_tracker(base_url, token, repository, Permit(), clock, pace=pace)
        client = tracker.place.client
        self.used: set[str] = set()
        self._close = tracker.close
        self.tracker: Any = _Noted("tracker", tracker, self.used)
        self.workflows: Any = _Noted("workflows", Workflows(tracker.place), self.used)
        archive = Artifacts(client, base_url, token, repository)
        self.artifacts: Any = _Noted("artifacts", archive, self.used)
        self._job_times = functools.partial(job_times, client, repository)

    def job_times(self, run: str) -> Any:
        self.used.add("job_times")
        return self._job_times(run)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()


class _Noted:
    """Passes calls on and notes them, with the kinds of effects that they were given."""

    def __init__(self, name: str, inner: Any, used: set[str]) -> None:
        self._name, self._inner, self._used = name, inner, used

    def __getattr__(self, verb: str) -> Any:
        method = getattr(self._inner, verb)

        def called(*args: Any, **named: Any) -> Any:
            self._used.add(f"{self._name}.{verb}")
            for given in args:
                for one in given if isinstance(given, list | tuple) else [given]:
                    effect = one.effect if isinstance(one, Intent) else one
                    self._used.add(f"{self._name}.{verb} {type(effect).__name__}")
            return method(*args, **named)

        return called


def nothing_more(ground: Ground, facts: Facts, said: Any) -> Facts:
    """What a scene looks at afterwards that only reads."""
    return {}


@dataclass(frozen=True)
class Scene:
    """One cassette's worth."""

    name: str
    prepare: Callable[[Ground], Facts]
    """Not recorded: lays out what the scene needs and tells what is there."""
    play: Callable[[Wire, Facts], Any]
    """Recorded and played: the client alone."""
    check: Callable[[Facts, Any], None]
    """Asserts what `play` returned, while recording and each time it is played."""
    look: Callable[[Ground, Facts, Any], Facts] = nothing_more
    """Not recorded: what the repository shows afterwards, for `check`."""


def wish(root: int) -> Facts:
    """Return what makes an Intent the same when it is played again."""
    at = datetime.now(UTC).replace(microsecond=0)
    return {"nonce": f"{root}.{secrets.token_hex(8)}", "at": at.isoformat()}


def intent(made_of: Facts, effect: Create) -> Intent:
    return Intent(effect.key, made_of["nonce"], effect, datetime.fromisoformat(made_of["at"]))
