"""A cell: what runs in it works, and sees, reaches and changes nothing else."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.domain.errors import AgentUnavailable
from bot.domain.findings import Gate, GateCategory
from bot.ports.sandbox import Cell
from bot.workspace.enclosed import Bounds, run_enclosed
from bot.workspace.gates import CheckoutGates
from bot.workspace.installations import Installations
from bot.workspace.sandbox import Bubblewrap
from bot.workspace.sandbox_probe import available, explained, probe
from tests.sandboxes import require_bubblewrap
from tests.workspace.canary import Canary, forms

SPY = Path(__file__).with_name("spy.py")


@pytest.fixture(autouse=True, scope="module")
def bubblewrap() -> None:
    require_bubblewrap()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


@pytest.fixture
def cells(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "cells"
    assert list(tmp_path.glob("cells/*")) == []


@pytest.fixture
def run(folder: Path, cells: Path):
    """Run a command in a cell and return how it ended."""

    def one(*argv: str, timeout: float = 60.0, cancel: threading.Event | None = None, **options):
        options.setdefault("writable", True)
        cell = Cell(folder, **options)
        return run_enclosed(Bubblewrap(cells), argv, cell, Bounds(timeout, cancel=cancel))

    return one


def sh(run: Callable, script: str, **options) -> str:
    finished = run("sh", "-c", script, **options)
    assert finished.exit_code == 0, finished.output
    return finished.output.decode()


def test_a_command_works_in_its_folder_with_what_it_is_told(run, folder):
    said = sh(
        run, 'pwd; echo "$WORD $HOME $TMPDIR"; id -un; echo x > new', environment={"WORD": "a b"}
    )
    assert said.splitlines()[0] == str(folder)
    assert said.splitlines()[1].startswith("a b /")
    assert said.splitlines()[1].endswith(" /tmp")
    assert said.splitlines()[2] == "agent"
    assert (folder / "new").read_text() == "x\n"


def test_nothing_is_inherited(run, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "sesame")
    said = sh(run, "env; cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'")
    assert "sesame" not in said
    assert {line.partition("=")[0] for line in sh(run, "env").splitlines()} == {
        *("PATH", "HOME", "TMPDIR", "LANG", "PWD")
    }


def test_what_it_is_told_stands_on_no_command_line(cells, folder):
    cell = Cell(folder, environment={"PASS": "sesame"})
    with Bubblewrap(cells).enclose(["env"], cell) as enclosed:
        assert "sesame" not in " ".join(enclosed.argv)
        assert enclosed.environment == {}


def test_a_folder_to_read_is_not_written(run, folder):
    (folder / "kept").write_text("as it is")
    finished = run("sh", "-c", "cat kept; echo x > kept; echo y > new; rm kept", writable=False)
    assert finished.output.startswith(b"as it is")
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"kept": "as it is"}


def test_further_folders_are_read_and_not_written(run, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "tool").write_text("useful")
    finished = run("sh", "-c", f"cat {other}/tool; echo x > {other}/tool", readable=(other,))
    assert finished.output.startswith(b"useful")
    assert (other / "tool").read_text() == "useful"
    assert run("cat", f"{other}/tool").exit_code == 1


def test_the_callers_home_is_its_home(run, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "prompt").write_text("do it")
    assert sh(run, 'cat "$HOME/prompt"; echo done > "$HOME/result"', home=home) == "do it"
    assert (home / "result").read_text() == "done\n"


@pytest.mark.parametrize("program", ["python3", sys.executable, "git", "sh"])
def test_this_machines_programs_start(run, program):
    assert run(
        program, *(["-c", "exit()"] if "python" in program else ["--version"])
    ).exit_code in ((0, 2) if program == "sh" else (0,))


def test_programs_below_a_home_bring_their_folder_and_not_the_home(run, tmp_path, monkeypatch):
    person = tmp_path / "person"
    for name in ("tools/bin", "tools/lib", "bin", ".ssh"):
        (person / name).mkdir(parents=True)
    (person / ".ssh" / "id").write_text("secret")
    (person / "tools" / "lib" / "word").write_text("found")
    for place, text in (("tools/bin/one", f"cat {person}/tools/lib/word"), ("bin/two", "echo two")):
        (person / place).write_text(f"#!/bin/sh\n{text}\n")
        (person / place).chmod(0o755)
    monkeypatch.setenv("HOME", str(person))
    monkeypatch.setenv("PATH", f"{person}:{person}/tools/bin:{person}/bin:/usr/bin:/bin")
    assert sh(run, "one; two") == "foundtwo\n"
    assert sh(run, f"ls -A {person}") == "bin\ntools\n"


def test_the_end_is_told_as_without_a_sandbox(run, folder):
    (folder / "text").write_text("no program")
    assert run("sh", "-c", "exit 7").exit_code == 7
    assert run("sh", "-c", "kill -9 $$").exit_code == -9
    assert run("sh", "-c", "kill -9 $$").was_killed
    assert run("no-such-program").missing
    assert run("./text").output == b"Permission denied"
    assert run("./absent").output == b"No such file or directory"
    assert run("sleep", "600", timeout=0.3).timed_out


def unique() -> str:
    """A number of seconds to sleep that no other process here sleeps."""
    return f"{os.getpid()}.{time.monotonic_ns()}"


def running(mark: str) -> bool:
    return subprocess.run(["pgrep", "-f", mark], capture_output=True, check=False).returncode == 0


def test_a_cancel_ends_everything_in_it(run):
    cancel = threading.Event()
    mark = unique()
    script = f"trap '' TERM; setsid sh -c 'trap \"\" TERM; sleep {mark}' & sleep {mark}"
    threading.Timer(0.5, cancel.set).start()
    assert run("sh", "-c", script, cancel=cancel).cancelled
    assert not running(mark)


def test_what_it_leaves_in_the_background_ends_with_it(run):
    mark = unique()
    assert sh(run, f"setsid sleep {mark} >/dev/null 2>&1 & exit 0") == ""
    assert not running(mark)


def test_options_cannot_be_slipped_in(cells, folder):
    cell = Cell(folder, environment={"A": "b\0--bind\0/\0/"})
    with pytest.raises(AgentUnavailable, match="zero byte"):  # noqa: SIM117
        with Bubblewrap(cells).enclose(["true"], cell):
            pytest.fail("it was opened")


def test_models_need_a_broker(cells, folder):
    with pytest.raises(AgentUnavailable, match="no broker"):  # noqa: SIM117
        with Bubblewrap(cells).enclose(["true"], Cell(folder, models=True)):
            pytest.fail("it was opened")


def test_the_systems_settings_cannot_be_changed(run):
    """Root's processes own them even without any capability; one of them names a program to run."""
    before = Path("/proc/sys/kernel/core_pattern").read_text()
    finished = run("sh", "-c", "echo '|/tmp/evil' > /proc/sys/kernel/core_pattern")
    assert finished.exit_code != 0
    assert Path("/proc/sys/kernel/core_pattern").read_text() == before
    script = """if True:
        import os
        for folder, folders, names in os.walk("/proc"):
            if folder == "/proc":
                folders[:] = {*folders} - {"self", "thread-self", "pressure"}  # anybody's
                folders[:] = [f for f in folders if not f.isdigit()]
            for name in names:
                try:
                    os.close(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_NONBLOCK))
                    print(folder, name)
                except OSError:
                    pass
    """
    assert run("python3", "-c", script).output == b""


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Canary:
    """Secrets wherever this process and its person have some."""
    person = tmp_path / "person"
    planted = Canary(person)
    for name in ("ANTHROPIC_API_KEY", "GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.setenv(name, planted.secret)
    for name in (
        ".ssh/id",
        ".netrc",
        ".config/specloop/key",
        ".git-credentials",
        ".aws/credentials",
    ):
        path = person / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(planted.secret)
    monkeypatch.setenv("HOME", str(person))
    return planted


def answering(stack: ExitStack, family: int, address: object, answer: str) -> socket.socket:
    """A server of this machine that tells a secret to whoever connects."""
    server = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
    server.bind(address)
    server.listen()

    def serve() -> None:
        try:
            while True:
                with server.accept()[0] as client:
                    client.sendall(answer.encode())
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    stack.callback(server.shutdown, socket.SHUT_RDWR)
    return server


def test_whoever_looks_everywhere_finds_no_secret(run, canary, folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text(canary.secret)
    (folder / "link").symlink_to(outside / "secret")
    (folder / "way out").symlink_to("/proc/1/root")
    with ExitStack() as stack:
        bystander = subprocess.Popen(["sleep", "600"])
        stack.callback(bystander.wait)
        stack.callback(bystander.kill)
        secret = canary.secret
        path = outside / "s"
        port = answering(stack, socket.AF_INET, ("127.0.0.1", 0), secret).getsockname()[1]
        answering(stack, socket.AF_UNIX, str(path), secret)
        answering(stack, socket.AF_UNIX, f"\0{tmp_path.name}", secret)
        given = {
            "skip": [str(p) for p in Installations(os.environ["PATH"], ()).folders],
            "read": [str(outside / "secret"), "link", "way out/etc/shadow", "/etc/shadow",
                     f"/proc/{os.getpid()}/environ", "~/.ssh/id", "../outside/secret"],
            "write": ["/usr/bin/evil", "/etc/passwd", "/x", "/dev/evil", "/run/evil",
                      "/proc/sysrq-trigger", "/proc/sys/kernel/hostname"],
            "connect": [["127.0.0.1", port], ["192.0.2.1", 80], ["169.254.169.254", 80]],
            "sockets": [str(path), f"@{tmp_path.name}", "/run/docker.sock",
                        "/run/dbus/system_bus_socket", "/var/run/docker.sock"],
            "kill": [bystander.pid, os.getpid(), os.getppid()],
        }  # fmt: skip
        (folder / "given.json").write_text(json.dumps(given))
        (folder / "spy.py").write_text(SPY.read_text())
        finished = run("python3", "spy.py", "given.json")
        assert bystander.poll() is None
    told = json.loads(finished.output)
    assert told["found"] == []
    assert len(told["processes"]) <= 4
    refused = {k: v for k, v in told.items() if isinstance(v, str)}
    allowed = {k for k, v in refused.items() if v.startswith("done")}
    # The cell's first process holds nothing that is not the cell's.
    assert allowed <= {"trace the first process", "read the first process"}, refused
    for form in forms(secret):
        assert form not in finished.output
        assert not any(form in p.read_bytes() for p in folder.iterdir() if not p.is_symlink())


def test_gates_run_what_agents_wrote_and_see_no_secret(clone, world, tmp_path, canary):
    script = 'env; cat /proc/*/environ; cat "$PERSON"/.netrc; ls /root; false\n'
    commit = world.commit({"check.sh": script.replace("$PERSON", str(canary.person))})
    clone.fetch()
    tree = clone.git.out(["rev-parse", f"{commit}^{{tree}}"]).decode().strip()
    gates = CheckoutGates(clone, tmp_path / "gates", sandbox=Bubblewrap(tmp_path / "cells"))
    gate = Gate("check", ("sh", "check.sh"), GateCategory.TEST)
    report = gates.run(tree, [gate], lambda *_: None, {})
    assert not report.green
    assert report.findings
    assert canary.secret not in str(report)


def test_gates_of_one_tree_share_a_home(clone, base, tmp_path):
    gates = CheckoutGates(clone, tmp_path / "gates", sandbox=Bubblewrap(tmp_path / "cells"))
    tree = clone.git.out(["rev-parse", f"{base}^{{tree}}"]).decode().strip()
    build = Gate("build", ("sh", "-c", "echo made > $HOME/x"), GateCategory.BUILD)
    test = Gate("test", ("sh", "-c", "grep made $HOME/x"), GateCategory.TEST)
    assert gates.run(tree, [build, test], lambda *_: None, {}).green


def test_a_gate_reaches_networks_only_when_it_may(run, canary):
    with ExitStack() as stack:
        at = answering(stack, socket.AF_INET, ("127.0.0.1", 0), "hello").getsockname()
        script = f"import socket; print(socket.create_connection({at!r}, 3).recv(9).decode())"
        assert run("python3", "-c", script, network=True).output == b"hello\n"
        assert b"refused" in run("python3", "-c", script).output


def test_models_are_reached_through_one_socket_and_nothing_else_is(folder, cells, tmp_path):
    with ExitStack() as stack:
        answering(stack, socket.AF_UNIX, str(tmp_path / "s"), "a model's answer")
        other = answering(stack, socket.AF_INET, ("127.0.0.1", 0), "hello").getsockname()
        sandbox = Bubblewrap(cells, tmp_path / "s")
        script = f"""if True:
            import socket, urllib.parse
            at = urllib.parse.urlsplit({sandbox.broker_url!r})
            for _ in range(3):
                with socket.create_connection((at.hostname, at.port), 5) as connection:
                    print(connection.recv(100).decode())
            socket.create_connection({other!r}, 3)
        """
        argv, cell = ("python3", "-c", script), Cell(folder, models=True)
        finished = run_enclosed(sandbox, argv, cell, Bounds(60))
    assert finished.output.endswith(b"a model's answer\n" * 3)
    assert b"ConnectionRefusedError" in finished.output


def test_it_is_the_same_for_who_is_not_root(tmp_path):
    """The same commands as another user, with the system's own Python."""
    if os.getuid() != 0 or not Path("/usr/bin/python3").exists():
        pytest.skip("needs root, to become somebody else, and a Python in /usr")
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        shutil.copytree(Path(__file__).parents[2] / "bot", place / "bot", symlinks=True)
        (place / "work").mkdir()
        for path in (place, place / "work"):
            os.chown(path, 4321, 4321)
        script = f"""if True:
            import sys
            sys.path.insert(0, {made!r})
            from pathlib import Path
            from bot.ports.sandbox import Cell
            from bot.workspace.enclosed import Bounds, run_enclosed
            from bot.workspace.sandbox import Bubblewrap
            place = Path({made!r})
            command = "id -u; echo x > new; ulimit -p; unshare -U true || echo x > /proc/sys/x"
            cell = Cell(place / "work", writable=True)
            finished = run_enclosed(Bubblewrap(place / "cells"), ["sh", "-c", command], cell, Bounds(60))
            print(finished.output.decode(), finished.exit_code)
        """  # noqa: E501
        ran = subprocess.run(
            ["/usr/bin/python3", "-I", "-c", script],
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
            user=4321, group=4321, extra_groups=[], cwd="/",
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.stderr == ""
        if "namespace" in ran.stdout and "sandbox" in ran.stdout:
            pytest.skip(ran.stdout)
        assert ran.stdout.startswith("4321\n4096\n")
        assert (place / "work" / "new").read_text() == "x\n"


@pytest.mark.parametrize(
    ("settings", "complaint", "said"),
    [
        ({"kernel/apparmor_restrict_unprivileged_userns": "1"}, "", "docs/sandbox.md"),
        ({"kernel/unprivileged_userns_clone": "0"}, "", "unprivileged_userns_clone=1"),
        ({"user/max_user_namespaces": "0"}, "", "max_user_namespaces=10000"),
        ({}, "x\nbwrap: No permissions.\n", "(No permissions): in a container"),
        ({}, "", "it said nothing"),
    ],
)
def test_why_no_cell_can_be_made_is_told_with_what_to_do(settings, complaint, said):
    sentence = explained(complaint, lambda name: settings.get(name, ""))
    assert said in sentence
    assert sentence.endswith(".")


def test_a_machine_without_bubblewrap_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    probe.cache_clear()
    try:
        assert "apt-get install bubblewrap" in available()
    finally:
        probe.cache_clear()
