"""The process around a world: founding, starting, refusing, stopping."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.hub import (
    BrokenWorld,
    HubNotStarted,
    found_world,
    read_tokens,
    running_hub,
    start_hub,
)
from tests.hub.stage import Person, eventually


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "bot.hub", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_founding_is_idempotent_and_keeps_secrets_private(tmp_path: Path) -> None:
    first = found_world(tmp_path / "world").tokens
    world = found_world(tmp_path / "world")
    assert world.tokens == first == read_tokens(world.path)
    assert set(first) == {"maintainer", "specloop[bot]"}
    mode = stat.S_IMODE((world.path / "tokens.json").stat().st_mode)
    assert mode == 0o600
    assert all(
        token not in world.database.read_bytes().decode("latin-1") for token in first.values()
    )


def test_a_running_hub_is_known_and_a_stopped_one_is_not(tmp_path: Path) -> None:
    assert running_hub(tmp_path) is None
    with start_hub(tmp_path) as hub:
        assert running_hub(tmp_path) == hub.url
        assert json.loads(hub.world.address.read_text()) == {"url": hub.url, "pid": hub.pid}
    assert running_hub(tmp_path) is None


def test_a_killed_hub_is_not_running(tmp_path: Path) -> None:
    hub = start_hub(tmp_path)
    hub.kill()
    assert hub.world.address.exists()
    assert running_hub(tmp_path) is None


def test_a_world_is_served_once(tmp_path: Path) -> None:
    with start_hub(tmp_path), pytest.raises(HubNotStarted, match="is served by another process"):
        start_hub(tmp_path)


def test_a_taken_port_is_one_sentence_and_status_2(tmp_path: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("--world", str(tmp_path), "--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "::"])
def test_it_listens_on_loopback_only(tmp_path: Path, host: str) -> None:
    done = run("--world", str(tmp_path), "--host", host)
    assert done.returncode == 2
    assert "loopback" in done.stderr


def test_a_world_of_another_version_is_refused(tmp_path: Path) -> None:
    world = found_world(tmp_path)
    with closing(sqlite3.connect(world.database)) as database, database:
        database.execute("UPDATE meta SET value = '0' WHERE key = 'schema'")
    done = run("--world", str(tmp_path))
    assert done.returncode == 2
    assert "is a world of version 0" in done.stderr
    with pytest.raises(BrokenWorld):
        found_world(tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").write_text("this is not a database, it is a text of some length" * 9)
    done = run("--world", str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_gracefully(tmp_path: Path, name: signal.Signals) -> None:
    command = [sys.executable, "-I", "-m", "bot.hub", "--world", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stderr is not None
        address = json.loads(child.stdout.readline())
        assert address["pid"] == child.pid
        os.kill(child.pid, name)
        assert child.wait(10) == 0
        assert child.stderr.read() == b""
    assert not (tmp_path / "hub.json").exists()


def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import sys, time; from bot.hub import start_hub; hub = start_hub(sys.argv[1]);"
        "print(hub.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    eventually(lambda: is_alive(pid), lambda alive: not alive)


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    with start_hub(tmp_path) as hub:
        owner = Person("maintainer", hub.world.tokens["maintainer"], hub.url)
        owner.post("/user/repos", {"name": "kept", "auto_init": True})
        owner.post("/repos/maintainer/kept/issues", {"title": "kept"})
        owner.http.close()
    with start_hub(tmp_path, lag=0) as hub:
        headers = {"Authorization": f"Bearer {hub.world.tokens['maintainer']}"}
        listed = httpx.get(f"{hub.url}/repos/maintainer/kept/issues", headers=headers).json()
        assert [issue["title"] for issue in listed] == ["kept"]


def test_importing_the_package_loads_no_server() -> None:
    program = (
        "import sys, bot.hub;"
        "print([m for m in ('starlette', 'uvicorn', 'graphql', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
