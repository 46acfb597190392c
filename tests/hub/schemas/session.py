"""pytest's hooks: all hubs of a session leave a record in one folder, judged at its end.

The folder is made by the process that people started; workers of pytest-xdist and all they start
inherit its name. With the variable set beforehand the record stays there afterwards.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from bot.hub.server.shapes import FOLDER_VARIABLE
from tests.hub.schemas.verdict import Verdict, judge


def pytest_configure(config: pytest.Config) -> None:
    """Begin a record, but for workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Payloads(config), "payloads")


class _Payloads:
    def __init__(self, config: pytest.Config) -> None:
        given = os.environ.get(FOLDER_VARIABLE)
        self._is_kept = bool(given)
        self._folder = Path(given or tempfile.mkdtemp(prefix="specloop-record-"))
        self._verdict: Verdict | None = None
        self._is_whole = False
        os.environ[FOLDER_VARIABLE] = str(self._folder)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Judge, and fail the session for what has no reason."""
        if not any(self._folder.glob("*.jsonl")):
            return
        self._verdict = judge(self._folder)
        self._is_whole = _is_whole(session)
        if self._verdict.unlisted and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was found."""
        if self._verdict is not None:
            terminalreporter.section("payloads")
            for line in self._verdict.report(is_whole=self._is_whole):
                terminalreporter.write_line(line, red=line.startswith("  "))

    def pytest_unconfigure(self) -> None:
        """Leave the environment and the disk as they were."""
        if not self._is_kept:
            os.environ.pop(FOLDER_VARIABLE, None)
            shutil.rmtree(self._folder, ignore_errors=True)


def _is_whole(session: pytest.Session) -> bool:
    """Whether every test ran to its end: nothing was selected, deselected or broken off."""
    option = session.config.option
    chosen = [getattr(option, name, None) for name in ("keyword", "markexpr", "lf", "deselect")]
    is_plain = session.config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return is_plain and not any(chosen) and session.exitstatus == pytest.ExitCode.OK
