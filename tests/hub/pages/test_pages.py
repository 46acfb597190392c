"""The pages over real HTTP: who gets in, what each shows, what comes with every answer."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from bot.hub import HubProcess
from tests.hub.conftest import set_up
from tests.hub.pages.reading import dangers, read
from tests.hub.pages.scene import Scene, tell
from tests.hub.stage import Stage


def page(client: httpx.Client, path: str, status: int = 200) -> str:
    """Return a page, insisting that it is sound and carries the policy."""
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert dangers(answer.text) == []
    return answer.text


def text(client: httpx.Client, path: str) -> str:
    return read(page(client, path)).text


def test_the_printed_address_lets_in_once_and_leaves_no_token_behind(
    hub: HubProcess, anybody: httpx.Client, scene: Scene
) -> None:
    token = hub.world.tokens["maintainer"]
    answer = anybody.get(scene.board, params={"token": token, "page": "1"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{hub.url}{scene.board}?page=1"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert token not in cookie
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "Doors that close" in text(anybody, scene.board)


def test_without_a_token_a_page_says_how_to_get_in(anybody: httpx.Client, scene: Scene) -> None:
    for path in ("/", scene.board, "/nobody/nothing"):
        html = page(anybody, path, status=401)
        assert "?token=" in html
        assert "Doors" not in html
    assert "no such token" in page(anybody, "/?token=wrong", status=401)


def test_the_cookie_opens_pages_and_not_the_api(reader: httpx.Client, scene: Scene) -> None:
    path = f"/repos{scene.home}"
    assert reader.get(path).status_code == 401
    assert reader.post(f"{path}/issues", json={"title": "x"}).status_code == 401
    assert reader.post(scene.board).status_code in (401, 404)


def test_a_forged_cookie_opens_nothing(hub: HubProcess, anybody: httpx.Client) -> None:
    port = hub.url.rpartition(":")[2]
    for value in ("", "0" * 64, hub.world.tokens["maintainer"], "é"):
        headers = {"Cookie": f"hub_pages_{port}={value}".encode()}
        assert anybody.get("/", headers=headers).status_code == 401


def test_the_way_back_never_leaves_the_hub(hub: HubProcess, anybody: httpx.Client) -> None:
    token = hub.world.tokens["maintainer"]
    answer = anybody.get(f"{hub.url}//evil.example/x?token={token}")
    assert answer.headers["location"].startswith(f"{hub.url}/")


def test_pages_answer_to_loopback_names_only(reader: httpx.Client) -> None:
    for path in ("/", "/_pages/style.css"):
        assert reader.get(path, headers={"Host": "evil.example"}).status_code == 403


def test_every_answer_carries_the_headers(reader: httpx.Client, scene: Scene) -> None:
    for path in ("/", scene.board, "/nothing/here", "/_pages/style.css", "/_pages/nothing"):
        headers = reader.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_clients_of_the_api_never_get_a_page(scene: Scene) -> None:
    owner = scene.stage.owner
    assert "current_user_url" in owner.get("/")
    assert owner.get(f"/repos{scene.home}")["name"] == scene.stage.name


def test_a_private_repository_is_not_there_for_others(
    hub: HubProcess, anybody: httpx.Client, tmp_path: Path
) -> None:
    stage = set_up(hub, tmp_path, private=True)
    stranger = stage.newcomer()
    anybody.get("/", params={"token": stranger.token})
    page(anybody, f"/{stage.owner.login}/{stage.name}", status=404)
    assert stage.name not in page(anybody, "/")
    anybody.cookies.clear()
    headers = {"Authorization": f"Bearer {stage.owner.token}"}
    assert anybody.get(f"/{stage.owner.login}/{stage.name}", headers=headers).status_code == 200
    stage.close()


def test_the_front_lists_repositories_and_their_milestones(
    reader: httpx.Client, scene: Scene
) -> None:
    shown = text(reader, "/")
    assert scene.home.strip("/") in shown
    assert "1 of 4 items done" in shown
    links = read(page(reader, "/")).having("a", "href")
    assert scene.board in links


def test_the_board_shows_what_there_is_to_know(reader: httpx.Client, scene: Scene) -> None:
    shown = text(reader, scene.board)
    for words in (
        "1 of 4 items done · 25 %",
        "Waiting for a person",
        f"/unblock #{scene.dates} your answer",
        "is it open or closed?",
        f"approve #{scene.pull}",
        f"waits for #{scene.night}",
        "In review",
        "not met yet",
        "25 Dec closed",
        "1.42 USD of 10.00 USD",
        "2 of 10",
        "priority high",
    ):
        assert words in shown
    positions = [shown.index(word) for word in ("In review 1", "Blocked 1", "Open 1", "Done 1")]
    assert positions == sorted(positions)


def test_the_history_tells_each_iteration(reader: httpx.Client, scene: Scene) -> None:
    shown = text(reader, f"{scene.board}/history")
    for words in (
        "Iteration 1 · continue",
        "decided by the Planner",
        "Did not stand",
        "names a gap, Dates",
        "Items created 4",
        "execute 1 min 36 s",
        "A person must approve it",
        "tests green",
        "code-reviewer",
        "Run the whole suite",
        "output counts to the character",
    ):
        assert words in shown
    bars = [a for tag, a in read(page(reader, f"{scene.board}/history")).elements if tag == "rect"]
    assert {"bar execute", "bar plan"} <= {bar["class"] for bar in bars}


def test_an_issue_shows_links_labels_and_rendered_comments(
    reader: httpx.Client, scene: Scene
) -> None:
    html = page(reader, f"{scene.home}/issues/{scene.root}")
    found = read(html)
    links = found.having("a", "href")
    for number in (scene.night, scene.table, scene.dates, scene.change):
        assert f"{scene.home}/issues/{number}" in links
    assert scene.board in links
    assert any(link.startswith(f"{scene.home}/commit/") for link in links)
    assert "nonce=" not in html
    assert "<s>Time zones</s>" in html
    assert "<summary>History</summary>" in html
    assert found.having("input", "type") == ["checkbox"] * 2
    assert "align-center" in html
    waiting = read(page(reader, f"{scene.home}/issues/{scene.change}"))
    assert "Waits for Let a night end" in waiting.text
    assert f"{scene.home}/issues/{scene.root}" in waiting.having("a", "href")


def test_a_pull_request_shows_commits_diff_gates_reviews(
    reader: httpx.Client, scene: Scene
) -> None:
    html = page(reader, f"{scene.home}/pull/{scene.pull}")
    shown = read(html).text
    for words in (
        "specloop/1/2/1 into main",
        "not every gate is green",
        "specloop/gates",
        "2 gates are green",
        "reviewed",
        "doorsign/model.py :20",
        "A word on DAY",
        "tests/test_nights.py added +9 \N{MINUS SIGN}0",
        f"Closes #{scene.night}",
    ):
        assert words in shown
    row = '<tr class="removed"><td class="n">17</td><td class="n"></td><td class="sign">'
    assert row in html


def test_numbers_lead_to_what_they_are(hub: HubProcess, reader: httpx.Client, scene: Scene) -> None:
    for path, goal in (
        (f"/issues/{scene.pull}", f"/pull/{scene.pull}"),
        (f"/pull/{scene.root}", f"/issues/{scene.root}"),
        ("/milestone/1", f"/milestones/{scene.root}"),
        ("/issues", ""),
        ("/pulls", ""),
        (f"/commit/{scene.stage.tip()[:9]}", f"/commit/{scene.stage.tip()}"),
    ):
        answer = reader.get(scene.home + path)
        assert answer.status_code == 303, path
        assert answer.headers["location"] == hub.url + scene.home + goal


def test_a_commit_shows_its_diff(reader: httpx.Client, scene: Scene) -> None:
    shown = text(reader, f"{scene.home}/commit/{scene.stage.tip()}")
    assert "Read the hours on a door" in shown
    assert "doorsign/model.py added" in shown


@pytest.mark.parametrize(
    "path",
    [
        "/issues/999", "/issues/0", "/issues/-1", "/issues/²", "/issues/1e3", "/pull/x",
        "/pull/99999999999999999999", "/milestones/999", "/milestones/../1", "/milestone/7",
        "/commit/--help", "/commit/HEAD", "/commit/main:README.md", "/commit/" + "0" * 40,
        "/milestones/1/history/x", "/tree/main", "/%00", "/issues/%2e%2e", "/pull/1%0d%0aX:1",
    ],
)  # fmt: skip
def test_what_is_not_there_gets_a_page_that_says_so(
    reader: httpx.Client, scene: Scene, path: str
) -> None:
    answer = reader.get(scene.home + path)
    if answer.status_code == 303:  # HEAD is a name that git knows
        assert path == "/commit/HEAD"
        return
    assert answer.status_code == 404
    assert "Not found" in answer.text
    assert dangers(answer.text) == []


def test_times_are_absolute_and_relative(reader: httpx.Client, scene: Scene) -> None:
    found = read(page(reader, scene.board))
    assert found.having("time", "datetime") == ["2026-03-01T12:03:21Z"]
    assert "2026-03-01 12:03 UTC" in found.text


def test_a_page_that_did_not_change_costs_no_body(reader: httpx.Client, scene: Scene) -> None:
    path = f"{scene.home}/commit/{scene.stage.tip()}"
    for _ in range(3):  # the minute may turn between the two
        tag = reader.get(path).headers["etag"]
        again = reader.get(path, headers={"If-None-Match": tag})
        if again.status_code == 304:
            break
    assert again.status_code == 304
    assert again.content == b""
    style = next(href for href in read(page(reader, "/")).having("link", "href") if "style" in href)
    assert "immutable" in reader.get(style).headers["cache-control"]


def test_headings_step_down_one_by_one(reader: httpx.Client, scene: Scene) -> None:
    for path in ("/", scene.board, f"{scene.board}/history", f"{scene.home}/pull/{scene.pull}"):
        tags = [tag for tag, _ in read(page(reader, path)).elements]
        levels = [int(tag[1]) for tag in tags if tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert levels[1:2] in ([], [2])


def test_a_milestone_without_a_story_is_told_by_its_issues(
    reader: httpx.Client, stage: Stage
) -> None:
    root = stage.issue("Quiet", labels=["spec"])
    first = stage.issue("First", labels=["priority:high", "specloop:feedback", "category:edge"])
    second = stage.issue("Second", labels=["priority:low", "specloop:decision"])
    for child in (first, second):
        stage.owner.post(f"{stage.path}/issues/1/sub_issues", {"sub_issue_id": child["id"]})
    blocked = f"{stage.path}/issues/{second['number']}/dependencies/blocked_by"
    stage.owner.post(blocked, {"issue_id": first["id"]})
    home = f"/{stage.owner.login}/{stage.name}"
    shown = text(reader, f"{home}/milestones/{root['number']}")
    for words in ("0 of 2 items done", "First #2 priority high", "waits for #2", "/decide 1"):
        assert words in shown
    assert "No iteration is recorded yet" in text(reader, f"{home}/milestones/1/history")
    page(reader, f"{home}/milestones/2", status=404)


STRANGE: dict[str, dict[str, object]] = {
    "nothing": {},
    "cut off": {"view.json": "{"},
    "deep": {"view.json": "[" * 100_000},
    "wrong roots": {"view.json": "null", "ledger.json": "7", "learnings.json": "[]"},
    "wrong kinds": {"view.json": {"items": {"a": 1}, "spent": [1], "verdict": "met", "history": 1}},
    "odd items": {
        "view.json": {"items": [None, 7, [], {}, {"number": "x", "waiting_for": [None]}]}
    },
    "huge number": {"view.json": {"items": [{"number": 10**400, "priority": ["high"]}]}},
    "no number": {"view.json": '{"progress": {"done": NaN, "total": Infinity, "percent": -1}}'},
    "beyond": {"view.json": {"progress": {"done": 9, "total": 2}, "spent": {"cost_usd": -1e999}}},
    "odd time": {"view.json": {"history": [{"iteration": 3, "seconds": {"a": "x", "c": 1e14}}]}},
    "odd date": {"iterations/0001/record.json": {"seconds": {"plan": 1}, "ended_at": "yesterday"}},
    "odd phases": {"iterations/0002/plan.json": {"plan": 1}, "iterations/0003/execute.json": 1},
    "odd verdict": {
        "iterations/0001/review.json": {"verdict": {"met": False, "criteria": [1, {}]}}
    },
    "unknown": {"view.json": {"standing": "<b>", "phase": [], "reason": 7, "new": {"x": 1}}},
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_stories_are_survived(reader: httpx.Client, stage: Stage, name: str) -> None:
    stage.issue("Strange", labels=["spec"])
    tell(stage, 1, STRANGE[name])
    home = f"/{stage.owner.login}/{stage.name}"
    for path in ("/", home, f"{home}/milestones/1", f"{home}/milestones/1/history"):
        page(reader, path)


def test_long_lists_come_in_bounded_pages(reader: httpx.Client, stage: Stage) -> None:
    stage.issue("Long")
    for number in range(103):
        stage.owner.post(f"{stage.path}/issues/1/comments", {"body": f"Comment {number:03}"})
    home = f"/{stage.owner.login}/{stage.name}/issues/1"
    last, first = text(reader, home), text(reader, f"{home}?page=1")
    assert "page 2 of 2" in last
    assert "Comment 102" in last
    assert "Comment 099" not in last
    assert "Comment 099" in first
    for odd in ("0", "-1", "x", "99", "²", "9" * 5000):
        page(reader, f"{home}?page={odd}")


def test_a_huge_diff_is_cut_with_a_word(reader: httpx.Client, stage: Stage) -> None:
    files = {f"many/{n:03}.txt": "x\n" for n in range(120)}
    files["long.txt"] = "".join(f"line {n}\n" for n in range(2000))
    files["wide.txt"] = "w" * 50_000 + "\n"
    number = stage.pull("big", files)["number"]
    html = page(reader, f"/{stage.owner.login}/{stage.name}/pull/{number}")
    assert "1\u202f500 more lines are not shown" in html
    assert "22 more files are not shown" in html
    assert len(html) < 1_000_000
