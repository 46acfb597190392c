"""One rehearsal: the loop decides anew, and what it does is compared with what was done."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bot.agents.recorded import RecordedAgent, Unrecorded
from bot.domain.errors import UserError
from bot.domain.events import Event
from bot.domain.run import Phase, RunState, Standing
from bot.loop.house import House
from bot.loop.iteration import iterate
from bot.rules.comparing import Difference, first_difference
from bot.state.codec import JsonCodec
from bot.wiring.build import Adapters, open_house
from bot.wiring.places import World
from bot.wiring.recorded import Recorded
from bot.wiring.rehearsal.answers import RecordedGates, lay, recordings
from bot.wiring.rehearsal.deeds import deeds
from bot.wiring.rehearsal.stage import Stage, set_stage
from bot.wiring.rehearsal.words import Said, Speaker, said_in
from bot.wiring.speaking import speaking
from bot.workspace.files import remove_tree


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of a rehearsal."""

    deeds: int
    answered: int
    said: Said
    difference: Difference | None
    unknown: str
    """What was asked and is not on record, if anything; the rehearsal ended there."""


class _Silent:
    """Nobody watches."""

    def tell(self, event: Event) -> None:
        """Take no notice."""


def rehearse(found: Recorded, *, gates: bool) -> Rehearsed:
    """Run a milestone's decisions again from its record, and compare what they lead to.

    `gates` are run again instead of being taken from the record. Raises UserError when this
    machine has not all that it takes.
    """
    if not found.world.hub.is_dir():
        raise UserError(
            "The embedded GitHub of this milestone is not here. A rehearsal reads people's words "
            "there; for a milestone on github.com it would need them, and the record's ref, in a "
            "world on this machine."
        )
    if "state.json" not in found.paths():
        raise UserError(f"Nothing of #{found.milestone.root} was decided yet: run it first.")
    wanted = deeds(found)
    state = JsonCodec().decode(RunState, found.contents(["state.json"])[0])
    pulls = sorted({int(dict(d.says)["number"]) for d in wanted if d.key.startswith("pr/")
                    and dict(d.says)["number"] != "None"})  # fmt: skip
    with speaking(found) as person:
        said = said_in(found, person, pulls)
    agent = RecordedAgent(recordings(found), lay(found.git_dir))
    folder = Path(tempfile.mkdtemp(prefix="specloop-rehearsal-"))
    try:
        world, unknown = World(folder), ""
        with set_stage(found, world, agent) as stage:
            try:
                _play(stage, said, agent, _adapt(found, gates=gates))
            except Unrecorded as error:
                unknown = str(error)
        done = deeds(Recorded(world, stage.site.milestone))
    finally:
        with suppress(OSError):
            remove_tree(folder)
    # A run that was stopped in the middle of an iteration says nothing of what comes after it.
    stood = state.phase is Phase.OBSERVE or state.standing is not Standing.RUNNING
    if not stood:
        wanted, done = wanted[:-1], done[:-1]  # where it stands is chance
    difference = first_difference(wanted, done, to_the_end=stood)
    if difference is None and unknown and stood:
        difference = Difference(len(wanted) + 1, "the end", "nothing more", unknown)
    return Rehearsed(len(wanted), agent.answered, said, difference, unknown)


def _adapt(found: Recorded, *, gates: bool) -> Callable[[Adapters], Adapters]:
    def adapted(adapters: Adapters) -> Adapters:
        return adapters if gates else replace(adapters, gates=RecordedGates(found, adapters.gates))

    return adapted


def _play(
    stage: Stage, said: Said, agent: RecordedAgent, adapt: Callable[[Adapters], Adapters]
) -> None:
    """Take turns until the milestone stands still and nobody has anything more to say."""
    speaker = Speaker(stage.person, said.words)
    with open_house(stage.site, _Silent(), threading.Event(), adapt) as (house, woken):
        while True:
            before = _mark(house, agent)
            if speaker.speak(house.journal.state):
                house.performer.was_written()
            state = iterate(house)
            if state.standing is Standing.RUNNING and woken():
                continue
            # A run that waited may have been started again without a word, say once a model was
            # there: as long as that leads on, it is done here, too.
            if not speaker.is_due(state) and _mark(house, agent) == before:
                return


def _mark(house: House, agent: RecordedAgent) -> Sequence[object]:
    state = house.journal.state
    return state.iteration, state.phase, state.standing, state.reason, agent.answered
