import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import ServiceError, StateDiverged
from bot.state.ref import ref_of


def test_nothing_is_there_at_first(bench):
    store = bench.store()
    store.refresh()
    assert store.read("run.json") is None
    assert store.list("") == ()
    store.publish()
    assert store.pushes == 0
    assert bench.tip() == ""


def test_what_is_committed_is_read_at_once_and_by_others_after_publishing(bench):
    mine, other = bench.store("one"), bench.store("two")
    mine.refresh()
    mine.commit({"run.json": b"{}\n", "journal/2.json": b"2", "journal/1.json": b"1"}, "Begin")
    assert mine.read("run.json") == b"{}\n"
    assert mine.list("journal/") == ("journal/1.json", "journal/2.json")
    other.refresh()
    assert other.read("run.json") is None
    mine.publish()
    other.refresh()
    assert other.read("run.json") == b"{}\n"
    assert other.list("") == ("journal/1.json", "journal/2.json", "run.json")
    assert bench.git("log", "--format=%an|%cn|%at|%s", ref_of(7)) == (
        "specloop[bot]|specloop[bot]|1700000000|Begin"
    )
    assert bench.git("show", f"{ref_of(7)}:journal/1.json") == "1"


def test_any_bytes_and_messages_come_back(bench):
    store = bench.store()
    content = bytes(range(256)) + b"\ndone\nfrom x\n"
    store.commit(
        {"a b/ü.bin": content, "empty": b"", "line": b"\n"}, "Mehr: \0 ünd\n\nblob\ndata 3\n"
    )
    store.publish()
    fresh = bench.store("two")
    fresh.refresh()
    assert fresh.read("a b/ü.bin") == content
    assert fresh.read("empty") == b""
    assert fresh.read("line") == b"\n"


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.dictionaries(st.from_regex(r"[a-c]/[a-z0-9.#-]{1,5}x", fullmatch=True), st.binary()),
        max_size=4,
    )
)
def test_memory_and_git_agree(bench, commits):
    root = 1 + len(bench.clones)
    store = bench.store("one", root)
    expected = {}
    for changes in commits:
        store.commit(changes, "x")
        expected |= changes
    again = bench.store("one", root)
    assert {p: again.read(p) for p in again.list("")} == expected
    assert {p: store.read(p) for p in store.list("")} == expected


@pytest.mark.parametrize(
    "path", ["", "/a", "a/", "a//b", "../a", "a/./b", ".git/x", "a\nb", '"a', "a\\b"]
)
def test_impossible_paths_are_refused(bench, path):
    with pytest.raises(ValueError, match="not a path"):
        bench.store().commit({path: b""}, "x")


def test_a_file_cannot_become_a_folder(bench):
    store = bench.store()
    store.commit({"a": b"1", "b/c": b"2"}, "x")
    for changes in ({"a/x": b""}, {"b": b""}, {"n": b"", "n/m": b""}):
        with pytest.raises(ValueError, match="both a file and a folder"):
            store.commit(changes, "x")
    assert store.list("") == ("a", "b/c")


def test_a_commit_costs_one_process_and_nothing_when_nothing_changes(bench):
    store = bench.store()
    store.commit({"a": b"1"}, "x")
    calls = store._git.calls
    calls.clear()
    store.commit({"a": b"2", "b": b"2"}, "x")
    store.read("a")
    store.list("")
    assert calls == ["fast-import"]
    head = store.head
    store.commit({"a": b"2"}, "x")
    store.commit({}, "x")
    assert store.head == head
    assert calls == ["fast-import"]


def test_publishing_is_skipped_when_there_is_nothing_new(bench):
    store = bench.store()
    store.commit({"a": b"1"}, "x")
    assert store.unpublished
    store.publish()
    store.publish()
    assert store.pushes == 1
    assert not store.unpublished


def test_local_commits_survive_a_killed_process(bench):
    store = bench.store()
    store.commit({"a": b"1"}, "x")
    store.publish()
    store.commit({"a": b"2"}, "y")
    again = bench.store()
    again.refresh()
    assert again.read("a") == b"2"
    assert again.unpublished
    again.publish()
    assert bench.tip() == again.head


def test_local_commits_before_the_first_publish_survive_too(bench):
    bench.store().commit({"a": b"1"}, "x")
    again = bench.store()
    again.refresh()
    assert again.read("a") == b"1"
    again.publish()
    assert bench.tip() == again.head


def test_of_two_writers_the_second_is_refused(bench):
    one, two = bench.store("one"), bench.store("two")
    one.commit({"a": b"1"}, "x")
    two.commit({"a": b"2"}, "x")
    one.publish()
    with pytest.raises(StateDiverged, match="Another process moved"):
        two.publish()
    two.refresh()
    assert two.read("a") == b"1"  # its own was never published and is given up
    two.commit({"a": b"2"}, "y")
    two.publish()
    with pytest.raises(StateDiverged):
        one.commit({"a": b"3"}, "x")
        one.publish()


def test_another_writer_between_look_and_push_is_noticed(bench):
    one, two = bench.store("one"), bench.store("two")
    one.commit({"a": b"1"}, "x")
    one.publish()
    two.refresh()
    two.commit({"a": b"2"}, "y")
    one.commit({"a": b"3"}, "z")
    two._git.before["push"] = one.publish
    with pytest.raises(StateDiverged):
        two.publish()
    assert bench.tip() == one.head


def test_a_ref_that_comes_into_being_between_two_questions_is_read(bench):
    one, two = bench.store("one"), bench.store("two")
    one.commit({"a": b"1"}, "x")
    two._git.before["ls-remote"] = one.publish
    two.refresh()
    assert two.read("a") == b"1"


def test_a_push_whose_answer_is_lost_is_found_to_have_arrived(bench):
    store = bench.store()
    store.commit({"a": b"1"}, "x")
    store._git.lose_answer = "push"
    store.publish()
    assert not store.unpublished
    assert bench.tip() == store.head
    store.commit({"a": b"2"}, "y")
    store.publish()
    assert store.pushes == 2


def test_a_lost_answer_counts_when_somebody_built_on_it(bench):
    one, two = bench.store("one"), bench.store("two")
    one.commit({"a": b"1"}, "x")
    one._git.lose_answer = "push"

    def successor() -> None:
        two.refresh()
        two.commit({"b": b"1"}, "y")
        two.publish()

    one._git.before["ls-remote"] = successor
    one.publish()
    assert not one.unpublished
    one.commit({"a": b"2"}, "z")
    with pytest.raises(StateDiverged):
        one.publish()


def test_a_killed_process_whose_push_arrived_goes_on(bench):
    store = bench.store()
    store.commit({"a": b"1"}, "x")
    store._git.before["update-ref"] = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        store.publish()
    again = bench.store()
    assert again.unpublished
    again.refresh()
    assert not again.unpublished
    again.publish()
    assert again.pushes == 0


def test_a_remote_that_is_away_is_a_service_error_and_loses_nothing(bench):
    store = bench.store()
    store.refresh()
    store.commit({"a": b"1"}, "x")
    store._git.dead = True
    with pytest.raises(ServiceError):
        store.publish()
    with pytest.raises(ServiceError):
        store.refresh()
    store._git.dead = False
    store.publish()
    assert bench.tip() == store.head


def test_a_push_refused_by_a_rule_tells_the_rule(bench):
    hook = bench.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    store = bench.store()
    store.commit({"a": b"1"}, "x")
    with pytest.raises(ServiceError, match="pre-receive hook declined"):
        store.publish()


def test_a_ref_that_is_gone_stops_and_says_how_to_put_it_back(bench):
    store = bench.store()
    store.commit({"a": b"1"}, "x")
    store.publish()
    head = store.head
    bench.git("update-ref", "-d", ref_of(7))
    for process in (store, bench.store()):
        with pytest.raises(StateDiverged, match=f"gone .* {head}:refs/specloop/7"):
            process.refresh()
        assert process.read("a") == b"1"
    with pytest.raises(StateDiverged, match="gone"):
        store.commit({"a": b"2"}, "y")
        store.publish()


def test_a_ref_that_was_rewound_or_rewritten_stops(bench):
    store = bench.store()
    store.commit({"a": b"1"}, "x")
    store.publish()
    first = bench.tip()
    store.commit({"a": b"2"}, "y")
    store.publish()
    second = bench.tip()
    tree = bench.git("rev-parse", f"{second}^{{tree}}")
    identity = ("-c", "user.name=p", "-c", "user.email=p@p")
    forged = bench.git(*identity, "commit-tree", tree, "-p", first, "-m", "forged")
    for other in (first, forged):
        bench.git("update-ref", ref_of(7), other)
        with pytest.raises(StateDiverged, match="rewound or rewritten"):
            store.refresh()
        with pytest.raises(StateDiverged, match="rewound or rewritten"):
            bench.store().refresh()
    bench.git("update-ref", ref_of(7), second)
    store.refresh()
    assert store.read("a") == b"2"


def test_another_process_on_the_same_clone_is_noticed(bench):
    one, two = bench.store(), bench.store()
    one.commit({"a": b"1"}, "x")
    with pytest.raises(StateDiverged, match="could not be recorded"):
        two.commit({"a": b"2"}, "y")


def test_milestones_do_not_share_state(bench):
    seven, eight = bench.store("one", 7), bench.store("one", 8)
    seven.commit({"a": b"7"}, "x")
    eight.commit({"a": b"8"}, "x")
    seven.publish()
    eight.publish()
    assert bench.tip(7) != bench.tip(8)
    assert seven.read("a") == b"7"


def test_threads_may_commit_read_and_publish_side_by_side(bench):
    store = bench.store()
    store.commit({"start": b""}, "x")
    problems = []

    def work(n: int) -> None:
        try:
            for step in range(5):
                store.commit({f"t/{n}": b"%d" % step}, f"{n}.{step}")
                assert store.read(f"t/{n}") == b"%d" % step
                store.publish()
        except Exception as problem:  # noqa: BLE001
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.publish()
    assert problems == []
    assert bench.tip() == store.head
    assert bench.git("rev-list", "--count", ref_of(7)) == "21"


def test_only_what_is_new_is_read_again(bench):
    one, two = bench.store("one"), bench.store("two")
    one.commit({"a": b"1", "b": b"2"}, "x")
    one.publish()
    two.refresh()
    assert two.read("a") == b"1"
    one.commit({"a": b"3"}, "y")
    one.publish()
    calls = two._git.calls
    calls.clear()
    two.refresh()
    assert two.read("a") == b"3"
    assert two.read("b") == b"2"
    assert calls.count("cat-file") == 1
    calls.clear()
    two.refresh()
    two.read("a")
    assert "cat-file" not in calls
    assert "ls-tree" not in calls


def test_a_ref_that_a_neighbour_holds_for_a_moment_is_waited_for(bench):
    one = bench.store()
    one.commit({"a.json": b"1"}, "First")
    one.publish()
    one.commit({"a.json": b"2"}, "Second")
    known = bench.clones[0].git.git_dir / "refs/specloop-known/last/specloop/7.lock"
    ours = bench.clones[0].git.git_dir / "refs/specloop/7.lock"
    for lock in (known, ours):
        lock.touch()
        threading.Timer(0.5, lock.unlink).start()
    one.publish()
    one.commit({"a.json": b"3"}, "Third")
    assert bench.store("two").head is None
    other = bench.store("two")
    other.refresh()
    assert other.read("a.json") == b"2"


def test_what_a_neighbour_committed_meanwhile_is_not_lost(bench):
    one, other = bench.store(), bench.store()
    one.commit({"a.json": b"1"}, "First")
    one.publish()
    other.refresh()
    one.commit({"a.json": b"2"}, "Second, not published")
    other.refresh()
    assert other.read("a.json") == b"2"
