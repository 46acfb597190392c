"""Where keys are: in the broker's memory, and nowhere that an agent or a neighbour could look."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bot.broker import closing
from tests.broker.conftest import said
from tests.broker.provider import Provider
from tests.sandboxes import require_bubblewrap
from tests.workspace.canary import Canary, forms

HERE = Path(__file__).parent
SPY = HERE.parent / "workspace" / "spy.py"

PARENT = """
import json, os, subprocess, sys
from pathlib import Path
from bot.domain.providers import Api, Provider
from bot.ports.sandbox import Cell
from bot.wiring.brokerage import open_broker
from bot.wiring.places import World
from bot.workspace.enclosed import Bounds, run_enclosed
from bot.workspace.sandbox import Bubblewrap

place, url = Path(sys.argv[1]), sys.argv[2]
world, work = World(place / "world"), place / "work"
provider = Provider("anthropic", Api.ANTHROPIC, url, "ANTHROPIC_API_KEY")
with open_broker(world, 1, [provider]) as broker:
    own = Path("/proc/self/environ").read_bytes().decode()
    child = subprocess.run(["env"], capture_output=True, text=True).stdout
    admitted = broker.admit("1/execute", 1.0)
    sandbox = Bubblewrap(world.cells, broker.socket)
    told = {"ANTHROPIC_API_KEY": admitted.token, "ANTHROPIC_BASE_URL": sandbox.broker_url}
    cell = Cell(work, writable=True, environment=told, models=True)
    agent = run_enclosed(sandbox, ["python3", "agent.py"], cell, Bounds(60))
    spy = run_enclosed(sandbox, ["python3", "spy.py", "given.json"], cell, Bounds(60))
    used = broker.settle(admitted)
    late = run_enclosed(sandbox, ["python3", "agent.py"], cell, Bounds(60))
print(json.dumps({"own": own, "child": child, "agent": agent.output.decode(), "requests":
    used.requests, "spy": spy.output.decode(), "late": late.output.decode()}))
"""

AGENT = """
import json, os, urllib.error, urllib.request
body = {"model": "claude-haiku-4-5", "max_tokens": 10, "messages": []}
request = urllib.request.Request(
    os.environ["ANTHROPIC_BASE_URL"] + "/anthropic/v1/messages", json.dumps(body).encode(),
    {"x-api-key": os.environ["ANTHROPIC_API_KEY"], "content-type": "application/json"})
try:
    print(urllib.request.urlopen(request, timeout=30).read().decode())
except urllib.error.HTTPError as refused:
    print(refused.code)
"""


def test_an_agent_asks_its_model_and_finds_no_key(tmp_path: Path, upstream: Provider):
    require_bubblewrap()
    key, token = Canary(tmp_path).secret, Canary(tmp_path).secret
    work = tmp_path / "work"
    work.mkdir()
    (work / "agent.py").write_text(AGENT)
    (work / "spy.py").write_text(SPY.read_text())
    port = int(upstream.url.rpartition(":")[2])
    socket = str(tmp_path / "world" / "broker" / "1" / "models.sock")
    given = {"skip": [str(p) for p in (Path(sys.base_prefix), *_skipped())], "write": [],
             "read": [socket], "connect": [["127.0.0.1", port]], "sockets": [socket],
             "kill": [os.getpid()]}  # fmt: skip
    (work / "given.json").write_text(json.dumps(given))
    upstream.says(said(input_tokens=10, output_tokens=1))
    ran = subprocess.run(
        [sys.executable, "-c", PARENT, str(tmp_path), upstream.url],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ANTHROPIC_API_KEY": key,
             "GITHUB_TOKEN": token, "ZZZ": "last"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert [asked.headers["x-api-key"] for asked in upstream.asked] == [key]
    assert json.loads(told["agent"])["type"] == "message"
    assert told["requests"] == 1
    assert told["late"] == "401\n"
    # Its own environment has the other variables still, and of the key not a byte.
    assert "ZZZ=last" in told["own"]
    assert "ANTHROPIC_API_KEY" not in told["child"]
    for form in forms(key):
        assert form not in told["own"].encode()
    assert json.loads(told["spy"])["found"] == []
    attempts = {k: v for k, v in json.loads(told["spy"]).items() if k.startswith("connect")}
    assert all(v.startswith("refused") for v in attempts.values())
    left = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    for secret in (key, token):
        for form in forms(secret):
            assert form not in (told["spy"] + told["agent"]).encode()
            assert not any(form in data for data in left)


def _skipped() -> list[Path]:
    """Return the installations that a cell sees: large, and the system's or the person's tools."""
    from bot.workspace.installations import Installations

    return Installations(os.environ["PATH"], ()).folders


def test_other_processes_of_the_same_user_cannot_read_its_memory():
    if os.getuid() != 0 or not Path("/usr/bin/python3").exists():
        pytest.skip("needs root, to become somebody else, and a Python in /usr")
    script = """if True:
        import os, runpy, subprocess, sys
        close = runpy.run_path(sys.argv[1])["close_to_others"]
        for closed in (False, True):
            if closed:
                close()
            ask = f"open('/proc/{os.getpid()}/mem', 'rb'); open('/proc/{os.getpid()}/environ').read()"
            other = subprocess.run([sys.executable, "-I", "-c", ask], capture_output=True)
            print("kept" if b"Permission" in other.stderr else "open")
    """  # noqa: E501
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        copy = Path(folder, "closing.py")
        copy.write_text(Path(closing.__file__).read_text())
        ran = subprocess.run(
            ["/usr/bin/python3", "-I", "-c", script, str(copy)],
            user=4321, group=4321, extra_groups=[], cwd="/",
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if ran.stdout.startswith("kept"):
        pytest.skip("this system keeps every process's memory from its neighbours")
    assert ran.stdout == "open\nkept\n", ran.stderr
