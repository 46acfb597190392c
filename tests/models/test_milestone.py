"""A whole milestone with models: the command line, the broker, a provider, to DONE and merged."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from bot.words import TemplateWords
from bot.workspace.sandbox_probe import available
from tests.entry.stage import SPEC, Laptop, git
from tests.models.server import Asked, Reaction, Refuse, Say, Use, serving

CANARY = "sk-canary-1f7e2a9c55d04b"
WORDS = ("hello", "bye", "ciao")
ITEMS = [
    {"key": word, "title": f"Write {word}", "description": "Write it.", "criteria": ["It is."]}
    for word in WORDS
]
SHAPES = (CANARY, base64.b64encode(CANARY.encode()).decode().rstrip("="), CANARY.encode().hex())


def town(asked: Asked) -> Reaction:
    """Answer for every role of one small spec."""
    if "You are the Planner" in asked.system:
        if "The spec is met" in asked.said:
            return Say((Use("answer", {"decision": "DONE", "reason": "The verdict says met."}),))
        plan = {"decision": "CONTINUE", "reason": "Files are missing.", "items": ITEMS}
        return Say((Use("answer", {**plan, "assignments": [[word] for word in WORDS]}),))
    if "You are the Verifier" in asked.system:
        seen = {"criterion": "It says hello", "met": True, "evidence": [{"path": "hello.txt"}]}
        return Say((Use("answer", {"met": True, "rationale": "Yes.", "criteria": [seen]}),))
    if "You are an Executor" in asked.system:
        return executor(asked)
    return Say((Use("answer", {"summary": "Nothing to say."}),))


def executor(asked: Asked) -> Reaction:
    """Write the file, look for secrets where a command could find them, answer."""
    (word,) = [word for word in WORDS if f"Write {word}\n" in asked.said]
    match asked.turns:
        case 0:
            return Say((Use("write_file", {"path": f"{word}.txt", "text": f"{word}\n"}),))
        case 1:
            everything = "/proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' ' '"
            look = f"cat {word}.txt; env; cat {everything}"
            return Say((Use("run", {"argv": ["sh", "-c", look]}),), "I look around.")
    assert word in asked.last
    done = {"outcome": "done", "title": f"Write {word}", "summary": f"It says {word}."}
    return Say((Use("answer", done),))


class Person(Laptop):
    """Somebody with a key for a provider on loopback."""

    def has(self, url: str, api: str = "anthropic") -> None:
        base = url if api == "anthropic" else f"{url}/v1"
        provider = {"api": api, "base_url": base, "key": "MINE_API_KEY"}
        settings = {"model": "mine:large-5", "providers": {"mine": provider}, "specialists": []}
        self.lay({".github/specloop.yml": json.dumps({**settings, "gates": {"ok": "true"}})})

    def carries(self, url: str, api: str, *more: str) -> Any:
        self.has(url, api)
        return self.goes(*more)

    def goes(self, *more: str) -> Any:
        return self.specloop(
            "run", "-", "--repo", self.repo, "--gate", "sh check.sh", "--yes", *more,
            stdin=SPEC, extra={"MINE_API_KEY": CANARY},
        )  # fmt: skip


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path / "mary")


@pytest.mark.parametrize("api", ["anthropic", "openai"])
def test_a_spec_is_carried_to_done_and_no_key_is_seen(person: Person, api: str) -> None:
    if reason := available():
        pytest.skip(reason)
    with serving(town) as server:
        ended = person.carries(server.url, api)
    assert ended.code == 0, ended.out + ended.err
    assert "agent mine:large-5 (MINE_API_KEY is set)" in ended.out
    assert "at most 10 USD and 2 h" in ended.out
    assert {a.key for a in server.asked} == {CANARY}, "the provider itself is given the key"
    (branch,) = git("branch", "--list", "specloop/*", "--format=%(refname:short)",
                    cwd=person.repo).splitlines()  # fmt: skip
    for word in WORDS:
        assert git("show", f"{branch}:{word}.txt", cwd=person.repo) == word
    status = json.loads(person.specloop("status", "--json", "--repo", person.repo).out)
    spent = status["spent"]
    assert spent["requests"] == len(server.asked)
    assert spent["input_tokens"] > 3000
    if api == "anthropic":
        assert server.cache.read > 0.9 * server.cache.repeated > 0
        assert spent["cached_tokens"] == server.cache.read
    assert spent["cost_usd"] > 0, "a model without a price is counted at the dearest known"
    looked = [a for a in server.asked if a.turns == 2 and "You are an Executor" in a.system]
    assert len(looked) == len(WORDS)
    assert not any(shape in a.last for a in looked for shape in SHAPES)
    found = [
        path
        for path in person.folder.rglob("*")
        if path.is_file() and any(shape.encode() in path.read_bytes() for shape in SHAPES)
    ]
    assert not found


def test_what_a_model_does_wrong_is_told_on_its_item(person: Person) -> None:
    """Garbage for five answers; then no end, with unknown tools and paths that lead outside."""
    if reason := available():
        pytest.skip(reason)
    nonsense = [{"outcome": "perhaps"}, {}, "{not json", {"outcome": 7}, {"summary": []}]

    begun: list[Asked] = []

    def script(asked: Asked) -> Reaction:
        if begun and "You are the Planner" in asked.system:
            decision = "CONTINUE" if len(begun) < 3 else "DONE"
            return Say((Use("answer", {"decision": decision, "reason": "So it is."}),))
        if "You are an Executor" not in asked.system or "Write hello\n" not in asked.said:
            return town(asked)
        if not asked.turns:
            begun.append(asked)
        if len(begun) == 1:
            return Say((Use("answer", nonsense[asked.turns % len(nonsense)]),))
        if len(begun) == 2:
            outside = Use("write_file", {"path": "../../escape.txt", "text": "x"})
            return Say((outside if asked.turns else Use("launch_rocket", {}),))
        return executor(asked)

    role = (TemplateWords().root / "roles" / "executor.md").read_text()
    assert "requests: 100" in role
    short = {".github/specloop/roles/executor.md": role.replace("requests: 100", "requests: 8")}
    with serving(script) as server:
        person.has(server.url)
        person.commits(short)
        ended = person.goes()
    assert ended.code == 0, ended.out + ended.err
    told = person.specloop("show", "2", "--repo", person.repo).out
    assert "executor gave no usable answer, even after 2 repairs: " in told
    assert "executor used up its 8 requests without an answer" in told
    assert not list(person.folder.rglob("escape.txt"))


def test_a_busy_provider_lets_the_milestone_wait_and_go_on(person: Person) -> None:
    if reason := available():
        pytest.skip(reason)
    busy = True

    def script(asked: Asked) -> Reaction:
        if busy and "You are an Executor" in asked.system:
            return Refuse(529, "Overloaded", "overloaded_error", {"retry-after": "900"})
        return town(asked)

    with serving(script) as server:
        ended = person.carries(server.url, "anthropic")
        assert ended.code == 3, ended.out + ended.err
        assert "is busy (529: Overloaded)" in ended.out
        status = json.loads(person.specloop("status", "--json", "--repo", person.repo).out)
        assert status["standing"] == "waiting"
        assert [i["attempts"] for i in status["items"]] == [0] * len(WORDS), "no try is used up"


def test_without_a_key_nothing_is_begun(person: Person) -> None:
    person.lay()
    ended = person.specloop("run", "-", "--repo", person.repo, "--gate", "true", stdin=SPEC)
    assert ended.code == 2
    assert "set ANTHROPIC_API_KEY or OPENAI_API_KEY" in ended.err
    assert not person.home.exists()


def test_the_doctor_says_what_is_here_and_tries_it_when_asked(person: Person) -> None:
    if reason := available():
        pytest.skip(reason)
    with serving(town) as server:
        person.has(server.url)
        key = {"MINE_API_KEY": CANARY}
        looked = person.specloop("doctor", "--repo", person.repo, extra=key)
        assert looked.code == 0, looked.out + looked.err
        assert "mine:large-5 (MINE_API_KEY is set)" in looked.out
        assert not server.asked
        tried = person.specloop("doctor", "--repo", person.repo, "--try", extra=key)
        assert "mine:large-5 answered in" in tried.out
        assert len(server.asked) == 1
    gone = person.specloop("doctor", "--repo", person.repo, "--try", extra=key)
    assert gone.code == 1
    assert "missing round trip" in gone.out
    assert CANARY not in looked.out + tried.out + gone.out


def test_the_doctor_names_what_is_missing(person: Person) -> None:
    person.lay()
    found = person.specloop("doctor", "--repo", person.repo)
    assert found.code == 1
    assert "missing repository     No gate is known" in found.out
    person.commits({".github/specloop.yml": "gates: {ok: 'true'}\n"})
    found = person.specloop("doctor", "--repo", person.repo)
    assert "missing agent          Nobody is there to think: set ANTHROPIC_API_KEY" in found.out
