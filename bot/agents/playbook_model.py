"""One scene as a pydantic-ai model: it can do what a real model can, and nothing else.

Its tool calls go through the real tools and their limits, its answer through the real validation
and repair. Which turn it is, it reads from the messages; it keeps no state of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ToolCallPart,
    UserPromptPart,
)
from pydantic_ai.models.function import AgentInfo, FunctionModel

from bot.agents.playbook_format import Scene
from bot.domain.errors import AgentUnavailable
from bot.ports.clock import Clock


class PlaybookModel(FunctionModel):
    """Plays one scene: tool calls turn by turn, then the answer, the same one at every repair."""

    def __init__(self, scene: Scene, place: str, clock: Clock) -> None:
        """`place` is the scene's file and line."""
        super().__init__(self._turn, model_name="playbook")
        self._scene = scene
        self._place = place
        self._clock = clock

    async def _turn(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        number = sum(isinstance(message, ModelResponse) for message in messages)
        if number == 0:
            self._look(messages, info)
        turns = self._scene.turns
        if number < len(turns):
            return ModelResponse(
                parts=[
                    ToolCallPart(use.tool, deepcopy(use.arguments), f"call-{number}-{position}")
                    for position, use in enumerate(turns[number])
                ]
            )
        if number == len(turns):
            self._clock.sleep(self._scene.after)
        answer = deepcopy(self._scene.answer)
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, answer)])

    def _look(self, messages: list[ModelMessage], info: AgentInfo) -> None:
        """Raise AgentUnavailable when the prompt lacks what the scene expects to see."""
        prompt = flat("\n".join([info.instructions or "", *user_texts(messages)]))
        missing = [text for text in self._scene.sees if flat(text) not in prompt]
        if missing:
            quoted = ", ".join(f'"{flat(text)}"' for text in missing)
            raise AgentUnavailable(
                f"{self._place}: the scene expects to see {quoted}, and the prompt of "
                f"{self._scene.role} does not show it"
            )


def user_texts(messages: list[ModelMessage]) -> Iterator[str]:
    """Yield the texts of the user's side."""
    for message in messages:
        if isinstance(message, ModelRequest):
            for part in message.parts:
                if isinstance(part, UserPromptPart):
                    said = [part.content] if isinstance(part.content, str) else part.content
                    yield from (text for text in said if isinstance(text, str))


def flat(text: str) -> str:
    """Return the text with any white space as one space: line breaks are the template's."""
    return " ".join(text.split())
