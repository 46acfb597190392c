"""The offline model: plays scenes from a file where a real model would sit.

Which scene is played follows from the invocation alone, so a run that was killed replays safely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.agents.access import Access
from bot.agents.playbook_format import Playbook, Scene
from bot.domain.agents import Invocation
from bot.domain.errors import AgentUnavailable
from bot.ports.clock import Clock

if TYPE_CHECKING:
    from bot.agents.roles import Role


class PlaybookModels:
    """A ModelSource over a playbook."""

    def __init__(self, playbook: Playbook, clock: Clock) -> None:
        self._playbook = playbook
        self._clock = clock

    def open(self, invocation: Invocation, role: Role) -> Access:
        """Return the model that plays the invocation's scene. Raises AgentUnavailable."""
        # Imported with the first question: it brings pydantic-ai.
        from bot.agents.playbook_model import PlaybookModel

        scene = self.scene_for(invocation)
        place = f"{self._playbook.file}:{scene.line}"
        return Access(PlaybookModel(scene, place, self._clock), "playbook")

    def scene_for(self, invocation: Invocation) -> Scene:
        """Return the first scene that fits. Raises AgentUnavailable when there is none."""
        for scene in self._playbook.scenes:
            if scene.fits(invocation):
                return scene
        item = f'item "{invocation.subject}", ' if invocation.subject else ""
        raise AgentUnavailable(
            f"the playbook {self._playbook.file} has no scene for {invocation.role}, {item}"
            f"iteration {invocation.iteration}, attempt {invocation.attempt}, "
            f"round {invocation.round}; add one and run again"
        )
