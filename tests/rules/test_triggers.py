"""What starts a workflow and what its token may do, by table; that no YAML breaks the reader."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.loop.execute import STATUS_CONTEXT
from bot.rules.branch_health import STATUS
from bot.rules.triggers import lacking, permissions, starts_on_push, triggers


def test_the_status_is_the_one_that_is_set() -> None:
    assert STATUS == STATUS_CONTEXT


@pytest.mark.parametrize(
    ("on", "starts"),
    [
        ("push", True),
        ("[pull_request, push]", True),
        ("pull_request", False),
        ("{push: null}", True),
        ("{push: {branches: [main]}}", True),
        ("{push: {branches: main}}", True),
        ("{push: {branches: ['release/**']}}", False),
        ("{push: {branches: ['**', '!main']}}", False),
        ("{push: {branches: ['!main', 'm*']}}", True),
        ("{push: {branches: ['mai?n', '[']}}", True),
        ("{push: {branches: ['[a-z]ain']}}", True),
        ("{push: {branches: ['*/main']}}", False),
        ("{push: {branches-ignore: [main]}}", False),
        ("{push: {branches-ignore: [dev]}}", True),
        ("{push: {tags: ['v*']}}", False),
        ("{push: {paths: [src]}}", True),
        ("{push: 7}", True),
        ("7", False),
    ],
)
def test_which_pushes_to_main_start_a_workflow(on: str, starts: bool) -> None:
    assert starts_on_push(yaml.safe_load(f"on: {on}\n"), "main") is starts


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("permissions: write-all\njobs: {a: {}}", []),
        ("permissions: read-all\njobs: {a: {}}", ["issues: write"]),
        ("permissions: {}\njobs: {a: {permissions: {issues: write, contents: write}}}", []),
        (
            "permissions: {issues: write}\njobs: {a: {permissions: {contents: read}}}",
            ["issues: write"],
        ),
        ("jobs: {a: {permissions: {issues: write}}, b: {permissions: {contents: read}}}", []),
        ("jobs: {a: {permissions: 3}}", ["issues: write", "contents: read"]),
        ("jobs: 3", ["issues: write", "contents: read"]),
    ],
)
def test_what_a_workflow_lacks(text: str, lacks: list[str]) -> None:
    needed = {"issues": "write", "contents": "read"}
    assert lacking(permissions(yaml.safe_load(text)), needed) == lacks


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["write", "main"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(
        ["on", "push", "branches", "jobs", "permissions"]), inner),
    max_leaves=10,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["on", True, "jobs", "permissions"]), ANY))
def test_no_file_breaks_the_reader(content: dict[object, object]) -> None:
    assert isinstance(starts_on_push(content, "main"), bool)
    assert set(permissions(content).values()) <= {"none", "read", "write"}
    assert all(isinstance(name, str) for name in triggers(content))
