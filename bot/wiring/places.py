"""Where worlds live: one folder per checkout, outside of it."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path


def state_home() -> Path:
    """Return the folder that holds all worlds: `$SPECLOOP_HOME`, else below the XDG state home."""
    own = os.environ.get("SPECLOOP_HOME")
    if own:
        return Path(own).expanduser().absolute()
    xdg = os.environ.get("XDG_STATE_HOME")
    base = Path(xdg) if xdg else Path.home() / ".local" / "state"
    return base.absolute() / "specloop"


@dataclass(frozen=True, slots=True)
class World:
    """The folders of one world."""

    folder: Path

    @property
    def hub(self) -> Path:
        """The embedded GitHub's own world."""
        return self.folder / "hub"

    @property
    def clone(self) -> Path:
        """The bot's bare clone."""
        return self.folder / "clone"

    @property
    def work(self) -> Path:
        """Worktrees and read-only folders."""
        return self.folder / "work"

    @property
    def scratch(self) -> Path:
        """Clean checkouts in which gates run."""
        return self.folder / "gates"

    @property
    def cells(self) -> Path:
        """Homes of agents' processes, while they run."""
        return self.folder / "cells"

    @property
    def broker(self) -> Path:
        """Brokers' sockets and what was spent, by milestone."""
        return self.folder / "broker"

    @property
    def transcripts(self) -> Path:
        """Agents' conversations."""
        return self.folder / "transcripts"

    @property
    def index(self) -> Path:
        """What was run in this world."""
        return self.folder / "world.json"


def world_of(checkout: Path) -> World:
    """Return the world of a checkout: named after it, told apart by its real path."""
    real = checkout.resolve()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", real.name).strip("-.") or "repository"
    mark = hashlib.sha256(os.fsencode(real)).hexdigest()[:8]
    return World(state_home() / "worlds" / f"{name}-{mark}")
