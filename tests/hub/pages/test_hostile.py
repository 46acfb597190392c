"""Hostile words in every place that somebody else may write: nothing acts, nothing breaks."""

from __future__ import annotations

import httpx
import pytest

from tests.hub.pages.reading import dangers, read
from tests.hub.pages.scene import tell
from tests.hub.stage import Stage

RTL = "\u202e"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</bdi></main></body><h1>owned</h1>",
    "<!-- <b> --!><script>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt&colon;alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](//evil.example)",
    "[click](vbscript:x) <javascript:alert(1)> <file:///etc/passwd>",
    "![pixel](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "[a]: javascript:alert(1)\n\n[a]",
    "<details open ontoggle=alert(1)><summary>x</summary>y</details>",
    "<details>\n<summary onclick=a()>x</summary>\n</details>",
    "<details><summary>never closed</summary>\n\nx",
    "</details></article></div></main>",
    "<details>\n\n```\n</details>\n```\n\n</details>\n</div>",
    "> <details>\n> <summary>in a quote</summary>\n\n</details>",
    "<sub><sup>crossed</sub></sup>",
    "<b><i>crossed</b></i> <b>open",
    "<iframe src=https://evil.example></iframe>",
    "<style>*{display:none}</style><meta http-equiv=refresh content=0>",
    "<form action=https://evil.example><input name=token></form>",
    "<a href='javascript:alert(1)' style='position:fixed;inset:0'>x</a>",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "| a | b |\n|---|---|\n| <script> | ` | ` </td></table> |",
    "- [x] <script>alert(1)</script>",
    "{{ 7*7 }} {% raw %} ${7*7} <%= 7*7 %>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62; &#x3c;img&#x3e;",
    f"user {RTL}gnp.exe\u2066 \u2069\u200f",
    "null \ufeff\u2028\u2029 separators",
    "e" + "\u0301" * 500 + " stacked",
    "w" * 250,
    "#1 #999999999999 @everyone #<script> 0000000 deadbeef1 " + "a" * 40,
    "https://evil.example/\"onmouseover=\"alert(1) http://a'b<c>",
    "\U0001f469\u200d\U0001f680 \U0001f3f4\U000e0067 日本語 العربية",
)  # fmt: skip
BRANCHES = (
    'x"onload=alert(1)',
    "<script>alert(1)</script>",
    "'-alert(1)-'",
    f"a{RTL}b",
    "&lt;b&gt;",
    "{{7+7}}",
    "日本語/" + "b" * 120,
)
FILES = {
    "<script>alert(1)</script>.txt": "</td></table><script>alert(1)</script>\n\"'><img src=x>\n",
    'a"onload="x.txt': f"{RTL}reversed\u2069\n\x1b[31mred\x07",
    "binary<b>": "\x00<script>",
    "new\nline.txt": "-- \n++ \n@@ -1,1 +1,1 @@ not a hunk\ndiff --git a/x b/x\n",
    "tab\t&amp;.txt": "\ufeffmark\r\nends\r\n",
    "ünï/<b>/" + "n" * 200: "w" * 5000 + "\n",
}


def look(client: httpx.Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.text[:2000]}"
    assert dangers(answer.text) == []
    for trick in (RTL, "\u2066", "\x1b", "\u2028"):
        assert trick not in answer.text
    assert "<h1>owned" not in answer.text
    return answer.text


@pytest.fixture
def home(stage: Stage) -> str:
    return f"/{stage.owner.login}/{stage.name}"


def test_titles_bodies_comments_and_labels(stage: Stage, reader: httpx.Client, home: str) -> None:
    stage.owner.patch(stage.path, {"description": HOSTILE[2]})
    numbers = []
    for words in HOSTILE:
        wish = {"title": words[:200], "body": words, "labels": ["spec"]}
        issue = stage.owner.post(f"{stage.path}/issues", wish)
        numbers.append(issue["number"])
        stage.owner.post(f"{stage.path}/issues/{issue['number']}/comments", {"body": words})
    for words in HOSTILE[:6]:
        wish = {"name": words[:50], "color": "ff0000", "description": words[:100]}
        stage.owner.post(f"{stage.path}/labels", wish)
        stage.owner.post(f"{stage.path}/issues/1/labels", {"labels": [words[:50]]})
    everything = "\n\n".join(HOSTILE)
    stage.owner.post(f"{stage.path}/issues/1/comments", {"body": everything})
    for path in ("/", home, *(f"{home}/issues/{number}" for number in numbers)):
        look(reader, path)
    assert "alert(1)" in read(look(reader, f"{home}/issues/1")).text
    look(reader, f"{home}/milestones/1")


def test_branches_files_and_diffs(stage: Stage, reader: httpx.Client, home: str) -> None:
    for branch in BRANCHES:
        stage.branch(branch, FILES, message=f"{HOSTILE[0]}\n\n{HOSTILE[5]}\n{RTL}")
        wish = {"title": branch, "head": branch, "base": "main", "body": f"Closes #1 {HOSTILE[4]}"}
        pull = stage.bot.post(f"{stage.path}/pulls", wish)
        sha = pull["head"]["sha"]
        status = {
            "state": "failure",
            "context": HOSTILE[1],
            "description": HOSTILE[3],
            "target_url": "javascript:alert(1)",
        }
        stage.bot.post(f"{stage.path}/statuses/{sha}", status)
        line = {"path": next(iter(FILES)), "line": 1, "body": HOSTILE[0]}
        review = {"event": "REQUEST_CHANGES", "body": HOSTILE[7], "comments": [line]}
        stage.owner.post(f"{stage.path}/pulls/{pull['number']}/reviews", review)
        html = look(reader, f"{home}/pull/{pull['number']}")
        assert "⟨U+202E⟩" in html
        look(reader, f"{home}/commit/{sha}")


@pytest.mark.parametrize("part", range(4))
def test_everything_a_bot_writes_down(
    stage: Stage, reader: httpx.Client, home: str, part: int
) -> None:
    stage.issue(HOSTILE[part], labels=["spec"])
    tell(stage, 1, _story(HOSTILE[part::4]))
    for path in (home, f"{home}/milestones/1", f"{home}/milestones/1/history"):
        look(reader, path)


def _story(several: tuple[str, ...]) -> dict[str, object]:
    """Return files with hostile words in every place, the first where one is told."""
    first = several[0]
    lines, files = [], {}
    for number, words in enumerate(several, 1):
        line = {
            "iteration": number, "number": number, "decision": words, "by": words, "reason": words,
            "refusals": [words], "merged": [1, 79], "standing": words, "seconds": {words: 1.0},
            "ended_at": words, "started_at": words, "verdict_met": False,
        }  # fmt: skip
        lines.append(line)
        for phase, content in _phases(words, line).items():
            files[f"iterations/{number:04}/{phase}.json"] = content
    items = [
        {
            "number": 70 + place, "title": words, "status": words, "priority": words, "kind": words,
            "category": words, "question": words, "waiting_for": [1, 77], "pull_request": 78,
        }
        for place, words in enumerate(several)
    ]  # fmt: skip
    verdict = {"met": False, "commit": first, "rationale": first, "gaps": list(several)}
    view = {
        "standing": first, "reason": first, "phase": first, "iteration": 1, "items": items,
        "verdict": verdict, "spent": {"cost_usd": 1}, "history": lines,
    }  # fmt: skip
    return {
        **files,
        "view.json": view,
        "ledger.json": {"verdict": {**verdict, "criteria": [_criterion(w) for w in several]}},
        "learnings.json": {"curated": list(several), "inbox": list(several)},
    }


def _criterion(words: str) -> dict[str, object]:
    evidence = [{"path": words, "line": 1}]
    return {"criterion": words, "met": False, "gap": words, "evidence": evidence}


def _phases(words: str, line: dict[str, object]) -> dict[str, object]:
    feedback = {"title": words, "priority": words, "category": words}
    report = {
        "assignment": {"items": [1, 80], "errand": words, "attempt": 1}, "outcome": words,
        "rounds": 1, "summary": words, "question": words,
        "gates": {"results": [{"gate": words, "passed": False}]},
    }  # fmt: skip
    return {
        "record": line,
        "plan": {"plan": {"items": [{"title": words, "priority": words}]}},
        "execute": {"reports": [report]},
        "integrate": {"reports": [{"pull_request": 81, "outcome": words, "note": words}]},
        "review": {
            "verdict": {"met": False, "rationale": words, "criteria": [_criterion(words)]},
            "feedback": [{"feedback": feedback, "specialist": words, "repeats": words}],
        },
    }
