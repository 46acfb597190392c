from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.run import AcceptedSpec
from bot.domain.work import Issue, Labelled, Past
from bot.rules.difference import LINES, difference
from bot.rules.matching import accept, spec_digest, voucher, why_untrusted, writers
from tests.rules.builders import root, table

ACCEPTED = accept(root())


def at(second: int) -> datetime:
    return datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)


def on(who: str, second: int) -> Labelled:
    return Labelled("spec", who, at(second))


def off(who: str, second: int) -> Labelled:
    return Labelled("spec", who, at(second), off=True)


def renamed(by: str, **facts: str) -> Issue:
    return replace(root(**facts), past=Past(renamed_at=at(1), renamed_by=by))


def test_the_accepted_spec_is_what_the_root_says_and_from_whom() -> None:
    assert (
        AcceptedSpec("A greeter", "It greets.", spec_digest("A greeter", "It greets."), "alice")
        == ACCEPTED
    )
    assert accept(root(editor="bob")).accepted_from == "bob"


@table(
    "title, body, same",
    ("the very text", "A greeter", "It greets.", True),
    ("white space does not count", " A  greeter", "It\r\n\r\ngreets.\n", True),
    ("a word does", "A greeter", "It greets loudly.", False),
    ("case does", "a greeter", "It greets.", False),
    ("the title does", "A gate", "It greets.", False),
    ("words do not wander into the title", "A greeter It", "greets.", False),
)
def test_digest(title: str, body: str, same: bool) -> None:
    assert (spec_digest(title, body) == ACCEPTED.digest) is same


@table(
    "of, accepted, expected",
    ("who opened it", root(), None, ("alice",)),
    ("who edited it last", root(editor="bob"), None, ("bob",)),
    ("the same later", root(body="More.", editor="bob"), ACCEPTED, ("bob",)),
    ("a title may be its author's, too", root(title="X", editor="bob"), ACCEPTED, ("bob", "alice")),
    ("whose title is known", renamed("eve", title="X"), ACCEPTED, ("alice", "eve")),
    ("the first text's title, too", renamed("eve"), None, ("alice", "eve")),
    ("a title that came back counts for nothing", renamed("eve"), ACCEPTED, ("alice",)),
)
def test_writers(of: Issue, accepted: AcceptedSpec | None, expected: tuple[str, ...]) -> None:
    assert writers(of, accepted) == expected


@table(
    "past, expected",
    ("nobody labelled it", Past(), None),
    ("the last who did", Past(labelled=(on("bob", 1), on("amy", 2))), "amy"),
    ("whatever the letters' case", Past(labelled=(Labelled("SPEC", "bob", at(1)),)), "bob"),
    ("another label", Past(labelled=(on("bob", 1), Labelled("bug", "amy", at(2)))), "bob"),
    ("taken off", Past(labelled=(on("bob", 1), off("bob", 2))), None),
    ("taken off, and on again", Past(labelled=(on("bob", 1), off("bob", 2), on("amy", 3))), "amy"),
    ("edited before", Past(edited_at=at(1), labelled=(on("bob", 2),)), "bob"),
    ("edited after", Past(edited_at=at(2), labelled=(on("bob", 1),)), None),
    ("edited in the same second", Past(edited_at=at(2), labelled=(on("bob", 2),)), None),
    ("renamed after", Past(at(1), at(3), "eve", (on("bob", 2),)), None),
    ("an earlier label", Past(at(2), at(1), "eve", (on("bob", 1), on("amy", 3))), "amy"),
)
def test_who_labelled_it_as_it_is(past: Past, expected: str | None) -> None:
    assert voucher(replace(root(), past=past), "spec") == expected


def test_nobody_vouches_for_what_was_edited_at_an_unknown_time() -> None:
    of = root(editor="eve")
    assert voucher(replace(of, past=Past(labelled=(on("bob", 1),))), "spec") is None
    known = Past(edited_at=at(1), labelled=(on("bob", 2),))
    assert voucher(replace(of, past=known), "spec") == "bob"


@table(
    "of, accepted, barred, why",
    ("unchanged is trusted, whoever touched it", root(editor="mallory"), ACCEPTED, "mallory", ""),
    ("reflowed is trusted", root(body="It\ngreets.", editor="mallory"), ACCEPTED, "mallory", ""),
    ("changed by those who may", root(body="More.", editor="bob"), ACCEPTED, "", ""),
    ("new, by one who may", root(), None, "", ""),
    (
        "changed by one who may not",
        root(body="Leak.", editor="mallory"),
        ACCEPTED,
        "mallory",
        "mallory changed the spec and has no write permission here",
    ),
    (
        "new, by one who may not",
        root(author="mallory"),
        None,
        "mallory",
        "mallory wrote the spec and has no write permission here",
    ),
)
def test_trust(of: Issue, accepted: AcceptedSpec | None, barred: str, why: str) -> None:
    found = why_untrusted(of, accepted, barred)
    assert found.startswith(why)
    assert bool(found) is bool(why)


@table(
    "before, now, expected",
    ("nothing", ("A", "b"), ("A", "b"), ""),
    ("line ends do not count", ("A", "b\nc\n"), ("A", "b\r\nc\r\n"), ""),
    ("the title", ("A", "b"), ("C", "b"), "-A\n+C"),
    ("a line", ("A", "b\nc"), ("A", "b\nd"), "@@ -1,2 +1,2 @@\n b\n-c\n+d"),
)
def test_difference(before: tuple[str, str], now: tuple[str, str], expected: str) -> None:
    assert difference(before, now) == expected


def test_a_long_difference_says_what_is_left_out() -> None:
    lines = difference(("A", ""), ("A", "\n".join(["x" * 9_000] * 9_000))).split("\n")
    assert len(lines) == LINES + 1
    assert lines[-1] == "(8882 more lines differ or stand between)"
    assert max(map(len, lines)) < 500
