import os
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.output import HeadAndTail
from bot.workspace.process import run_bounded

ENV = {"PATH": os.environ["PATH"]}


def sh(script: str, cwd: Path, timeout: float = 60.0, **options):
    return run_bounded(["sh", "-c", script], cwd, ENV, timeout, **options)


def py(script: str, cwd: Path, timeout: float = 60.0, **options):
    return run_bounded([sys.executable, "-I", "-c", script], cwd, ENV, timeout, **options)


def test_output_of_both_streams_and_the_exit_code_are_told(tmp_path):
    finished = sh("echo out; echo err >&2; exit 3", tmp_path)
    assert finished.exit_code == 3
    assert finished.output == b"out\nerr\n"
    assert not any((finished.truncated, finished.timed_out, finished.missing, finished.cancelled))


def test_it_runs_there_with_nothing_but_the_given_environment_and_no_input(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    finished = run_bounded(
        ["/bin/sh", "-c", "pwd; env; cat"], tmp_path, {"ONLY": "this", "PATH": ENV["PATH"]}, 60
    )
    text = finished.output.decode()
    assert text.startswith(str(tmp_path.resolve()))
    assert "ONLY=this" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["no-such-command"], "No such file"),
        (["./not-executable"], "Permission denied"),
        (["./not-a-program"], "Exec format error"),
        (["."], "ermission denied"),
        ([], ""),
        (["nul\0"], "null"),
        (["./not-executable/below"], "Not a directory"),
    ],
)
def test_what_cannot_be_started_is_a_value(tmp_path, argv, why):
    (tmp_path / "not-executable").write_text("#!/bin/sh\n")
    (tmp_path / "not-a-program").write_text("just text")
    (tmp_path / "not-a-program").chmod(0o755)
    finished = run_bounded(argv, tmp_path, ENV, 10)
    assert finished.missing
    assert finished.exit_code == 127
    assert why in finished.output.decode()


def test_a_folder_that_is_gone_is_a_value(tmp_path):
    assert sh("true", tmp_path / "gone").missing


def test_a_hang_ends_at_the_deadline_with_everything_it_started(tmp_path):
    finished = sh("echo begun; (sleep 600; touch late) & sleep 600", tmp_path, timeout=0.5)
    assert finished.timed_out
    assert finished.exit_code != 0
    assert finished.output == b"begun\n"


def test_one_that_ignores_the_polite_signal_ends_too(tmp_path):
    script = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)\n"
    finished = py(script + "while True: time.sleep(9)", tmp_path, timeout=1.0)
    assert finished.timed_out
    assert finished.exit_code == -9


def test_one_that_closes_its_output_and_hangs_ends(tmp_path):
    assert sh("exec >&- 2>&-; sleep 600", tmp_path, timeout=0.3).timed_out


def test_a_background_child_that_holds_the_output_open_is_not_waited_for(tmp_path):
    finished = sh("sleep 600 & echo done", tmp_path)
    assert finished.exit_code == 0
    assert finished.output == b"done\n"
    assert not finished.timed_out


def test_a_child_that_fled_to_its_own_session_is_not_waited_for(tmp_path):
    script = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    open("pid", "w").write(str(os.getpid()))
    time.sleep(600)
while not os.path.exists("pid") or not open("pid").read():
    time.sleep(0.01)
print("done")
"""
    finished = py(script, tmp_path)
    assert finished.exit_code == 0
    assert finished.output == b"done\n"
    os.kill(int((tmp_path / "pid").read_text()), 9)


def test_much_output_keeps_its_beginning_and_end(tmp_path):
    finished = py("print('first'); print('x' * 5_000_000); print('last')", tmp_path)
    assert finished.exit_code == 0
    assert finished.truncated
    assert finished.output.startswith(b"first\n")
    assert finished.output.endswith(b"last\n")
    assert len(finished.output) < 70_000
    assert b"bytes left out" in finished.output


def test_a_flood_is_stopped(tmp_path):
    finished = sh("yes", tmp_path, flood=1_000_000)
    assert finished.killed_for_output
    assert finished.exit_code != 0
    assert len(finished.output) < 70_000


def test_a_gigabyte_is_stopped_by_the_default_bound(tmp_path):
    script = "import os\nfor _ in range(1024): os.write(1, b'y' * (1 << 20))"
    finished = py(script, tmp_path)
    assert finished.killed_for_output


def test_it_can_be_cancelled(tmp_path):
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    finished = sh("sleep 600", tmp_path, cancel=cancel)
    assert finished.cancelled
    assert not finished.timed_out


def test_a_signal_is_a_negative_code(tmp_path):
    assert sh("kill -SEGV $$", tmp_path).exit_code == -11


def test_many_at_once_do_not_mix(tmp_path):
    found = {}

    def one(n: int) -> None:
        found[n] = sh(f"echo {n}; exit {n}", tmp_path)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: (f.exit_code, f.output) for n, f in found.items()} == {
        n: (n, f"{n}\n".encode()) for n in range(20)
    }


@given(st.lists(st.binary(max_size=50)), st.integers(1, 40))
def test_head_and_tail_keep_the_ends_of_any_stream(chunks, limit):
    kept = HeadAndTail(limit)
    for chunk in chunks:
        kept.feed(chunk)
    whole = b"".join(chunks)
    half = max(limit // 2, 1)
    assert kept.total == len(whole)
    if len(whole) <= 2 * half:
        assert kept.value() == whole
        assert not kept.truncated
    else:
        assert kept.truncated
        assert kept.value().startswith(whole[:half])
        assert kept.value().endswith(whole[-half:])
