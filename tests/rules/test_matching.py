from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.run import AcceptedSpec
from bot.domain.work import Issue, Labelled, Past
from bot.rules.difference import LINES, difference
from bot.rules.matching import accept, spec_digest, vouchers, why_untrusted, writers
from tests.rules.builders import root, table

ACCEPTED = accept(root())


def at(second: int) -> datetime:
    return datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)


def on(who: str, second: int) -> Labelled:
    return Labelled("spec", who, at(second))


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
)
def test_writers(of: Issue, accepted: AcceptedSpec | None, expected: tuple[str, ...]) -> None:
    assert writers(of, accepted) == expected


@table(
    "past, expected",
    ("nobody labelled it", Past(), ()),
    (
        "who did, each once",
        Past(labelled=(on("bob", 1), on("amy", 2), on("bob", 3))),
        ("bob", "amy"),
    ),
    ("whatever the letters' case", Past(labelled=(Labelled("SPEC", "bob", at(1)),)), ("bob",)),
    ("another label", Past(labelled=(Labelled("bug", "bob", at(1)),)), ()),
    ("edited before", Past(edited_at=at(1), labelled=(on("bob", 2),)), ("bob",)),
    ("edited after", Past(edited_at=at(2), labelled=(on("bob", 1),)), ()),
    ("edited in the same second", Past(edited_at=at(2), labelled=(on("bob", 2),)), ()),
    ("renamed after", Past(at(1), at(3), (on("bob", 2),)), ()),
    ("once before, once after", Past(at(2), at(1), (on("bob", 1), on("amy", 3))), ("amy",)),
)
def test_who_labelled_it_as_it_is(past: Past, expected: tuple[str, ...]) -> None:
    assert vouchers(replace(root(), past=past), "spec") == expected


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
