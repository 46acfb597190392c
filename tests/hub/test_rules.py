"""GitHub's rules as pure functions."""

from __future__ import annotations

import pytest

from bot.hub.clock import Clock, instant_of, iso
from bot.hub.git.bare import is_safe_ref
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.router import Router
from bot.hub.rules.closing_keywords import IssueReference, closing_references
from bot.hub.rules.node_ids import NodeId, decode, decode_git, git_node_id, node_id
from bot.hub.rules.roles import Role, role_named
from bot.hub.server.hosts import is_own_host

HERE = None


@pytest.mark.parametrize(
    "verb", "close closes closed fix fixes fixed resolve resolves resolved".split()
)
def test_all_nine_keywords_close(verb: str) -> None:
    assert closing_references(f"{verb.title()} #7") == [IssueReference(HERE, 7)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Closes: #1", [(HERE, 1)]),
        ("fixes o/r#2 and closes #3", [("o/r", 2), (HERE, 3)]),
        ("Resolves https://github.com/o/r/issues/4", [("o/r", 4)]),
        ("closes #5, #6", [(HERE, 5)]),
        ("closes #5\ncloses #5", [(HERE, 5)]),
        ("This encloses #8", []),
        ("closes#9", []),
        ("`closes #10`", []),
        ("```\ncloses #11\n```", []),
        ("<!-- closes #12 -->", []),
        ("closes #13x", []),
        ("", []),
    ],
)
def test_what_a_text_closes(text: str, expected: list[tuple[str | None, int]]) -> None:
    assert [(found.repository, found.number) for found in closing_references(text)] == expected


def test_global_ids_can_be_read_back() -> None:
    assert decode(node_id("I", 5, 7)) == NodeId("I", 7, 5)
    assert decode(node_id("R", 7)) == NodeId("R", 0, 7)
    assert decode_git(git_node_id("REF", 7, "refs/heads/main"), "REF") == (7, "refs/heads/main")
    assert decode("nonsense") is None
    assert decode("I_###") is None


@pytest.mark.parametrize(
    ("header", "is_own"),
    [
        ("127.0.0.1:80", True),
        ("127.9.9.9", True),
        ("localhost:1", True),
        ("[::1]:8080", True),
        ("evil.example:80", False),
        ("localhost.evil.example", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_only_loopback_names_are_our_own(header: str, is_own: bool) -> None:
    assert is_own_host(header) == is_own


def test_a_host_can_be_allowed_by_name() -> None:
    assert is_own_host("api.github.com", {"api.github.com"})


@pytest.mark.parametrize("name", ["refs/heads/a", "refs/specloop/1", "refs/heads/a/b.c"])
def test_ref_names_git_accepts(name: str) -> None:
    assert is_safe_ref(name)


@pytest.mark.parametrize(
    "name",
    ["heads/a", "refs/../x", "refs/heads/.a", "refs/heads/a.lock", "refs/heads//a", "refs/a b"],
)
def test_ref_names_git_refuses(name: str) -> None:
    assert not is_safe_ref(name)


def test_roles_and_their_older_words() -> None:
    assert role_named("push") is Role.WRITE
    assert role_named("nobody") is None
    assert (Role.MAINTAIN.legacy_word, Role.TRIAGE.legacy_word) == ("write", "read")


def test_a_clock_never_repeats_and_never_goes_back() -> None:
    walls = iter([100, 50, 50, 200])
    clock = Clock(wall=lambda: next(walls), floor=99)
    assert [clock.stamp() for _ in range(4)] == [100, 101, 102, 200]


def test_dates_round_down_to_seconds() -> None:
    assert iso(instant_of("2026-11-20T10:00:00Z") + 999_999_999) == "2026-11-20T10:00:00Z"
    assert instant_of("2026-11-20T11:00:00+01:00") == instant_of("2026-11-20T10:00:00Z")


def handler(name: str) -> Route:
    def handle(_call: Call) -> Answer:
        return Answer(name)

    return Route("GET", name, handle)


@pytest.mark.parametrize(
    ("path", "template", "params"),
    [
        ("/x/labels/a%2Fb", "/x/labels/{name}", {"name": "a/b"}),
        ("/x/commits/a/b/status", "/x/commits/{ref...}/status", {"ref": "a/b"}),
        ("/x/commits/a/b", "/x/commits/{ref...}", {"ref": "a/b"}),
        ("/x/1/comments", "/x/{number}/comments", {"number": "1"}),
        ("/x/comments/1", "/x/comments/{id}", {"id": "1"}),
    ],
)
def test_routes_are_found(path: str, template: str, params: dict[str, str]) -> None:
    templates = [
        "/x/{number}/comments", "/x/comments/{id}", "/x/labels/{name}", "/x/commits/{ref...}",
        "/x/commits/{ref...}/status",
    ]  # fmt: skip
    routes = [handler(name) for name in templates]
    found = Router(routes).find("GET", path)
    assert found is not None
    assert found[0] is next(route.handler for route in routes if route.template == template)
    assert found[1] == params


def test_an_unknown_path_has_no_route() -> None:
    assert Router([handler("/x/{a}")]).find("GET", "/x/1/2") is None
    assert Router([handler("/x/{a}")]).find("POST", "/x/1") is None
