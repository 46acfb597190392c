"""The log of a conversation: what its record points to, and never a secret in it."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.agents.coding.log import MARGIN, TAIL, Log
from bot.agents.redacting import Redactor
from bot.agents.transcript import folder_log
from bot.broker import Upstream, start_broker
from bot.domain.errors import AgentFailed
from bot.domain.providers import Api
from bot.words import TemplateWords
from tests.agents.coding.sandbox import OpenField
from tests.agents.coding.stage import Stage
from tests.agents.test_secrets import TOKENS

WORDS = TemplateWords()
PASS = "specloop-" + "Pq9" * 14
TOKEN = TOKENS["GitHub Token"]
KEY = TOKENS["private key"].replace("\nd==", "\nProc-Type: 4,ENCRYPTED\n\nab12cd34ef56==")
PIECES = [*TOKENS.values(), KEY, PASS, "\n", "a line\n", "\x1b[32m", '{"text": "so:\\n', " ", "é"]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.lists(st.integers(0, 900), max_size=9))
def test_in_pieces_as_much_is_removed_as_at_once(pieces: list[str], cuts: list[int]) -> None:
    text = " ".join(pieces)
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    redactor = Redactor(WORDS, (PASS,))
    shown = "".join(redactor.feed(text[begin:end]) for begin, end in pairwise(edges))
    shown += redactor.end()
    assert shown == redactor.whole(text)
    for secret in (PASS, "ab12cd34ef56", *TOKENS.values()):
        assert secret not in shown


@pytest.mark.parametrize(
    "around", ['{"text": "the key:\\n%s"}', "\x1b[32m%s\x1b[0m", "\\u001b[1m%s"]
)
@pytest.mark.parametrize("kind", sorted(TOKENS))
def test_a_letter_that_only_steers_hides_none(kind: str, around: str) -> None:
    assert TOKENS[kind] not in WORDS.redact(around % TOKENS[kind])


def test_a_line_without_end_is_shown_as_it_grows_and_hides_none(tmp_path: Path) -> None:
    log = Log(tmp_path, "1/plan", 1_000_000, Redactor(WORDS, (PASS,)))
    whole = ("x" * 997 + TOKEN + "." + PASS) * 300
    for begin in range(0, len(whole), 777):
        log.write(whole[begin : begin + 777].encode())
    kept = tmp_path / "1.plan.log"
    assert kept.stat().st_size > 200_000, "before its end"
    log.close()
    assert kept.read_text() == ("x" * 997 + "[GitHub Token removed].[pass removed]") * 300
    assert log.digest == hashlib.sha256(kept.read_bytes()).hexdigest()


@pytest.mark.parametrize("shift", range(0, 60, 12))
def test_where_the_middle_is_left_out_no_half_of_one_stays(tmp_path: Path, shift: int) -> None:
    """The token stands across the end of what is kept first, and the begin of what came last."""
    log = Log(tmp_path, "1/plan", 5_000, Redactor(WORDS))
    head = "a" * (5_000 - shift) + " " + TOKEN
    tail = TOKEN + " " + "z" * (TAIL + MARGIN - shift)
    log.write(f"{head}{'m' * 300_000}{tail}".encode())
    log.close()
    text = (tmp_path / "1.plan.log").read_text()
    assert TOKEN[4:14] not in text
    assert TOKEN[-10:] not in text
    assert " bytes left out ...]" in text
    assert text.endswith("z" * (TAIL - shift))


def test_what_an_agent_prints_byte_by_byte_holds_neither_keys_nor_its_pass(
    stage: Stage, tmp_path: Path
) -> None:
    script = f"""
    for byte in b"a key: {TOKEN} and " + os.environ["KEY"].encode() + b"!":
        sys.stdout.buffer.write(bytes([byte])); sys.stdout.flush()
    (home / ".specloop-log").write_text("thinking of {TOKEN}")
    sys.exit("CODE")
    """
    given = {"provider": "anthropic", "environment": {"KEY": "{pass}"}}
    upstream = Upstream("anthropic", Api.ANTHROPIC, "http://127.0.0.1:9", "sk-of-nobody")
    with start_broker(tmp_path / "broker", (upstream,)) as stage.broker:
        stage.sandbox = OpenField("http://127.0.0.1:9")
        reply = stage.ask(stage.agent(script.replace('"CODE"', ""), **given))
        log = stage.log()
        with pytest.raises(AgentFailed) as error:
            stage.ask(stage.agent(script, **given))
    assert "a key: [GitHub Token removed] and [pass removed]!" in log
    assert log.endswith("=== its own log\nthinking of [GitHub Token removed]")
    talk = reply.talk
    assert talk.transcript == hashlib.sha256(log.encode()).hexdigest()
    prompt = log.partition("\n")[2].rpartition("\n=== conversation\n")[0]
    home = str(stage.sandbox.cells[0].home)
    assert talk.prompt == hashlib.sha256(prompt.replace(home, "~").encode()).hexdigest()
    assert error.value.talk.prompt == talk.prompt, "the same was asked, from another home"
    kept = hashlib.sha256(stage.log().encode()).hexdigest()
    assert error.value.talk.transcript == kept != talk.transcript


def test_the_log_of_a_model_holds_no_lines_of_a_private_key(tmp_path: Path) -> None:
    add = folder_log(tmp_path, WORDS)("1/plan")
    for line in f"It is\n{KEY}\nI think.\n".splitlines(keepends=True):
        add(line)
    assert (tmp_path / "1.plan.log").read_text() == "It is\n[private key removed]\nI think.\n"
