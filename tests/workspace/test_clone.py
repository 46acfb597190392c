import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.domain.errors import ServiceError, UserError
from bot.workspace.clone import Clone
from bot.workspace.git import GitError
from bot.workspace.remote import Remote


def test_heads_follow_the_remote_and_are_pruned(clone, world):
    first = clone.head("main")
    world.commit({"x": "1"}, on="topic/a")
    assert clone.head("topic/a") is None
    clone.fetch()
    assert clone.head("topic/a").sha == world.tip("topic/a")
    assert clone.head("topic") is None  # a folder of branches is no branch
    world.git("push", "-q", "origin", ":topic/a")
    moved = world.commit({"y": "1"}, on="topic")  # takes the folder's place
    clone.fetch()
    assert clone.head("topic/a") is None
    assert clone.head("topic").sha == moved
    assert clone.head("main") == first


def test_an_empty_remote_has_no_heads(world, tmp_path):
    world.git("init", "-q", "--bare", str(tmp_path / "empty.git"))
    clone = Clone(tmp_path / "c", Remote(str(tmp_path / "empty.git")))
    clone.fetch()
    assert clone.head("main") is None
    clone.close()


def test_merges_are_computed_without_a_work_tree(clone, world, base):
    ours = world.commit({"src/a.py": "ONE\ntwo\nthree\n"}, on="ours", start=base)
    theirs = world.commit({"b.py": "b\n"}, on="theirs", start=base)
    rival = world.commit({"src/a.py": "1\ntwo\nthree\n", "README": None}, on="rival", start=base)
    clone.fetch()
    merged = clone.merge_tree(ours, theirs)
    assert merged.conflicts == ()
    assert world.show(merged.tree, "b.py", repo=clone.git.git_dir) == "b"
    clash = clone.merge_tree(ours, rival)
    assert clash.tree is None
    assert clash.conflicts == ("src/a.py",)
    assert clone.changed_paths(ours, rival) == ("README", "src/a.py")
    assert clone.contains(base, ours)
    assert not clone.contains(ours, base)
    assert not clone.contains("1" * 40, base)
    with pytest.raises(GitError):
        clone.contains(base, "1" * 40)


def test_attributes_of_a_tree_do_not_steer_a_merge(clone, world, base):
    start = world.commit({".gitattributes": "* merge=union\n"}, on="start", start=base)
    ours = world.commit({"README": "ours\n"}, on="ours", start=start)
    theirs = world.commit({"README": "theirs\n"}, on="theirs", start=start)
    clone.fetch()
    assert clone.merge_tree(ours, theirs).conflicts == ("README",)


def test_paths_that_are_no_text_are_shown_escaped(clone, world, base):
    blob = world.git("hash-object", "-w", "--stdin", stdin=b"x")
    tree = world.git("mktree", "-z", stdin=b"100644 blob %s\tfa\xff\nil\0" % blob.encode())
    commit = world.git("commit-tree", tree, "-p", base, "-m", "odd")
    world.git("push", "-q", "origin", f"{commit}:refs/heads/odd")
    clone.fetch()
    assert "fa\\xff\nil" in clone.changed_paths(base, commit)


def test_push_is_compare_and_swap(clone, world, base):
    new = world.commit({"n": "1"}, on="made", start=base)
    other = world.commit({"n": "2"}, on="other", start=base)
    clone.fetch()
    assert clone.push("fresh", new, None)
    assert clone.head("fresh").sha == new
    assert clone.push("fresh", new, None)  # a doubled push
    assert not clone.push("fresh", other, None)
    assert not clone.push("fresh", other, base)
    assert clone.push("fresh", other, new)  # the lease allows what is no fast-forward
    assert world.tip("fresh") == other
    assert not clone.push("gone", other, base)


def test_a_push_that_somebody_built_upon_counts_as_done(clone, world, base):
    assert clone.push("work", base, None)
    world.commit({"more": "1"}, on="work")
    assert clone.push("work", base, None)


def test_a_push_refused_by_the_remotes_rules_is_explained(clone, world, base):
    hook = world.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no such branches >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(UserError, match="refused the branch x: pre-receive hook declined"):
        clone.push("x", base, None)


def test_a_push_whose_answer_is_lost_is_looked_up(clone, world, base, tmp_path, monkeypatch):
    real = clone.git.run

    def losing(args, **options):
        result = real(args, **options)
        if args[0] != "push":
            return result
        return type(result)(128, b"", "fatal: the remote end hung up unexpectedly\n")

    monkeypatch.setattr(clone.git, "run", losing)
    assert clone.push("lost", base, None)


def test_a_remote_that_is_away_is_a_service_error(world, tmp_path):
    clone = Clone(tmp_path / "c", Remote("http://127.0.0.1:9/o/r.git", lambda: "t"))
    with pytest.raises(ServiceError):
        clone.fetch()
    with pytest.raises(ServiceError):
        clone.push("b", "1" * 40, None)
    clone.close()


def test_a_remote_that_is_no_repository_is_the_users_to_mend(tmp_path):
    clone = Clone(tmp_path / "c", Remote(str(tmp_path / "none.git")))
    with pytest.raises(UserError, match="does not admit git fetch"):
        clone.fetch()
    clone.close()


def test_creation_is_repeated_after_a_kill(world, tmp_path):
    folder = tmp_path / "c"
    (folder / "repo.git" / "refs").mkdir(parents=True)
    (folder / "repo.git" / "config.lock").touch()
    (folder / "repo.git" / "HEAD.lock").touch()
    clone = Clone(folder, Remote(str(world.bare)))
    clone.fetch()
    assert clone.head("main")
    clone.close()
    again = Clone(folder, Remote(str(world.bare)))
    assert again.head("main")
    again.close()


def test_stale_locks_go_when_nobody_else_is_there_and_stay_otherwise(clone, world, tmp_path):
    lock = clone.git.git_dir / "refs" / "remotes" / "origin" / "main.lock"
    lock.touch()
    second = Clone(clone.folder, Remote(str(world.bare)))
    assert lock.exists()
    second.close()
    clone.close()
    Clone(clone.folder, Remote(str(world.bare))).close()
    assert not lock.exists()


def test_a_git_that_outlives_its_killed_process_keeps_the_locks(clone, world, tmp_path):
    clone.close()
    lock = clone.git.git_dir / "packed-refs.lock"
    script = textwrap.dedent(f"""
        import os, signal, threading, time
        from pathlib import Path
        from bot.workspace.clone import Clone
        from bot.workspace.remote import Remote
        clone = Clone(Path({str(clone.folder)!r}), Remote({str(world.bare)!r}))
        run = lambda: clone.git.run(["cat-file", "-e", "x"], env={{"PATH": {str(tmp_path)!r}}})
        threading.Thread(target=run).start()
        while not Path({str(tmp_path / "started")!r}).exists():
            time.sleep(0.01)
        print("up", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    fifo = tmp_path / "fifo"
    subprocess.run(["mkfifo", str(fifo)], check=True)
    (tmp_path / "git").write_text(f"#!/bin/sh\n: > {tmp_path / 'started'}\nread line < {fifo}\n")
    (tmp_path / "git").chmod(0o755)
    env = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, check=False)
    assert done.stdout == b"up\n", done.stderr
    lock.touch()
    Clone(clone.folder, Remote(str(world.bare))).close()
    assert lock.exists()
    fifo.write_text("go\n")


def test_trees_are_read(clone, base):
    assert clone.paths(base) == ("README", "src/a.py")
    assert clone.read(base, "README") == b"hello\n"
    assert clone.read(base, "src") is None
    assert clone.read(base, "none") is None
