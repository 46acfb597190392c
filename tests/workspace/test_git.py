import base64
import os
import shutil
import time
from pathlib import Path

import pytest

from bot.domain.errors import UserError
from bot.workspace.git import TIMED_OUT, Git, GitError, branch_ref, oid
from bot.workspace.remote import Remote, without_secrets


@pytest.fixture
def git(tmp_path: Path) -> Git:
    home = tmp_path / "home"
    home.mkdir()
    made = Git(tmp_path / "r.git", home, Remote("https://example.org/o/r", lambda: "sesame"))
    made.out(["init", "-q", "--bare", "--template="])
    return made


def shim(folder: Path, body: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "git").write_text(f"#!/bin/sh\n{body}\n")
    (folder / "git").chmod(0o755)


def test_nothing_is_inherited_and_hooks_are_off(git, monkeypatch, tmp_path):
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "/bin/false")
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    shim(tmp_path / "bin", 'env; echo; for a in "$@"; do echo "$a"; done')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    seen = git.run(["status"]).text
    assert "secret" not in seen
    assert "/elsewhere" not in seen
    assert "EXTERNAL_DIFF" not in seen
    assert "XDG" not in seen
    assert "sesame" not in seen
    assert "GIT_ALLOW_PROTOCOL=\n" in seen
    assert f"--git-dir={tmp_path / 'r.git'}" in seen
    assert "core.hooksPath=/dev/null" in seen
    assert f"HOME={tmp_path / 'home'}" in seen


def test_credentials_are_lent_in_the_environment_of_remote_commands_only(
    git, monkeypatch, tmp_path
):
    shim(tmp_path / "bin", 'echo "argv: $*"; env | grep GIT_CONFIG')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    header = base64.b64encode(b"x-access-token:sesame").decode()
    argv, *env = git.run(["fetch"], remote=True).text.splitlines()
    assert header not in argv
    assert f"GIT_CONFIG_VALUE_0=Authorization: Basic {header}" in env
    assert "GIT_CONFIG_KEY_0=http.https://example.org/.extraHeader" in env
    assert header not in git.run(["log"]).text


def test_what_git_says_is_told_without_the_secret(git, monkeypatch, tmp_path):
    header = base64.b64encode(b"x-access-token:sesame").decode()
    shim(tmp_path / "bin", f"echo 'fatal: {header} sesame https://u:p@h/x' >&2; exit 3")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    result = git.run(["push"], remote=True)
    assert result.code == 3
    assert result.complaint == "*** *** https://***@h/x"
    assert without_secrets(b"plain", {}) == "plain"


def test_a_deadline_ends_git_and_its_helpers(git, monkeypatch, tmp_path):
    shim(tmp_path / "bin", f"(sleep 30; touch {tmp_path / 'late'}) & sleep 30")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    began = time.monotonic()
    result = git.run(["gc"], timeout=0.3)
    assert result.code == TIMED_OUT
    assert "no answer" in result.complaint
    assert time.monotonic() - began < 25


def test_git_that_is_not_there_is_said(git, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(GitError, match="not installed"):
        git.run(["status"])


def test_a_failure_is_one_sentence(git):
    with pytest.raises(GitError, match=r"^git cat-file failed: .*0000"):
        git.out(["cat-file", "-p", "0" * 40])


@pytest.mark.parametrize("name", ["main", "a/b-c", "specloop/7/12/1", "ünï"])
def test_branch_names(name):
    assert branch_ref(name) == f"refs/heads/{name}"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-x",
        "a:b",
        "a..b",
        "a b",
        "/a",
        "a/",
        "a//b",
        "a.lock",
        "a^",
        "a\nb",
        "@",
        "a@{1}",
        ".a",
    ],
)
def test_no_branch_names(name):
    with pytest.raises(GitError, match="not a branch name"):
        branch_ref(name)


@pytest.mark.parametrize(
    "text", ["", "HEAD", "--help", "a" * 39, "A" * 40, "a" * 41, "a" * 40 + "\n"]
)
def test_no_object_ids(text):
    with pytest.raises(GitError, match="not an object id"):
        oid(text)


@pytest.mark.parametrize(
    "url", ["git@github.com:o/r", "ssh://git@h/r", "ext::sh -c id", "https://u:p@h/r", "git://h/r"]
)
def test_remotes_that_are_refused(url):
    with pytest.raises(UserError):
        Remote(url)


def test_a_remote_does_not_show_its_token():
    assert "sesame" not in repr(Remote("https://h/r", lambda: "sesame"))


def _commit(git: Git) -> str:
    tree = git.out(["mktree"]).decode().strip()
    who = {f"GIT_{w}_{k}": "x" for w in ("AUTHOR", "COMMITTER") for k in ("NAME", "EMAIL")}
    return git.out(["commit-tree", "-m", "x", tree], env=who).decode().strip()


def test_a_ref_lock_of_a_killed_git_goes_and_a_fresh_one_stays(git):
    commit = _commit(git)
    lock = git.git_dir / "refs/heads/a.lock"
    lock.touch()
    os.utime(lock, (time.time() - 60, time.time() - 60))
    git.out(["update-ref", "refs/heads/a", commit])
    assert not lock.exists()
    lock.touch()
    os.utime(lock, (time.time() + 60, time.time() + 60))  # made while we wait
    with pytest.raises(GitError, match="update-ref failed"):
        git.out(["update-ref", "refs/heads/a", commit, commit])
    assert lock.exists()


def test_an_index_lock_of_a_killed_git_goes_at_once(git, tmp_path):
    index = tmp_path / "worktree.index"
    lock = tmp_path / "worktree.index.lock"
    lock.touch()
    tree = git.out(["mktree"]).decode().strip()
    git.out(["read-tree", tree], index=index)
    assert not lock.exists()


def test_a_lock_elsewhere_is_not_ours_to_remove(git, tmp_path, monkeypatch):
    other = tmp_path / "other.lock"
    other.touch()
    shim(
        tmp_path / "bin", f"echo \"fatal: Unable to create '{other}': File exists.\" >&2; exit 128"
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert git.run(["status"]).code == 128
    assert other.exists()


def test_work_on_an_index_that_was_killed_is_done_again(git, tmp_path, monkeypatch):
    died = tmp_path / "died"
    shim(
        tmp_path / "bin",
        f'[ -e {died} ] && exec {shutil.which("git")} "$@"; touch {died}; kill -9 $$',
    )
    tree = git.out(["mktree"]).decode().strip()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert git.run(["read-tree", tree], index=tmp_path / "index").code == 0
    died.unlink()
    assert git.run(["rev-parse", tree]).code == -9
