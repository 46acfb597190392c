"""Drivers as children of a process that has imported everything: they begin in no time."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment

from bot.agents import open_agent
from bot.wiring.machine import SystemClock
from bot.wiring.roles import roles_in_force
from bot.words import TemplateWords
from bot.workspace.reaper import REAPER
from tests.recovery import driver
from tests.recovery.stage import PATIENCE, STORY, Ended, Stage, read_points


def preload() -> None:
    """Import what a driver imports on its way, and read what every driver reads."""
    import bot.agents.playbook_model
    import bot.agents.runtime
    import bot.github.client
    import bot.github.tracker  # noqa: F401
    from bot.agents import playbook_format, roles

    Environment.compile = _compiled(Environment.compile)  # type: ignore[method-assign]
    playbook_format.read_playbook = _once(playbook_format.read_playbook)
    roles.load_role = _once(roles.load_role)
    words = TemplateWords()
    story = f"playbook:{STORY / 'playbook.yml'}"
    open_agent(story, roles_in_force(words, (), ()), words, SystemClock())
    engine = words._engine
    for path in words.root.rglob("*.md"):
        if "roles" not in path.parts:
            engine.names_in(path.read_text(), str(path))


def _once(read: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Read each file once: none of them changes while stories are played."""
    known: dict[Any, Any] = {}

    def reading(path: Any, other: Any) -> Any:
        if path not in known:
            known[path] = read(path, other)
        return known[path]

    return reading


def _compiled(compile_text: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[object, Any] = {}

    def compiling(self: Environment, source: Any, *args: Any, **options: Any) -> Any:
        key = (source, type(self))
        if key not in known:
            known[key] = compile_text(self, source, *args, **options)
        return known[key]

    return compiling


def run_forked(stage: Stage, *options: str) -> Ended:
    """Run one driver until it ends, as `Stage.run` does. For processes with one thread."""
    told = stage.log.with_suffix(".out")
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        _become_driver(stage, told, options)
    code = _wait(process, time.monotonic() + PATIENCE)
    out = told.read_text(errors="replace")
    out += "\n(the sweep's patience ended)" if code is None else ""
    points = read_points(stage.log, process)
    ended = Ended(-9 if code is None else code, out, points, process)
    stage.runs.append(ended)
    return ended


def _become_driver(stage: Stage, told: Path, options: tuple[str, ...]) -> None:
    code = 70
    try:
        os.setsid()
        written = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for target, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, written), (2, written)):
            os.dup2(source, target)
        told_of = stage.environment
        os.environ.clear()
        os.environ.update(told_of)
        os.chdir(stage.folder)
        sys.argv = ["driver", *stage.arguments(*options)]
        driver.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 (whoever compares sees it)
        traceback.print_exc()
    finally:
        threading._shutdown()  # type: ignore[attr-defined] # waits for threads, as exiting does
        REAPER.close()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wait(process: int, deadline: float) -> int | None:
    """Return the exit code, negative for a signal; None when it had to be killed."""
    while time.monotonic() < deadline:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return None
