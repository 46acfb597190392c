"""Branches that are pushed at the same time travel together, and stand or fall alone."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bot.domain.errors import ServiceError, UserError
from bot.workspace.clone import Clone


class Traffic:
    """Counts the pushes of a clone and holds the first one back until the others wait."""

    def __init__(self, clone: Clone, monkeypatch: pytest.MonkeyPatch, waiting: int) -> None:
        self.clone = clone
        self.carried: list[int] = []
        """Branches in each push."""
        self.first_is_under_way = threading.Event()
        self._waiting = waiting
        self._run = clone.git.run
        monkeypatch.setattr(clone.git, "run", self.run)

    def run(self, args, **options):
        if args[0] != "push":
            return self._run(args, **options)
        self.carried.append(sum(":refs/heads/" in word for word in args))
        if len(self.carried) == 1:
            self.first_is_under_way.set()
            while len(self.clone._pusher._waiting) < self._waiting:
                pass
        return self._run(args, **options)

    def push_all(self, moves: list[tuple[str, str, str | None]]) -> dict[str, Future[bool]]:
        """Push `first`, and the moves while that is under way; return what became of each."""
        with ThreadPoolExecutor(len(moves) + 1) as pool:
            head = moves[0][1]
            first = pool.submit(self.clone.push, "first", head, None)
            assert self.first_is_under_way.wait(60)
            found = {name: pool.submit(self.clone.push, name, *rest) for name, *rest in moves}
        assert first.result()
        return found


def test_branches_pushed_together_travel_in_one_push(clone, world, base, monkeypatch):
    traffic = Traffic(clone, monkeypatch, waiting=5)
    found = traffic.push_all([(f"b{n}", base, None) for n in range(5)])
    assert all(f.result() for f in found.values())
    assert traffic.carried == [1, 5]
    assert all(world.tip(name) == clone.head(name).sha == base for name in found)


def test_one_that_is_refused_does_not_hold_up_the_others(clone, world, base, monkeypatch):
    hook = world.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\nwhile read a b ref; do [ $ref != refs/heads/evil ] || exit 1; done\n"
    )
    hook.chmod(0o755)
    traffic = Traffic(clone, monkeypatch, waiting=3)
    found = traffic.push_all([(name, base, None) for name in ("good", "evil", "better")])
    assert found["good"].result()
    assert found["better"].result()
    with pytest.raises(UserError, match="refused the branch evil: pre-receive hook declined"):
        found["evil"].result()
    assert (world.tip("good"), world.tip("better"), world.tip("evil")) == (base, base, None)


def test_one_that_somebody_moved_does_not_hold_up_the_others(clone, world, base, monkeypatch):
    theirs = world.commit({"n": "1"}, on="moved", start=base)
    traffic = Traffic(clone, monkeypatch, waiting=2)
    found = traffic.push_all([("mine", base, None), ("moved", clone_commit(clone, base), base)])
    assert found["mine"].result()
    assert not found["moved"].result()
    assert world.tip("moved") == theirs


def test_two_of_one_branch_go_one_after_the_other(clone, world, base, monkeypatch):
    other = world.commit({"n": "2"}, on="other", start=base)
    clone.fetch()
    traffic = Traffic(clone, monkeypatch, waiting=2)
    with ThreadPoolExecutor(3) as pool:
        pool.submit(clone.push, "first", base, None)
        assert traffic.first_is_under_way.wait(60)
        both = [pool.submit(clone.push, "same", commit, None) for commit in (base, other)]
    assert sorted(future.result() for future in both) == [False, True]
    assert world.tip("same") in (base, other)


def test_all_are_told_when_the_remote_is_away(clone, world, base, monkeypatch):
    traffic = Traffic(clone, monkeypatch, waiting=3)
    moved = world.bare.with_name("away.git")
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(clone.push, "first", base, None)
        assert traffic.first_is_under_way.wait(60)
        world.bare.rename(moved)
        found = [pool.submit(clone.push, f"b{n}", base, None) for n in range(3)]
    for future in (first, *found):
        with pytest.raises((ServiceError, UserError)):
            future.result()
    moved.rename(world.bare)
    assert clone.push("b1", base, None)


def clone_commit(clone: Clone, base: str) -> str:
    """Return a commit on top of another, known to the clone alone."""
    tree = clone.tree(base)
    who = {
        f"GIT_{role}_{what}": "a" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    made = clone.git.out(["commit-tree", tree, "-p", base, "-m", "Mine"], env=who)
    return made.decode().strip()


def test_a_remote_that_is_not_well_is_no_rule_that_refuses(clone, world, base):
    lock = world.bare / "refs" / "heads" / "held.lock"
    lock.touch()
    with pytest.raises(ServiceError, match="failed to update ref"):
        clone.push("held", base, None)
    lock.unlink()
    assert clone.push("held", base, None)
