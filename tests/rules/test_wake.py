"""What an event wakes, by table; and that no payload whatever breaks it.

The payloads have the shapes of npm's `@octokit/webhooks-examples`, cut to what is read.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.workflow_runs import root_of_title
from bot.github.listing import root_of_body
from bot.github.markers import Marker, signed
from bot.rules.wake import Everything, Heed, Nothing, Wish, heed

HOME = {"full_name": "octo/shop", "default_branch": "main"}
MADE = signed("An item.", Marker("item/login", "12.4f2a"))


def issue(number: int = 12, *labels: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "labels": [{"name": n} for n in labels], "body": None, **more}


def event(action: str, **more: Any) -> dict[str, Any]:
    return {"action": action, "repository": HOME, "sender": {"login": "mary"}, **more}


def comment(body: str, on: dict[str, Any], action: str = "created") -> dict[str, Any]:
    said = {"id": 99, "body": body, "user": {"login": "otto"}}
    return event(action, issue=on, comment=said)


def closed(ref: str, repo: str = "octo/shop", author: str = "specloop[bot]") -> dict[str, Any]:
    head = {"ref": ref, "sha": "a" * 40, "repo": {"full_name": repo}}
    return event("closed", pull_request={"merged": False, "head": head, "user": {"login": author}})


def heard(name: str, payload: object) -> Heed:
    return heed(name, payload, "spec", root_of_body)


SPEC = issue(12, "bug", "Spec")
ITEM = issue(15, "specloop:work", body=MADE)
WAKES = {
    "labelled": ("issues", event("labeled", issue=SPEC, label={"name": "spec"}), 12, True),
    "edited": ("issues", event("edited", issue=SPEC), 12, False),
    "a command": ("issue_comment", comment("Hm.\r\n/status\r\n", SPEC), 12, False),
    "a long one": ("issue_comment", comment("/specloop continue", SPEC), 12, True),
    "edited in": ("issue_comment", comment("/replan", SPEC, "edited"), 12, False),
    "on an item": ("issue_comment", comment("/continue", ITEM), 12, False),
    "misspelt": ("issue_comment", comment("/unblok", ITEM), 12, False),
    "on a person's item": (
        "issue_comment",
        comment("/retry", issue(16, milestone={"title": "A shop (#12)"})),
        12,
        False,
    ),
    "rejected": ("pull_request_target", closed("specloop/12/15/1"), 12, False),
    "by hand": ("workflow_dispatch", {"inputs": {"milestone": " 12 "}}, 12, True),
}
SLEEPS = {
    "another label": ("issues", event("labeled", issue=SPEC, label={"name": "bug"})),
    "no spec": ("issues", event("edited", issue=issue(3, "bug"))),
    "chatter": ("issue_comment", comment("Nice!\n> /stop\n`/stop`\n", SPEC)),
    "deleted": ("issue_comment", comment("/stop", SPEC, "deleted")),
    "a stranger's thread": ("issue_comment", comment("/stop", issue(7))),
    "a fork's branch": ("pull_request_target", closed("specloop/12/15/1", "eve/shop")),
    "a person's branch": ("pull_request_target", closed("specloop-12/15")),
    "its own merge": ("pull_request_target", closed("specloop/12/15/1", author="mary")),
    "opened": ("pull_request_target", {**closed("specloop/12/15/1"), "action": "opened"}),
    "no number": ("workflow_dispatch", {"inputs": {"milestone": "12; rm"}}),
    "zero": ("workflow_dispatch", {"inputs": {"milestone": "0"}}),
    "other digits": ("workflow_dispatch", {"inputs": {"milestone": "\uff19"}}),
    "a push": ("push", {"ref": "refs/heads/main"}),
}


@pytest.mark.parametrize(("name", "payload", "root", "begins"), WAKES.values(), ids=WAKES.keys())
def test_what_wakes(name: str, payload: object, root: int, begins: bool) -> None:
    found = heard(name, payload)
    assert isinstance(found, Wish), found
    assert (found.root, found.begins, found.stop) == (root, begins, None)


@pytest.mark.parametrize(("name", "payload"), SLEEPS.values(), ids=SLEEPS.keys())
def test_what_does_not(name: str, payload: object) -> None:
    found = heard(name, payload)
    assert isinstance(found, Nothing)
    assert found.why


def test_the_schedule_and_an_empty_form_look_at_everything() -> None:
    assert isinstance(heard("schedule", {"schedule": "17 * * * *"}), Everything)
    for payload in ({}, {"inputs": None}, {"inputs": {"milestone": ""}}):
        assert isinstance(heard("workflow_dispatch", payload), Everything)


@pytest.mark.parametrize("word", ["/stop", "/stop clean", "/pause", "/status\n/pause"])
def test_who_stops_must_be_asked_for(word: str) -> None:
    found = heard("issue_comment", comment(word, ITEM))
    assert isinstance(found, Wish)
    assert found.stop is not None
    assert (found.stop.comment, found.stop.people) == (99, {"mary", "otto"})


def test_an_own_label_is_followed() -> None:
    payload = event("labeled", issue=issue(4), label={"name": "build-me"})
    assert isinstance(heed("issues", payload, "Build-Me", root_of_body), Wish)
    assert isinstance(heed("issues", payload, "spec", root_of_body), Nothing)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = ("action", "issue", "comment", "pull_request", "inputs", "label", "repository", "sender")
INNER = ("number", "labels", "body", "name", "login", "user", "head", "ref", "repo", "milestone")
HALF_RIGHT = st.dictionaries(
    st.sampled_from(NAMES),
    st.sampled_from(["labeled", "created", "closed", "edited"])
    | st.dictionaries(st.sampled_from(INNER), ANY | st.just([{"name": "spec"}]) | st.just("/stop")),
)
EVENTS = ("issues", "issue_comment", "pull_request_target", "workflow_dispatch", "schedule", "fork")


@given(st.sampled_from(EVENTS), ANY | HALF_RIGHT)
@example("issue_comment", {"action": "created", "issue": {"number": True}, "comment": []})
def test_no_payload_breaks_it(name: str, payload: object) -> None:
    found = heard(name, payload)
    assert found.why
    if isinstance(found, Wish):
        assert found.root > 0


@given(st.integers(1, 10**9 - 1))
def test_markers_and_titles_tell_their_root(root: int) -> None:
    assert root_of_body(signed("Body", Marker("item/x", f"{root}.ab"))) == root
    assert root_of_title(f"specloop #{root}") == root


@pytest.mark.parametrize("nonce", ["12", "x.y", ".5", "0.a", "\uff11\uff12.a", "9" * 10 + ".a"])
def test_other_nonces_tell_none(nonce: str) -> None:
    assert root_of_body(signed("Body", Marker("item/x", nonce))) is None
    assert root_of_title("specloop") is None
