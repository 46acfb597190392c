"""The world as a folder: founding it, finding its parts, knowing whether somebody serves it."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.hub.clock import Clock
from bot.hub.errors import BrokenWorld
from bot.hub.server.tokens import mint_token, read_tokens
from bot.hub.store.database import Database, create_schema, last_instant
from bot.hub.world.accounts import create_account

MAINTAINER = "maintainer"
BOT = "specloop[bot]"
_MINIMUM_GIT = (2, 38)


@dataclass(frozen=True)
class World:
    """Where the parts of a world are."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "hub.sqlite"

    @property
    def repositories(self) -> Path:
        """The folder of bare repositories, ``<owner>/<name>.git``."""
        return self.path / "repos"

    @property
    def address(self) -> Path:
        """``hub.json``: url and pid, while the world is served."""
        return self.path / "hub.json"

    @property
    def lock(self) -> Path:
        """The file a server holds an exclusive lock on as long as it lives."""
        return self.path / "hub.lock"

    @property
    def request_log(self) -> Path:
        """One JSON line per request."""
        return self.path / "requests.jsonl"

    @property
    def server_log(self) -> Path:
        """What a server that :func:`start_hub` started wrote to its stderr."""
        return self.path / "server.log"

    @property
    def tokens(self) -> dict[str, str]:
        """The tokens by login."""
        return read_tokens(self.path)


def found_world(path: str | os.PathLike[str]) -> World:
    """Create a world with the accounts ``maintainer`` and ``specloop[bot]``, or leave an existing
    one as it is.

    Idempotent and safe beside a running server. Raises BrokenWorld for a world of another version.
    """
    world = World(Path(path).absolute())
    world.path.mkdir(parents=True, exist_ok=True)
    world.repositories.mkdir(exist_ok=True)
    create_schema(world.database)
    database = open_database(world, lag=0)
    with database.writing() as transaction:
        for login, kind in ((MAINTAINER, "User"), (BOT, "Bot")):
            account = transaction.account_named(login) or create_account(transaction, login, kind)
            mint_token(transaction, account, world.path)
        for login in world.tokens:
            known = transaction.account_named(login)
            if known is not None:
                mint_token(transaction, known, world.path)
    database.close()
    return world


def open_database(world: World, lag: int) -> Database:
    """Open a founded world's database with a clock that starts after everything in it.

    ``lag`` in nanoseconds.
    """
    clock = Clock(floor=last_instant(world.database))
    clock.catch_up()
    return Database(world.database, clock, lag)


def running_hub(path: str | os.PathLike[str]) -> str | None:
    """Return the address of the server of a world, or None when nobody serves it."""
    world = World(Path(path).absolute())
    try:
        with world.lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    except OSError:
        return None
    else:
        return None
    try:
        return str(json.loads(world.address.read_text("utf-8"))["url"])
    except (OSError, ValueError, KeyError):
        return None


@contextmanager
def serving(world: World) -> Iterator[None]:
    """Hold a world for one server. Raises BrokenWorld when another process serves it."""
    with world.lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BrokenWorld(
                f"{world.path} is served by another process: use that one or stop it first."
            ) from None
        yield


def require_git() -> None:
    """Refuse to serve without a git that has ``merge-tree --write-tree``. Raises BrokenWorld."""
    words = f"The hub needs git {_MINIMUM_GIT[0]}.{_MINIMUM_GIT[1]} or newer"
    if shutil.which("git") is None:
        raise BrokenWorld(f"{words}, and there is no git on the PATH.")
    said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=False).stdout
    numbers = said.split()[2].split(".")[:2] if len(said.split()) > 2 else []
    if not all(number.isdigit() for number in numbers) or tuple(map(int, numbers)) < _MINIMUM_GIT:
        raise BrokenWorld(f"{words}; this is {said.strip() or 'of unknown version'}.")
