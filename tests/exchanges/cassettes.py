"""The tracker's exchanges with GitHub, kept in cassettes and played again.

    make record    # with SPECLOOP_RECORD_REPOSITORY=owner/name and GITHUB_TOKEN set: from GitHub

Without them the hub answers, and the cassettes say that no real GitHub did.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.domain.errors import UserError
from tests.exchanges import reads, runs, sets, writes
from tests.exchanges.ground import GITHUB, GitHubGround, Ground, hub_ground
from tests.exchanges.scene import Facts, Scene, Wire
from tests.exchanges.tape import Head, Tape

FOLDER = Path(__file__).parent / "cassettes"
SCENES = {
    scene.name: scene for scene in (*reads.SCENES, *writes.SCENES, *sets.SCENES, *runs.SCENES)
}


class StillClock:
    """The moment of the recording; whoever waits has waited."""

    def __init__(self, moment: str) -> None:
        self._now = datetime.fromisoformat(moment)

    def now(self) -> datetime:
        return self._now

    def boot(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        pass


def tape_of(scene: Scene, folder: Path = FOLDER) -> Tape:
    """Return the cassette of a scene."""
    return Tape(folder / f"{scene.name}.yaml")


def play(scene: Scene, folder: Path = FOLDER) -> tuple[Facts, Any, set[str]]:
    """Ask the production client what the cassette answers; return facts, values, verbs used."""
    tape = tape_of(scene, folder)
    head = tape.head()
    facts = dict(head.facts)
    wire = Wire(head.base_url, "no-token", head.repository, StillClock(head.recorded_at))
    with tape.played(), wire:
        said = scene.play(wire, facts)
    return facts, said, wire.used


def record(scene: Scene, ground: Ground, folder: Path = FOLDER) -> None:
    """Record a scene anew; it must hold at once, and when it is played."""
    facts = scene.prepare(ground)
    tape = tape_of(scene, folder)
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    with tape.recorded(), ground.wire() as wire:
        said = scene.play(wire, facts)
    try:
        facts = {**facts, **scene.look(ground, facts, said)}
    except RuntimeError as unlike:
        raise AssertionError(f"{said}, and afterwards: {unlike}") from unlike
    finally:
        head = Head(ground.recorded_by, moment, ground.base_url, ground.repository, facts)
        tape.sign(head, ground.token)
    scene.check(facts, said)
    played, said_again, _ = play(scene, folder)
    scene.check(played, said_again)


@contextmanager
def ground_of(environment: Mapping[str, str]) -> Iterator[Ground]:
    """Choose where is recorded; raises UserError before anything is written anywhere."""
    repository = environment.get("SPECLOOP_RECORD_REPOSITORY", "")
    token = environment.get("GITHUB_TOKEN", "")
    if not repository:
        with hub_ground() as ground:
            yield ground
        return
    owner, _, name = repository.partition("/")
    if not owner or "/" in name or "scratch" not in name:
        raise UserError(
            f"SPECLOOP_RECORD_REPOSITORY is `{repository}`: recording writes to it and merges into "
            "its default branch, so name one as `owner/name` that has `scratch` in its name."
        )
    if not token:
        raise UserError(
            f"SPECLOOP_RECORD_REPOSITORY is `{repository}` and GITHUB_TOKEN is not set: give a "
            "token that may write there, or unset the first to record from the hub."
        )
    yield GitHubGround(GITHUB, "https://github.com", repository, token)


def main(say: Callable[[str], object] = print) -> int:
    """Record every scene anew; return 1 when what was recorded is not what the scenes expect."""
    code = 0
    try:
        with ground_of(os.environ) as ground:
            for scene in SCENES.values():
                try:
                    record(scene, ground)
                except AssertionError as unlike:
                    say(f"{scene.name}: recorded, and it is not as expected: {unlike}")
                    code = 1
                else:
                    say(f"{scene.name}: recorded by {ground.recorded_by}")
                finally:
                    ground.tidy()
    except UserError as mistake:
        say(str(mistake))
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
