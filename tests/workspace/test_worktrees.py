import json
import os
import stat
from pathlib import Path

import pytest

from bot.domain.errors import AgentFailed
from bot.ports.agent import UNFINISHED
from bot.workspace.git import GitError
from bot.workspace.worktrees import FolderWorktrees


def test_a_worktree_has_files_and_no_repository(places, base):
    tree = places.open("7.1", base)
    assert (tree.path / "src/a.py").read_text() == "one\ntwo\nthree\n"
    assert not (tree.path / ".git").exists()
    assert sorted(p.name for p in tree.path.iterdir()) == ["README", "src"]


def test_a_commit_holds_all_changes_under_the_bots_name(places, world, clone, base):
    tree = places.open("7.1", base)
    assert tree.commit("Nothing") == base
    (tree.path / "README").unlink()
    (tree.path / "new dir").mkdir()
    (tree.path / "new dir" / "x").write_text("x")
    (tree.path / "run.sh").write_text("#!/bin/sh\n")
    (tree.path / "run.sh").chmod(0o755)
    head = tree.commit("Add x\n\nWith a body and a \0 in it")
    assert tree.commit("Again") == head
    repo = clone.git.git_dir
    assert world.tree(head, repo=repo) == {
        "new dir/x": "100644",
        "run.sh": "100755",
        "src/a.py": "100644",
    }
    told = world.git(
        "--git-dir", str(repo), "log", "-1", "--format=%an <%ae>|%cn <%ce>|%P|%B", head
    )
    name = "specloop[bot] <specloop[bot]@users.noreply.github.com>"
    assert told == f"{name}|{name}|{base}|Add x\n\nWith a body and a  in it"


def test_ignored_files_and_caches_stay_out(places, world, clone, base):
    tree = places.open("7.1", base)
    (tree.path / ".gitignore").write_text("*.log\n!keep.log\n")
    for name in ("a.log", "keep.log", "m.pyc", "__pycache__/m.pyc", ".pytest_cache/v", "real"):
        path = tree.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    head = tree.commit("Ignore")
    found = set(world.tree(head, repo=clone.git.git_dir))
    assert found == {".gitignore", "keep.log", "real", "README", "src/a.py"}


def test_files_over_the_limit_are_refused_by_name(places, clone, base):
    tree = places.open("7.1", base)
    (tree.path / "big.bin").write_bytes(b"x" * 1001)
    with pytest.raises(AgentFailed, match=r"over 0.001 MB .*'big.bin'.*gitignore"):
        tree.commit("Too much")
    (tree.path / ".gitignore").write_text("big.bin\n")
    assert tree.commit("Fine") != base


def test_a_large_file_that_was_there_before_does_not_matter(places, world, clone, base):
    start = world.commit({"asset": "y" * 5000}, on="assets", start=base)
    clone.fetch()
    tree = places.open("7.1", start)
    (tree.path / "small").write_text("s")
    assert tree.commit("Small") != start


def test_uncommitted_files_survive_a_killed_process(places, clone, tmp_path, base):
    (places.open("7.1", base).path / "wip").write_text("half")
    again = FolderWorktrees(clone, tmp_path / "places")
    tree = again.open("7.1", base)
    assert (tree.path / "wip").read_text() == "half"
    assert tree.commit("Go on") != base


@pytest.mark.parametrize("told", [0, 1, 2], ids=["start", "first round", "second round"])
def test_commits_survive_a_killed_process_that_told_nobody(places, clone, tmp_path, base, told):
    first = places.open("7.1", base)
    heads = [base]
    for name in "ab":
        (first.path / name).write_text(name)
        heads.append(first.commit(name))
    (first.path / "c").write_text("c")
    tree = FolderWorktrees(clone, tmp_path / "places").open("7.1", heads[told])
    assert (tree.path / "c").exists()
    assert clone.contains(heads[-1], tree.commit("c"))


def test_another_start_lays_the_folder_anew(places, world, clone, base):
    (places.open("7.1", base).path / "wip").write_text("half")
    other = world.commit({"z": "z"}, on="other", start=base)
    clone.fetch()
    tree = places.open("7.1", other)
    assert not (tree.path / "wip").exists()
    assert (tree.path / "z").exists()
    assert tree.commit("Nothing") == other


def test_a_folder_that_was_killed_while_being_laid_is_laid_anew(places, tmp_path, base):
    half = tmp_path / "places" / "files" / "7=2E1"
    half.mkdir()
    (half / "rest").write_text("x")
    (tmp_path / "places" / "records" / "7=2E1.index.lock").touch()
    tree = places.open("7.1", base)
    assert not (tree.path / "rest").exists()
    assert tree.commit("Nothing") == base


def test_a_broken_record_or_a_missing_folder_is_laid_anew(places, tmp_path, base):
    tree = places.open("7.1", base)
    (tree.path / "wip").write_text("x")
    (tmp_path / "places" / "records" / "7=2E1.json").write_text("{")
    assert not (places.open("7.1", base).path / "wip").exists()
    places.close("8")
    (tmp_path / "places" / "files" / "7=2E1" / "README").unlink()
    (tmp_path / "places" / "files" / "7=2E1" / "src" / "a.py").unlink()
    (tmp_path / "places" / "files" / "7=2E1" / "src").rmdir()
    (tmp_path / "places" / "files" / "7=2E1").rmdir()
    assert (places.open("7.1", base).path / "README").exists()


def test_close_removes_everything_even_what_is_locked_or_very_deep(places, tmp_path, base):
    tree = places.open("7/1", base)
    (tree.path / "locked" / "in").mkdir(parents=True)
    (tree.path / "locked" / "in" / "f").write_text("")
    (tree.path / "locked").chmod(0)
    here = os.open(tree.path, os.O_RDONLY)
    for _ in range(1500):  # deeper than a path can be long, and than Python recurses
        os.mkdir("deeper", dir_fd=here)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    with pytest.raises(AgentFailed, match="cannot be read"):
        tree.commit("Deep")
    places.close("7/1")
    places.close("7/1")
    assert not list((tmp_path / "places" / "files").iterdir())
    assert not list((tmp_path / "places" / "records").iterdir())


@pytest.mark.parametrize("name", ["..", ".", "", "a/../../b", "-rf", "x\ny", "%"])
def test_odd_names_stay_in_their_folder(places, tmp_path, base, name):
    tree = places.open(name, base)
    assert tree.path.parent == tmp_path / "places" / "files"
    assert (tree.path / "README").exists()


def test_a_merge_brings_the_other_side_in_and_becomes_a_parent(places, world, clone, base):
    main = world.commit({"theirs": "t"})
    clone.fetch()
    tree = places.open("7.1", base)
    (tree.path / "mine").write_text("m")
    assert tree.merge(main) == ()
    assert (tree.path / "theirs").read_text() == "t"
    assert (tree.path / "mine").read_text() == "m"
    head = tree.commit("Merge main")
    assert clone.contains(main, head)
    assert clone.contains(base, head)
    assert tree.merge(main) == ()
    assert tree.commit("Nothing") == head


def test_a_merge_without_own_changes_is_recorded_too(places, world, clone, base):
    main = world.commit({"theirs": "t"})
    clone.fetch()
    tree = places.open("7.1", base)
    tree.merge(main)
    head = tree.commit("Merge main")
    assert head != base
    assert clone.contains(main, head)
    assert clone.changed_paths(main, head) == ()


def test_conflicts_are_left_in_the_files(places, world, clone, base):
    main = world.commit({"src/a.py": "one\nMAIN\nthree\n", "README": None})
    clone.fetch()
    tree = places.open("7.1", base)
    (tree.path / "src/a.py").write_text("one\nMINE\nthree\n")
    (tree.path / "README").write_text("changed\n")
    (tree.path / "other").write_text("kept")
    assert tree.merge(main) == ("README", "src/a.py")
    text = (tree.path / "src/a.py").read_text()
    assert "<<<<<<<" in text
    assert "MAIN" in text
    assert "MINE" in text
    assert (tree.path / "other").exists()
    assert tree.merge(main) == ("README", "src/a.py")  # asked again by a resumed process
    (tree.path / "src/a.py").write_text("one\nBOTH\nthree\n")
    head = tree.commit("Resolve")
    assert clone.contains(main, head)
    assert clone.merge_tree(main, head).tree == clone.merge_tree(head, main).tree is not None


def test_a_killed_merge_is_undone_and_can_be_repeated(
    places, world, clone, tmp_path, base, monkeypatch
):
    main = world.commit({"src/a.py": "one\nMAIN\nthree\n", "extra": "e"})
    clone.fetch()
    tree = places.open("7.1", base)
    (tree.path / "wip").write_text("w")
    lay = tree._lay

    def killed(target: str) -> None:
        (tree.path / "extra").write_text("half")  # git had written some of the files
        raise KeyboardInterrupt(target)

    monkeypatch.setattr(tree, "_lay", killed)
    with pytest.raises(KeyboardInterrupt):
        tree.merge(main)
    again = FolderWorktrees(clone, tmp_path / "places").open("7.1", base)
    assert lay
    assert (again.path / "wip").read_text() == "w"
    assert not (again.path / "extra").exists()
    assert (again.path / "src/a.py").read_text() == "one\ntwo\nthree\n"
    assert again.merge(main) == ()
    head = again.commit("Merge")
    assert clone.contains(main, head)
    assert set(world.tree(head, repo=clone.git.git_dir)) == {"README", "extra", "src/a.py", "wip"}


def test_a_merge_laid_by_a_killed_process_keeps_its_parent(places, world, clone, tmp_path, base):
    main = world.commit({"src/a.py": "one\nMAIN\nthree\n"})
    clone.fetch()
    tree = places.open("7.1", base)
    (tree.path / "src/a.py").write_text("one\nMINE\nthree\n")
    tree.merge(main)
    again = FolderWorktrees(clone, tmp_path / "places").open("7.1", base)
    assert again.merge(main) == ("src/a.py",)
    (again.path / "src/a.py").write_text("both\n")
    assert clone.contains(main, again.commit("Resolve"))


def test_submodules_of_the_repository_are_kept_and_never_visited(places, world, clone, base):
    world.git("checkout", "-q", "--detach", base)
    world.git("update-index", "--add", "--cacheinfo", f"160000,{base},lib")
    world.git("commit", "-q", "-m", "sub")
    world.git("push", "-q", "origin", "HEAD:refs/heads/main")
    start = world.tip("main")
    world.git("update-index", "--cacheinfo", f"160000,{start},lib")
    world.git("commit", "-q", "-m", "sub moved")
    world.git("push", "-q", "origin", "HEAD:refs/heads/main")
    clone.fetch()
    tree = places.open("7.1", start)
    (tree.path / "x").write_text("x")
    head = tree.commit("Beside it")
    assert world.tree(head, repo=clone.git.git_dir)["lib"] == "160000"
    assert tree.merge(world.tip("main")) == ()
    merged = tree.commit("With the newer one")
    listed = world.git("--git-dir", str(clone.git.git_dir), "ls-tree", merged, "lib")
    assert start in listed


def test_readers_get_a_commits_files_once_and_cannot_change_them(places, clone, world, base):
    path = places.readonly(base)
    assert (path / "src/a.py").read_text() == "one\ntwo\nthree\n"
    assert not stat.S_IMODE((path / "src/a.py").stat().st_mode) & 0o222
    assert not stat.S_IMODE(path.stat().st_mode) & 0o222
    inode = path.stat().st_ino
    assert places.readonly(base).stat().st_ino == inode
    for n in range(5):
        commit = world.commit({"n": str(n)})
        clone.fetch()
        places.readonly(commit)
    assert not path.exists()  # only the newest few are kept
    assert len(list(path.parent.iterdir())) == 4
    with pytest.raises(GitError):
        places.readonly("../..")


def test_what_a_killed_process_left_while_laying_is_swept(clone, tmp_path, base):
    left = tmp_path / "places" / "readonly" / "laying-999999999-x"
    left.mkdir(parents=True)
    FolderWorktrees(clone, tmp_path / "places").readonly(base)
    assert [p.name for p in left.parent.iterdir()] == [base]


def test_records_do_not_lie_where_agents_write(places, tmp_path, base):
    tree = places.open("7.1", base)
    record = tmp_path / "places" / "records" / "7=2E1.json"
    assert json.loads(record.read_text())["heads"] == [base]
    assert tree.path not in record.parents
    assert isinstance(tree.path, Path)


def test_what_a_killed_process_was_still_writing_is_not_committed(places, clone, base):
    worktree = places.open("a", base)
    (worktree.path / "done.txt").write_text("done\n")
    (worktree.path / f"{UNFINISHED}0123").write_text("ha")
    head = worktree.commit("One file")
    assert clone.changed_paths(base, head) == ("done.txt",)
