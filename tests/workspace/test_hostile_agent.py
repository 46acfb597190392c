"""Whatever an agent leaves in its folder, none of it runs in the bot's git, and nothing from
outside of the folder is read into a commit."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.domain.errors import AgentFailed
from bot.workspace.files import neutralise


@pytest.fixture
def marker(tmp_path: Path):
    """A folder in which every trap would leave a file; checked empty at the end."""
    folder = tmp_path / "markers"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def tree(places, base):
    return places.open("evil", base)


def trap(folder: Path, marker: Path, name: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\ntouch {marker / name}\ncat\n")
    path.chmod(0o755)
    return str(path)


def plant_repository(folder: Path, marker: Path) -> None:
    """A repository whose every knob runs something."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("pre-commit", "post-checkout", "post-index-change", "reference-transaction"):
        trap(hooks, marker, hook)
    command = trap(folder, marker, "trap.sh")
    (folder / ".git" / "config").write_text(
        f"""[core]
        fsmonitor = {command}
        hooksPath = {hooks}
        sshCommand = {command}
        pager = {command}
        editor = {command}
        worktree = /etc
    [filter "evil"]
        clean = {command}
        smudge = {command}
        process = {command}
        required = true
    [diff "evil"]
        textconv = {command}
        command = {command}
    [merge "evil"]
        driver = {command}
    [credential]
        helper = {command}
    [alias]
        add = !{command}
    """
    )


ATTRIBUTES = "* filter=evil diff=evil merge=evil\n*.big filter=lfs diff=lfs merge=lfs\n"


def test_a_planted_repository_never_runs(tree, marker, world, clone, base):
    plant_repository(tree.path, marker)
    plant_repository(tree.path / "src", marker)
    (tree.path / ".gitattributes").write_text(ATTRIBUTES)
    (tree.path / "data.big").write_text("real content\n")
    (tree.path / "README").write_text("mine\n")
    main = world.commit({"README": "theirs\n"})
    clone.fetch()
    head = tree.commit("Planted")
    assert tree.merge(main) == ("README",)
    (tree.path / "README").write_text("both\n")
    merged = tree.commit("Merged")
    found = world.tree(merged, repo=clone.git.git_dir)
    assert not [path for path in found if ".git/" in path]
    assert "160000" not in found.values()
    assert world.show(head, "data.big", repo=clone.git.git_dir) == "real content"
    assert clone.changed_paths(base, merged)


def test_what_was_committed_does_not_run_when_it_is_laid_or_pushed(
    tree, marker, world, clone, places
):
    plant_repository(tree.path, marker)
    (tree.path / ".gitattributes").write_text(ATTRIBUTES)
    (tree.path / ".gitmodules").write_text(
        f'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% {marker}/x\n\tupdate = !touch m\n'
    )
    head = tree.commit("Planted")
    assert places.push("specloop/evil", head, None)
    clone.fetch()
    assert (places.readonly(head) / ".gitattributes").exists()
    assert places.open("next", head).commit("Nothing") == head


def test_links_are_stored_as_links_and_never_followed(tree, world, clone, tmp_path):
    outside = tmp_path / "outside"
    (outside / ".git").mkdir(parents=True)
    (outside / "secret").write_text("secret")
    (tree.path / "passwd").symlink_to("/etc/passwd")
    (tree.path / "dir").symlink_to(outside)
    (tree.path / "README").unlink()
    (tree.path / "README").symlink_to(outside / "secret")
    (tree.path / "src" / "a.py").unlink()
    (tree.path / "src").rmdir()
    (tree.path / "src").symlink_to(outside)
    (tree.path / ".gitignore").symlink_to(outside / "secret")
    (tree.path / "loop").symlink_to("loop")
    head = tree.commit("Links")
    assert world.tree(head, repo=clone.git.git_dir) == dict.fromkeys(
        (".gitignore", "README", "dir", "loop", "passwd", "src"), "120000"
    )
    assert world.show(head, "passwd", repo=clone.git.git_dir) == "/etc/passwd"
    assert (outside / ".git").is_dir()
    assert (outside / "secret").read_text() == "secret"


def test_a_link_in_place_of_git_is_removed_and_its_target_is_not(
    tree, clone, world, tmp_path, marker
):
    elsewhere = tmp_path / "elsewhere"
    plant_repository(elsewhere, marker)
    (tree.path / ".git").symlink_to(elsewhere / ".git")
    (tree.path / "src" / ".git").write_text(f"gitdir: {elsewhere / '.git'}\n")
    (tree.path / "x").write_text("x")
    head = tree.commit("Linked")
    assert set(world.tree(head, repo=clone.git.git_dir)) == {"README", "src/a.py", "x"}
    assert (elsewhere / ".git" / "config").exists()


def test_a_merge_does_not_write_through_a_link(tree, world, clone, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    main = world.commit({"src/new.py": "new\n", "src/a.py": "changed\n"})
    clone.fetch()
    (tree.path / "src" / "a.py").unlink()
    (tree.path / "src").rmdir()
    (tree.path / "src").symlink_to(outside)
    tree.merge(main)
    assert list(outside.iterdir()) == []
    tree.commit("Merged")


def test_nested_repositories_become_plain_files(tree, world, clone, base):
    nested = tree.path / "vendor" / "deep"
    subprocess.run(["git", "init", "-q", str(nested)], check=True)
    (nested / "f").write_text("f")
    bare = tree.path / "bare"
    subprocess.run(["git", "init", "-q", "--bare", "--template=", str(bare)], check=True)
    found = world.tree(tree.commit("Nested"), repo=clone.git.git_dir)
    assert found["vendor/deep/f"] == "100644"
    assert "bare/HEAD" in found
    assert "160000" not in found.values()


@pytest.mark.parametrize("name", [".GIT", ".Git", "git~1", "GIT~1"])
def test_names_that_other_systems_take_for_git_are_removed(tree, name, base):
    (tree.path / name).mkdir()
    (tree.path / name / "config").write_text("[core]\n")
    assert tree.commit("Disguised") == base


ODD = [
    "new\nline",
    "quo\"te'",
    "-rf",
    "--all",
    " ",
    "tab\t",
    ":(glob)*",
    "*",
    "ünï",
    "a\\b",
    "HEAD",
]


def test_odd_names_are_just_names(tree, world, clone):
    for name in ODD:
        (tree.path / name).write_text(name)
    raw = os.fsencode(tree.path) + b"/no\xfftext"
    with open(raw, "w") as file:  # noqa: PTH123 (a path of bytes)
        file.write("x")
    found = world.tree(tree.commit("Odd"), repo=clone.git.git_dir)
    assert set(ODD) < set(found)
    assert "no\udcfftext" in found
    assert "README" in found


def test_pipes_and_locked_files_do_not_stop_the_bot(tree, world, clone):
    os.mkfifo(tree.path / "pipe")
    (tree.path / "README").unlink()
    os.mkfifo(tree.path / "README")
    (tree.path / "shut").mkdir()
    (tree.path / "shut" / "f").write_text("f")
    (tree.path / "shut" / "f").chmod(0)
    (tree.path / "shut").chmod(0)
    found = world.tree(tree.commit("Locked"), repo=clone.git.git_dir)
    assert set(found) == {"shut/f", "src/a.py"}


def test_a_folder_replaced_by_a_link_is_not_entered(tree, tmp_path):
    outside = tmp_path / "outside"
    (outside / ".git").mkdir(parents=True)
    tree.path.rename(tmp_path / "moved")
    tree.path.symlink_to(outside)
    with pytest.raises(AgentFailed, match="removed or replaced"):
        tree.commit("Elsewhere")
    assert (outside / ".git").is_dir()


def test_a_link_called_gitmodules_is_refused_with_a_sentence(tree):
    (tree.path / ".gitmodules").symlink_to("/etc/passwd")
    with pytest.raises(AgentFailed, match=r"gitmodules"):
        tree.commit("Link")


def test_a_repository_that_appears_while_we_look_is_refused(tree, monkeypatch):
    def too_early(folder: Path) -> None:
        neutralise(folder)
        subprocess.run(["git", "init", "-q", str(folder / "late")], check=True)
        identity = ("-c", "user.name=e", "-c", "user.email=e@e")
        commit = ["git", *identity, "commit", "-q", "--allow-empty", "-m", "x"]
        subprocess.run(commit, cwd=folder / "late", check=True)

    monkeypatch.setattr("bot.workspace.worktree.neutralise", too_early)
    with pytest.raises(AgentFailed, match=r"Nested repositories .*'late'"):
        tree.commit("Late")


def test_filters_configured_on_the_machine_do_not_run(tree, marker, monkeypatch, tmp_path):
    home = tmp_path / "machine"
    home.mkdir()
    command = trap(home, marker, "filter.sh")
    (home / ".gitconfig").write_text(
        f'[filter "evil"]\n\tclean = {command}\n\tsmudge = {command}\n\trequired = true\n'
        f"[core]\n\tfsmonitor = {command}\n\texcludesFile = {home / 'ignore'}\n"
    )
    (home / "ignore").write_text("wanted\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    (tree.path / ".gitattributes").write_text("* filter=evil\n")
    (tree.path / "wanted").write_text("w")
    head = tree.commit("Filtered")
    assert "wanted" in tree._clone.paths(head)
