"""A milestone under way, as a bot leaves it: issues, pull requests, reviews, a state ref."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.hub.stage import Person, Stage

SPEC = """The Blue Parrot opens on Friday at six and closes at two in the morning.

    >>> parse("Fri 18:00-02:00")
    SignError: '18:00-02:00' ends before it begins

## What must be true

1. **Nights.** `Fri 18:00-02:00` is read.
2. **Table.** `render(hours, "table")` writes one row a day.
3. **Dates.** `25 Dec closed` beats its weekday.

## Out of scope

- ~~Time zones~~: a sign means the clock on its own wall.

<!-- specloop key=spec nonce=00ff -->
"""

QUESTION = (
    "A pub is open `Mon-Sun 18:00-02:00` and its sign says `1 Jan closed`. "
    "At 01:00 on 1 January, is it open or closed?"
)

COMMENT = """### Verdict of iteration 1: not met

Nights are read. #{table} is missing, seen at {sha}.

| criterion | met | evidence or gap |
|---|:-:|---|
| Nights | ✅ | `doorsign/parse.py:75` |
| Table | ❌ | nothing writes a table |

- [x] nights
- [ ] table, waits for #{night}

<details><summary>History</summary>

1. one
2. two

</details>

<sub>Judged at commit {sha} · gates green</sub>

<!-- specloop key=verdict/1 nonce=f98c5b80 -->
"""

PULL = """An opening that ends before it begins now ends on the next day: its span runs past
minute `24 * 60`, and `contains` asks yesterday's night too.

Closes #{night}

| gate | result |
|---|---|
| compile | ✅ green in 0.1 s |
| tests | ✅ green in 4.2 s |

<sub>Run by the bot on tree 9d0968c · round 2 of attempt 1</sub>

<!-- specloop key=pr/2.1 nonce=ccb348b5 -->
"""

MODEL = {
    "doorsign/model.py": '''"""The nouns: a Span of opening, and the Hours of a week."""

from dataclasses import dataclass

DAY = 24 * 60


@dataclass(frozen=True, order=True)
class Span:
    """Minutes of a day, from ``start`` up to ``end``."""

    start: int
    end: int


def clock(minute: int) -> str:
    """Return a minute of the day as a sign shows it; the day ends at `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def contains(span: Span, minute: int) -> bool:
    """Return whether a minute lies in a span."""
    return span.start <= minute < span.end
''',
    "README.md": "# doorsign\n\nReads the hours on a door.\n\n    >>> parse('Fri 08:00-18:00')\n",
}

NIGHT = {
    "doorsign/model.py": MODEL["doorsign/model.py"]
    .replace("the day ends at `24:00`", "a night goes on past `24:00`")
    .replace(
        '    return f"{minute // 60',
        '    minute = minute if minute <= DAY else minute - DAY\n    return f"{minute // 60',
    )
    .replace(
        "    return span.start <= minute < span.end\n",
        "    return span.start <= minute < span.end or reaches(span, minute)\n\n\n"
        "def reaches(span: Span, minute: int) -> bool:\n"
        '    """Return whether yesterday\'s night still lasts at a minute of today."""\n'
        "    return span.end > DAY and minute < span.end - DAY\n",
    ),
    "tests/test_nights.py": '"""A night ends on the next day."""\n\n'
    "from doorsign.model import Span, contains\n\n\n"
    "def test_a_night_reaches_into_the_morning() -> None:\n"
    "    night = Span(18 * 60, 26 * 60)\n    assert contains(night, 60)\n"
    "    assert not contains(night, 120)\n",
}


@dataclass
class Scene:
    """What was made, by number."""

    stage: Stage
    root: int
    night: int
    table: int
    dates: int
    change: int
    pull: int

    @property
    def home(self) -> str:
        return f"/{self.stage.owner.login}/{self.stage.name}"

    @property
    def board(self) -> str:
        return f"{self.home}/milestones/{self.root}"


def play(stage: Stage) -> Scene:
    """Make the milestone."""
    owner, bot, path = stage.owner, stage.bot, stage.path
    checkout = stage.clone()
    checkout.commit(MODEL, "Read the hours on a door")
    checkout.git("push", "-q", "origin", "HEAD:main")
    base = stage.tip()
    owner.post(f"{path}/milestones", {"title": "Doors that close after midnight"})
    _labels(owner, path)
    root = stage.issue("Doors that close after midnight", body=SPEC, labels=["spec"], milestone=1)
    items = {
        name: bot.post(
            f"{path}/issues",
            {
                "title": title,
                "body": f"Part of #{root['number']}.\n\n### Done when\n\n- `{name}` works",
                "labels": [f"specloop:{kind}", f"priority:{priority}", *more],
                "milestone": 1,
            },
        )
        for name, title, kind, priority, more in (
            ("night", "Let a night end on the next day", "work", "high", []),
            ("table", "Render the hours as a table", "work", "medium", []),
            ("dates", "Let a date replace its weekday", "work", "medium", ["specloop:blocked"]),
            ("change", "Say when the door next opens or closes", "work", "high", []),
        )
    }
    for item in items.values():
        owner.post(f"{path}/issues/{root['number']}/sub_issues", {"sub_issue_id": item["id"]})
    owner.post(
        f"{path}/issues/{items['change']['number']}/dependencies/blocked_by",
        {"issue_id": items["night"]["id"]},
    )
    night, table = items["night"]["number"], items["table"]["number"]
    stage.branch("specloop/1/2/1", NIGHT, "Let a night end on the next day\n\nItem 2, attempt 1.")
    pull = bot.post(
        f"{path}/pulls",
        {
            "title": "Let a night end on the next day",
            "head": "specloop/1/2/1",
            "base": "main",
            "body": PULL.format(night=night),
        },
    )
    status = {"state": "success", "context": "specloop/gates", "description": "2 gates are green"}
    bot.post(f"{path}/statuses/{pull['head']['sha']}", status)
    lint = {"state": "pending", "context": "specloop/review", "description": "waits for a person"}
    bot.post(f"{path}/statuses/{pull['head']['sha']}", lint)
    line = {"path": "doorsign/model.py", "line": 20, "body": "A word on `DAY` would help here."}
    review = {"event": "COMMENT", "body": "Reads well. One question below.", "comments": [line]}
    owner.post(f"{path}/pulls/{pull['number']}/reviews", review)
    words = COMMENT.format(table=table, night=night, sha=base)
    said = bot.post(f"{path}/issues/{root['number']}/comments", {"body": words})
    owner.post(f"{path}/issues/comments/{said['id']}/reactions", {"content": "eyes"})
    owner.patch(f"{path}/issues/{table}", {"state": "closed", "state_reason": "completed"})
    numbers = {name: item["number"] for name, item in items.items()}
    scene = Scene(stage, root["number"], **numbers, pull=pull["number"])
    tell(stage, scene.root, story(scene, base))
    stage.settle()
    return scene


def _labels(owner: Person, path: str) -> None:
    for name, color in (
        ("specloop:work", "1d76db"),
        ("specloop:blocked", "b60205"),
        ("priority:high", "b60205"),
        ("priority:medium", "fbca04"),
    ):
        owner.post(f"{path}/labels", {"name": name, "color": color})


def tell(stage: Stage, root: int, files: dict[str, Any]) -> None:
    """Push a state ref the way a bot does: a commit of JSON files."""
    checkout = stage.clone(stage.bot)
    checkout.git("checkout", "-q", "--orphan", "state")
    checkout.git("rm", "-rqf", ".")
    texts = {
        name: content if isinstance(content, str) else json.dumps(content, indent=2)
        for name, content in files.items()
    }
    checkout.commit(texts, "state")
    checkout.git("push", "-qf", "origin", f"HEAD:refs/specloop/{root}")


def story(scene: Scene, base: str) -> dict[str, Any]:
    """Return the files of a milestone that waits for a person after one iteration."""
    reason = (
        f"Waiting for a person: review #{scene.pull}; unblock #{scene.dates} "
        f"with `/unblock #{scene.dates} what to do`."
    )
    seconds = {"observe": 0.4, "plan": 11.2, "execute": 96.5, "integrate": 14.1, "review": 31.0}
    line = {
        "by": "planner",
        "decision": "CONTINUE",
        "reason": "Three pieces can be built side by side. The next change waits for nights.",
        "refusals": ["DONE did not stand: the verdict names a gap, *Dates*."],
        "merged": [],
        "seconds": seconds,
        "standing": "running",
        "verdict_met": False,
        "ended_at": "2026-03-01T12:03:20+00:00",
    }
    attempt = {
        "assignment": {"items": [scene.night], "attempt": 1, "errand": "start"},
        "outcome": "ready",
        "rounds": 2,
        "summary": "A night now ends on the next day; `08:00-08:00` stays refused.",
        "gates": {
            "results": [
                {"gate": "compile", "passed": True, "seconds": 0.1},
                {"gate": "tests", "passed": True, "seconds": 4.2},
            ]
        },
    }
    criteria = [
        {
            "criterion": "Nights",
            "met": True,
            "evidence": [{"path": "doorsign/model.py", "line": 20}],
        },
        {"criterion": "Table", "met": True, "evidence": [{"path": "doorsign/render.py"}]},
        {"criterion": "Dates", "met": False, "gap": "`25 Dec closed` is refused.", "evidence": []},
    ]
    verdict = {
        "met": False,
        "commit": base,
        "rationale": "Nights and the table hold; dates do not.",
    }
    first = {
        "record": {
            **line,
            "number": 1,
            "items_created": 4,
            "started_at": "2026-03-01T12:00:40Z",
            "usage": {"cost_usd": 1.42, "input_tokens": 182_300, "output_tokens": 21_050},
        },
        "plan": {
            "plan": {
                "items": [
                    {"title": "Let a night end on the next day", "priority": "high"},
                    {"title": "Render the hours as a table", "priority": "medium"},
                ]
            }
        },
        "execute": {"reports": [attempt]},
        "integrate": {
            "reports": [
                {
                    "pull_request": scene.pull,
                    "outcome": "waiting",
                    "note": "A person must approve it.",
                }
            ]
        },
        "review": {
            "verdict": {**verdict, "criteria": criteria},
            "feedback": [
                {
                    "feedback": {
                        "title": "`DAY` has no word of explanation",
                        "priority": "low",
                        "category": "maintainability",
                    },
                    "specialist": "code-reviewer",
                    "repeats": "",
                }
            ],
        },
    }
    return {
        "view.json": {
            "root": scene.root,
            "title": "Doors that close after midnight",
            "standing": "waiting",
            "reason": reason,
            "iteration": 2,
            "phase": "plan",
            "progress": {"done": 1, "total": 4, "percent": 25},
            "items": [
                _item(scene.night, "in review", "high", pull_request=scene.pull),
                _item(scene.dates, "blocked", "medium", question=QUESTION, attempts=2),
                _item(scene.change, "open", "high", waiting_for=[scene.night]),
                _item(scene.table, "done", "medium", attempts=1),
            ],
            "verdict": {**verdict, "gaps": ["Dates: `25 Dec closed` is refused."]},
            "spent": {
                "requests": 61,
                "input_tokens": 182_300,
                "output_tokens": 21_050,
                "cost_usd": 1.42,
                "seconds": 640.5,
            },
            "limits": {"iterations": 10, "cost_usd": 10.0},
            "history": [{**line, "iteration": 1, "created": 4, "cost_usd": 1.42}],
        },
        "ledger.json": {"verdict": {**verdict, "criteria": criteria}},
        "learnings.json": {
            "curated": ["Run the whole suite before you answer: it takes less than a second."],
            "inbox": ["README examples are tests: output counts to the character."],
        },
        "state.json": {"root": scene.root, "updated_at": "2026-03-01T12:03:21.5+00:00"},
        **{f"iterations/0001/{phase}.json": content for phase, content in first.items()},
    }


def _item(number: int, status: str, priority: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "status": status, "priority": priority, "kind": "work", **more}
