"""What an agent may ask of us over the Agent Client Protocol, and what it is told."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from acp import RequestError
from acp.schema import (
    AgentMessageChunk,
    AllowedOutcome,
    DeniedOutcome,
    PermissionOption,
    ReadTextFileResponse,
    RequestPermissionResponse,
    TextContentBlock,
    ToolCallStart,
    ToolCallUpdate,
    UsageUpdate,
    WriteTextFileResponse,
)

from bot.agents.coding.visit import Visit
from bot.agents.folder import Folder, Refused
from bot.agents.tools import as_text, reason_of

ALLOWED = frozenset({"read", "search", "think", "edit", "delete", "move", "execute", "other", None})
"""Kinds of tool calls. What they do stays in the cell, which is the real wall; `fetch` has no
network there, and `switch_mode` would change the rules."""
CHANGING = frozenset({"edit", "delete", "move"})


class PolicyClient:
    """The client's side: permissions by policy, files below the worktree and the agent's home."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.cost_usd = 0.0
        """What the agent says the session cost so far."""

    async def request_permission(
        self,
        session_id: str,
        tool_call: ToolCallUpdate,
        options: list[PermissionOption],
        **more: Any,
    ) -> RequestPermissionResponse:
        """Allow what stays inside; agents name their options as they like, so the kind decides."""
        paths = [location.path for location in tool_call.locations or ()]
        allowed = self._allows(tool_call.kind, paths)
        word = "allow" if allowed else "reject"
        if not allowed:
            self._visit.hearing.acts(f"refused: {tool_call.title or tool_call.kind}")
        chosen = option_of(word, options)
        if chosen is None:
            return RequestPermissionResponse(outcome=DeniedOutcome(outcome="cancelled"))
        return RequestPermissionResponse(
            outcome=AllowedOutcome(outcome="selected", option_id=chosen.option_id)
        )

    async def session_update(self, session_id: str, update: Any, **more: Any) -> None:
        """Take note of what the agent says and does."""
        match update:
            case AgentMessageChunk(content=TextContentBlock(text=text)):
                self._visit.hearing.says(text)
            case ToolCallStart(title=title):
                self._visit.hearing.acts(title)
            case UsageUpdate(cost=cost) if cost is not None and cost.currency == "USD":
                self.cost_usd = max(cost.amount, 0.0)
            case _:
                return

    async def read_text_file(
        self,
        session_id: str,
        path: str,
        line: int | None = None,
        limit: int | None = None,
        **more: Any,
    ) -> ReadTextFileResponse:
        """Return a file's text, or `limit` lines of it from line `line` on."""
        folder, name = self._place(path)
        try:
            text = as_text(name, folder.read(name))
        except FileNotFoundError as error:
            raise RequestError.resource_not_found(path) from error
        except (Refused, OSError) as error:
            raise refusal(error) from error
        lines = text.split("\n")[max((line or 1) - 1, 0) :]
        part = lines if limit is None else lines[: max(limit, 0)]
        return ReadTextFileResponse(content="\n".join(part))

    async def write_text_file(
        self, session_id: str, path: str, content: str, **more: Any
    ) -> WriteTextFileResponse:
        """Write a file."""
        folder, name = self._place(path, writing=True)
        try:
            folder.write(name, content.encode("utf-8"))
        except (Refused, OSError, UnicodeEncodeError) as error:
            raise refusal(error) from error
        self._visit.hearing.acts(f"write {name}")
        return WriteTextFileResponse()

    async def create_terminal(self, *given: Any, **named: Any) -> Any:
        """Decline: agents run commands themselves, inside their cell."""
        raise RequestError.method_not_found("terminal/create")

    terminal_output = release_terminal = wait_for_terminal_exit = create_terminal
    kill_terminal = create_elicitation = create_terminal

    async def complete_elicitation(self, elicitation_id: str, **more: Any) -> None:
        """Nothing was asked."""

    async def ext_method(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Decline what is no part of the protocol."""
        raise RequestError.method_not_found(method)

    async def ext_notification(self, method: str, params: dict[str, Any]) -> None:
        """Ignore what is no part of the protocol."""

    def on_connect(self, conn: Any) -> None:
        """Nothing to do."""

    def _allows(self, kind: str | None, paths: Sequence[str]) -> bool:
        home, folder = self._visit.home, self._visit.folder
        paths = [str(folder / path) for path in paths]  # some agents name them relative
        if kind not in ALLOWED:
            return False
        if kind in CHANGING and not self._visit.writable:
            return bool(paths) and all(is_below(path, home) for path in paths)
        if kind not in CHANGING:  # reading elsewhere shows what the cell shows: system files
            return True
        return all(is_below(path, folder) or is_below(path, home) for path in paths)

    def _place(self, path: str, writing: bool = False) -> tuple[Folder, str]:
        """Return the folder that a path lies in, and its name there. Raises RequestError."""
        # Links are not looked at here: Folder follows none.
        for root in (self._visit.folder, self._visit.home):
            if Path(path).is_relative_to(root):
                if writing and root == self._visit.folder and not self._visit.writable:
                    raise RequestError.invalid_params({"details": "this folder is read-only"})
                return Folder(root), Path(path).relative_to(root).as_posix()
        raise RequestError.invalid_params({"details": f"{path} is outside of the folder"})


def option_of(word: str, options: Sequence[PermissionOption]) -> PermissionOption | None:
    """Return the option that allows or rejects, this once if there is a choice."""
    for kind in (f"{word}_once", f"{word}_always"):
        for option in options:
            if option.kind == kind:
                return option
    return None


def is_below(path: str, root: Path) -> bool:
    """Whether an absolute path leads below a folder, after `..` and the links that exist now."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def refusal(error: Exception) -> RequestError:
    """Return what an agent is told about a file it cannot have."""
    reason = reason_of(error) if isinstance(error, OSError | ValueError) else str(error)
    return RequestError.invalid_params({"details": reason})
