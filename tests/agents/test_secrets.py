"""Keys and tokens are found by their forms, and named instead of shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.words import TemplateWords
from bot.words.secrets import SecretPatterns
from tests.agents.conftest import Stage, invocation, scene
from tests.rules.builders import table

SCAN = SecretPatterns()
# Put together here, so that nobody's scanner (GitHub's among them) takes this file for a leak.
LETTERS = "a1B2c3D4e5F6g7H8i9J0"
TOKENS = {
    "GitHub Token": "ghp" + "_" + (LETTERS * 2)[:36],
    "GitHub fine-grained token": "github" + "_pat_" + LETTERS * 3,
    "Anthropic API key": "sk-" + "ant-api03-" + LETTERS * 4,
    "OpenAI API key": "sk-" + "proj-" + LETTERS * 3,
    "AWS Access Key": "AKIA" + "IOSFODNN7EXAMPLE",
    "npm token": "npm" + "_" + (LETTERS * 2)[:36],
    "private key": "-----BEGIN RSA PRIVATE"
    + " KEY-----\nMIIa+b/c=\nd==\n-----END RSA PRIVATE KEY-----",
}
GITHUB = TOKENS["GitHub Token"]


@table("kind", *((kind, kind) for kind in TOKENS))
def test_each_form_is_found_where_it_stands_and_named(kind: str) -> None:
    token = TOKENS[kind]
    text = f"one\ntwo = '{token}'  # ours\nthree"
    (found,) = SCAN.find(text)
    assert (found.kind, found.line, found.text) == (kind, 2, token)
    assert SCAN.redact(text) == f"one\ntwo = '[{kind} removed]'  # ours\nthree"
    assert token not in repr(found)


@table("kind", *((kind, kind) for kind in TOKENS))
def test_json_stays_json_however_deep_it_lies(kind: str) -> None:
    value = {"a": TOKENS[kind], "b": json.dumps({"c": [TOKENS[kind], '"']})}
    kept = json.loads(SCAN.redact(json.dumps(value)))
    assert kept["a"] == f"[{kind} removed]"
    assert json.loads(kept["b"])["c"] == [f"[{kind} removed]", '"']


@table(
    "text",
    ("a commit", "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d"),
    ("a lock file's hash", "sha256:" + "0123456789abcdef" * 4),
    ("a password in words", "password = 'correct horse battery staple'"),
    ("a made-up token", "token = 'ghp_test'"),
    ("a public key", "-----BEGIN PUBLIC KEY-----\nMIIa\n-----END PUBLIC KEY-----"),
)
def test_what_only_looks_odd_is_left_alone(text: str) -> None:
    assert SCAN.redact(text) == text


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(sorted(TOKENS)))
def test_nothing_of_a_token_is_left_whatever_stands_around_it(before, after, kind) -> None:
    token = TOKENS[kind]
    kept = SCAN.redact(f"{before} {token} {after}")
    assert token not in kept
    assert json.loads(SCAN.redact(json.dumps({"x": f"{before} {token} {after}"})))


def test_a_long_line_takes_no_time_that_grows_with_its_square() -> None:
    """Without a bound one of these takes minutes: the suite's time limit ends it."""
    for piece in ("//registry", "sk-", "-----BEGIN PRIVATE KEY-----", "aws key '", "ghp_"):
        assert SCAN.redact(piece * 20_000) is not None


def test_templates_and_transcripts_show_none(stage: Stage) -> None:
    assert TemplateWords().render("line", text=f"See {GITHUB}").strip() == (
        "See [GitHub Token removed]"
    )
    steps = f"do:\n  - write: {{path: a.txt, text: {GITHUB}}}\n"
    answer = f"answer: {{outcome: done, title: Do it, summary: 'It is {GITHUB}'}}"
    reply = stage.ask(stage.agent(scene(steps + answer)), invocation())
    text = (stage.transcripts / "1.executor.jsonl").read_text()
    assert GITHUB not in text
    assert "[GitHub Token removed]" in text
    assert all(json.loads(line) for line in text.splitlines())
    assert len(reply.talk.transcript) == 64


@pytest.mark.parametrize("size", [100_000])
def test_a_plain_text_passes_as_it_is(size: int) -> None:
    text = "All work and no play makes Jack a dull boy.\n" * (size // 44)
    assert SCAN.redact(text) is text
