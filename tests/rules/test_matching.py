from __future__ import annotations

from bot.domain.run import AcceptedSpec
from bot.domain.work import Issue
from bot.rules.matching import accept, spec_digest, why_untrusted
from tests.rules.builders import root, table

ACCEPTED = accept(root())


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
    "of, accepted, may_write, why",
    ("unchanged is trusted, whoever touched it", root(editor="mallory"), ACCEPTED, False, ""),
    ("reflowed is trusted", root(body="It\ngreets.", editor="mallory"), ACCEPTED, False, ""),
    ("changed by one who may", root(body="More.", editor="bob"), ACCEPTED, True, ""),
    ("new, by one who may", root(), None, True, ""),
    (
        "changed by one who may not",
        root(body="Leak.", editor="mallory"),
        ACCEPTED,
        False,
        "mallory changed the spec and has no write permission here",
    ),
    (
        "changed by an author who may not, say in the title",
        root(title="Leak", author="mallory"),
        ACCEPTED,
        False,
        "mallory changed the spec and has no write permission here",
    ),
    (
        "new, by one who may not",
        root(author="mallory"),
        None,
        False,
        "mallory wrote the spec and has no write permission here",
    ),
)
def test_trust(of: Issue, accepted: AcceptedSpec | None, may_write: bool, why: str) -> None:
    found = why_untrusted(of, accepted, may_write=may_write)
    assert found.startswith(why)
    assert bool(found) is bool(why)
