"""What a job that thinks, or whoever took it over, may bring back: nothing but what was ordered."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import DeliveryRefused
from bot.domain.orders import Delivery, Order, Parcel
from bot.state.codec import JsonCodec
from bot.wiring.jobs.adopting import unpacked
from bot.wiring.jobs.files import DELIVERY, OBJECTS, read_order, read_parcels, write_parcel
from bot.words.secrets import SecretPatterns
from bot.workspace.clone import Clone
from bot.workspace.remote import Remote
from bot.workspace.worktrees import FolderWorktrees
from tests.scenarios.jobs.chain import Chain
from tests.scenarios.scenes import executor, met, planner

FOLDER = "specloop-delivery-2-1-plan"


def parcel(place: Path, name: str = "1-plan") -> Path:
    """Lay a delivery as a job does, and return its folder."""
    write_parcel(place / FOLDER, Delivery(name, "nonce", "digest"), b"PACK")
    return place / FOLDER


def refusal(place: Path) -> str:
    found = read_parcels(place)
    assert set(found) == {"1-plan"}
    assert found["1-plan"].delivery is None
    return found["1-plan"].refused


def test_what_a_job_writes_is_read(tmp_path: Path):
    parcel(tmp_path)
    assert read_parcels(tmp_path) == {
        "1-plan": Parcel(Delivery("1-plan", "nonce", "digest"), b"PACK")
    }
    assert read_parcels(tmp_path / "nothing") == {}


def link(folder: Path) -> None:
    (folder / DELIVERY).unlink()
    (folder / DELIVERY).symlink_to("/etc/passwd")


def pipe(folder: Path) -> None:
    (folder / OBJECTS).unlink()
    os.mkfifo(folder / OBJECTS)


def folder_inside(folder: Path) -> None:
    (folder / OBJECTS).unlink()
    (folder / OBJECTS).mkdir()


def bomb(folder: Path) -> None:
    with (folder / OBJECTS).open("wb") as file:
        file.truncate(1 << 40)


def other_job(folder: Path) -> None:
    write_parcel(folder, Delivery("1-execute-7.1", "nonce", "digest"), b"")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (link, "delivery.json is no plain file."),
        (pipe, "objects.pack is no plain file."),
        (folder_inside, "objects.pack is no plain file."),
        (bomb, "objects.pack has 1,099,511,627,776 bytes; 64,000,000 fit."),
        (lambda f: (f / DELIVERY).unlink(), "there is no delivery.json in it."),
        (lambda f: (f / "run.sh").write_text("x"), "it holds 'run.sh', which nobody asked for."),
        (
            lambda f: (f / DELIVERY).write_text("{"),
            "A state record is no Delivery: it is not JSON.",
        ),
        (other_job, "the job 1-plan says it is '1-execute-7.1'."),
    ],
)
def test_a_folder_of_another_shape_is_refused(tmp_path: Path, spoil: Callable, why: str):
    spoil(parcel(tmp_path))
    assert refusal(tmp_path) == why


def test_a_link_to_a_folder_and_folders_of_other_names_count_for_nothing(tmp_path: Path):
    parcel(tmp_path / "elsewhere")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / FOLDER).symlink_to(tmp_path / "elsewhere" / FOLDER)
    for name in ("specloop-delivery-x-1-plan", "other", "specloop-delivery-2-a b"):
        shutil.copytree(tmp_path / "elsewhere" / FOLDER, tmp_path / "in" / name)
    assert refusal(tmp_path / "in") == "it is no folder."


# Archives.


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return packed.getvalue()


def linked() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(DELIVERY)
    entry.external_attr = 0o120777 << 16
    return entry


WHOLE = JsonCodec().encode(Delivery("1-plan", "nonce", "digest"))


def test_the_archive_of_a_delivery_is_read():
    found = unpacked(archive((DELIVERY, WHOLE), (OBJECTS, b"PACK")), "1-plan")
    assert found == Parcel(Delivery("1-plan", "nonce", "digest"), b"PACK")


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (b"no archive", "it is no archive: File is not a zip file."),
        (
            archive((f"../{DELIVERY}", WHOLE)),
            "it holds '../delivery.json', which nobody asked for.",
        ),
        (archive((f"/{DELIVERY}", WHOLE)), "it holds '/delivery.json', which nobody asked for."),
        (archive((linked(), b"/etc/passwd")), "delivery.json is no plain file."),
        (archive((DELIVERY, b"0" * 8_000_001)), "delivery.json has more than 8,000,000 bytes."),
        (archive((OBJECTS, b"PACK")), "there is no delivery.json in it."),
    ],
)
def test_an_archive_with_anything_else_is_refused(packed: bytes, why: str):
    assert unpacked(packed, "1-plan") == Parcel(None, refused=why)


@given(st.binary(max_size=300), st.integers(0, 250))
def test_no_archive_breaks_the_reader(noise: bytes, at: int):
    whole = archive((DELIVERY, WHOLE))
    for packed in (noise, whole[:at] + noise + whole[at + len(noise) :]):
        found = unpacked(packed, "1-plan")
        assert found.refused or found.delivery == Delivery("1-plan", "nonce", "digest")


# Objects.


class Bench:
    """A repository with one commit, and a clone of it that receives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.theirs = folder / "theirs.git"
        self.git("init", "-q", "--bare", str(self.theirs), where=False)
        self.start = self.commit(self.tree({"README.md": b"hello\n"}), ())
        self.git("update-ref", "refs/heads/main", self.start)
        self.clone = Clone(folder / "clone", Remote(str(self.theirs)))
        self.clone.fetch()
        self.here = FolderWorktrees(self.clone, folder / "work", scan=SecretPatterns())

    def git(self, *args: str, given: bytes = b"", where: bool = True) -> str:
        at = [f"--git-dir={self.theirs}"] if where else []
        ran = subprocess.run(
            ["git", "-c", "user.name=specloop[bot]",
             "-c", "user.email=specloop[bot]@users.noreply.github.com", *at, *args],
            input=given, capture_output=True, check=True,
        )  # fmt: skip
        return ran.stdout.decode().strip()

    def tree(self, files: dict[str, bytes], mode: str = "100644") -> str:
        raw = b""
        for name, content in sorted(files.items()):
            blob = self.git("hash-object", "-w", "--stdin", given=content)
            raw += f"{mode} {name}".encode() + b"\0" + bytes.fromhex(blob)
        return self.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=raw)

    def commit(self, tree: str, parents: tuple[str, ...], message: str = "m") -> str:
        named = [word for p in parents for word in ("-p", p)]
        return self.git("commit-tree", tree, *named, "-m", message)

    def pack(self, head: str) -> bytes:
        ran = subprocess.run(
            ["git", f"--git-dir={self.theirs}", "pack-objects", "--revs", "--stdout", "-q"],
            input=f"{head}\n^{self.start}\n".encode(), capture_output=True, check=True,
        )  # fmt: skip
        return ran.stdout

    def refusal(self, head: str, objects: bytes | None = None) -> str:
        with pytest.raises(DeliveryRefused) as refused:
            self.here.receive(self.pack(head) if objects is None else objects, self.start, head)
        return str(refused.value)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_commit_that_follows_is_received(bench: Bench):
    head = bench.commit(bench.tree({"README.md": b"hello\n", "new.txt": b"new\n"}), (bench.start,))
    (commit,) = bench.here.receive(bench.pack(head), bench.start, head)
    assert (commit.sha, commit.parents, commit.ours, commit.message) == (
        head, (bench.start,), True, "m",
    )  # fmt: skip
    assert bench.clone.read(head, "new.txt") == b"new\n"
    assert bench.here.pack(bench.start, head)


@pytest.mark.parametrize("name", [".git", "..", ".", ".GIT", ".git\u200c"])
def test_a_tree_that_git_would_not_check_out_is_refused(bench: Bench, name: str):
    head = bench.commit(bench.tree({name: b"[core]\n"}), (bench.start,))
    assert bench.refusal(head).startswith("git does not take the objects")


def test_a_submodule_is_refused(bench: Bench):
    raw = b"160000 sub\0" + bytes.fromhex(bench.start)
    tree = bench.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=raw)
    head = bench.commit(tree, (bench.start,))
    assert bench.refusal(head) == f"{head[:7]} adds what is neither a file nor a link."


def test_another_history_is_refused(bench: Bench):
    alone = bench.commit(bench.tree({"a": b"a"}), ())
    assert bench.refusal(alone) == f"{alone[:7]} does not follow {bench.start[:7]}."


def test_objects_that_are_not_whole_or_no_objects_are_refused(bench: Bench):
    head = bench.commit(bench.tree({"a": b"a"}), (bench.start,))
    assert bench.refusal(head, b"no pack at all").startswith("git does not take the objects")
    half = bench.pack(head)
    assert bench.refusal(head, half[: len(half) // 2]).startswith("git does not take the objects")
    other = bench.commit(bench.tree({"b": b"b"}), (bench.start,))
    assert "are not whole" in bench.refusal(head, bench.pack(other))


def test_large_files_and_secrets_are_refused(bench: Bench):
    large = bench.commit(bench.tree({"large": b"x" * 5_000_001}), (bench.start,))
    assert bench.refusal(large) == f"{large[:7]} adds a file of more than 5,000,000 bytes."
    key = b"AKIA" + b"ABCDEFGHIJKLMNOP"
    spoilt = bench.commit(bench.tree({"settings.py": b"key = '" + key + b"'\n"}), (bench.start,))
    told = bench.refusal(spoilt)
    assert "'settings.py', line 1" in told
    assert key.decode() not in told


# What the writer makes of them.


def test_a_delivery_that_answers_something_else_is_refused_with_its_reason(chain: Chain):
    """Each try spoils the delivery of one Executor; the writer says why, and nothing lands."""
    world = chain.world
    chain.begin(planner("hello", iteration=1), executor("hello"), met())
    chain.begin_run()
    stages = [chain.write(1), chain.gates(1), chain.write(2), chain.think(2, "1-plan")]
    assert all(s.code == 0 for s in stages)
    chain.write(3)
    chain.think(3, "1-execute-2.1")
    place = chain.delivery(3, "1-execute-2.1")
    whole = read_parcels(place.parent)["1-execute-2.1"]
    order, _ = read_order(chain.place / "orders-3" / "1-execute-2.1.json")
    assert whole.delivery is not None

    write_parcel(place, replace(whole.delivery, nonce="yesterday"), whole.objects)
    chain.write(4)
    chain._fetch_record()

    failed = world.record("orders.json")["failed"]
    assert [(f["name"], f["ended"], f["why"]) for f in failed] == [
        ("1-execute-2.1", "unavailable",
         "What the job 1-execute-2.1 delivered was refused: "
         "it answers another order, perhaps an earlier one."),
    ]  # fmt: skip
    assert world.headlines() == ["### Plan of iteration 1"]
    assert world.branches() == {"main"}
    assert isinstance(JsonCodec().decode(Order, JsonCodec().encode(order)), Order)
