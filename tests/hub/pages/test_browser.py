"""The main paths in a real browser: the way in, reading, keyboard, narrow screens, staying live."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.hub import HubProcess
from tests.hub.pages.browser import Browser, browsing, why_not
from tests.hub.pages.scene import Scene, story, tell
from tests.hub.stage import Stage, eventually

pytestmark = [
    pytest.mark.skipif(bool(why_not()), reason=f"needs a browser: {why_not()}"),
    pytest.mark.timeout(300),
]
TAB, ENTER = "\ue004", "\ue007"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(window: Browser, hub: HubProcess) -> Browser:
    """Return the window, let in, wide and light, with an empty console."""
    window.resize(1280)
    window.prefer("light")
    window.open(f"{hub.url}/?token={hub.world.tokens['maintainer']}")
    window.complaints()
    return window


def paths(scene: Scene) -> list[str]:
    home = scene.home
    return [
        "/",
        home,
        scene.board,
        f"{scene.board}/history",
        f"{home}/issues/{scene.root}",
        f"{home}/pull/{scene.pull}",
        f"{home}/commit/{scene.stage.tip()}",
    ]


def test_the_address_lets_in_and_the_token_leaves_it(browser: Browser, hub: HubProcess) -> None:
    assert browser.url == f"{hub.url}/"
    assert "Repositories" in browser.text()
    assert browser.run("return document.cookie") == ""


def test_from_the_front_to_the_diff_by_clicking(
    browser: Browser, hub: HubProcess, scene: Scene
) -> None:
    browser.open(hub.url)
    browser.click(f'a[href="{scene.board}"]')
    assert "Waiting for a person" in browser.text()
    browser.click(f'a[href="{scene.home}/pull/{scene.pull}"]')
    assert "2 gates are green" in browser.text()
    assert "reaches into" not in browser.text("#commits")
    assert "def reaches" in browser.text("#files")
    browser.click(".crumbs li:nth-child(2) a")
    assert browser.url.endswith(scene.home)


def test_no_page_breaks_its_own_policy(browser: Browser, hub: HubProcess, scene: Scene) -> None:
    for path in paths(scene):
        browser.open(hub.url + path)
    assert browser.complaints() == []


def test_nothing_sticks_out_on_narrow_screens(
    browser: Browser, hub: HubProcess, scene: Scene
) -> None:
    for width in (360, 375, 768, 1280):
        browser.resize(width)
        for path in paths(scene):
            browser.open(hub.url + path)
            over = browser.run("return document.documentElement.scrollWidth - window.innerWidth")
            assert over <= 0, f"{path} at {width}"
            assert browser.run(CUT) == [], f"{path} at {width}"


def test_hostile_words_neither_act_nor_stick_out(
    browser: Browser, hub: HubProcess, stage: Stage
) -> None:
    from tests.hub.pages.test_hostile import HOSTILE

    stage.owner.post(
        f"{stage.path}/issues", {"title": HOSTILE[5] + "w" * 200, "body": "\n\n".join(HOSTILE)}
    )
    browser.resize(360)
    browser.open(f"{hub.url}/{stage.owner.login}/{stage.name}/issues/1")
    assert browser.complaints() == []
    assert browser.run("return document.querySelectorAll('main, article').length") == 2
    assert browser.run("return document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_the_keyboard_reaches_the_content_and_shows_where_it_is(
    browser: Browser, hub: HubProcess, scene: Scene
) -> None:
    browser.open(hub.url + scene.board)
    browser.press(TAB)
    assert browser.run("return document.activeElement.className") == "skip"
    assert browser.run("return document.activeElement.getBoundingClientRect().left") >= 0
    browser.press(ENTER)
    assert browser.run("return document.activeElement.id") == "main"
    browser.press(TAB)
    width = "return parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
    assert browser.run("return document.activeElement.tagName") == "A"
    assert browser.run(width) >= 2


@pytest.mark.parametrize(
    ("scheme", "media"), [("light", "screen"), ("dark", "screen"), ("dark", "print")]
)
def test_words_stand_out_from_their_ground(
    browser: Browser, hub: HubProcess, scene: Scene, scheme: str, media: str
) -> None:
    browser.prefer(scheme, media)
    for path in paths(scene):
        browser.open(hub.url + path)
        assert browser.run(FAINT) == [], path


def test_an_open_page_follows_what_happens(browser: Browser, hub: HubProcess, stage: Stage) -> None:
    stage.issue("A title", body="<details>\n<summary>Fold</summary>\n\nInside\n\n</details>")
    browser.open(f"{hub.url}/{stage.owner.login}/{stage.name}/issues/1")
    browser.click("summary")
    browser.run("window.untouched = true")
    stage.owner.post(f"{stage.path}/issues/1/comments", {"body": "Something new"})
    eventually_shown(browser, "Something new")
    stage.owner.patch(f"{stage.path}/issues/1", {"title": "Another title"})
    eventually_shown(browser, "Another title")
    assert browser.title.startswith("Another title")
    assert browser.run("return window.untouched") is True  # it was not loaded anew
    assert browser.run("return document.querySelector('details').open") is True
    assert browser.text("#live") == "live"
    assert browser.complaints() == []


def test_a_board_follows_the_state_ref(browser: Browser, hub: HubProcess, scene: Scene) -> None:
    browser.open(hub.url + scene.board)
    files = story(scene, scene.stage.tip())
    files["view.json"]["progress"] = {"done": 3, "total": 4, "percent": 75}
    tell(scene.stage, scene.root, files)
    eventually_shown(browser, "3 of 4 items done")
    tell(scene.stage, scene.root, story(scene, scene.stage.tip()))
    eventually_shown(browser, "1 of 4 items done")


def test_without_scripts_everything_is_still_there(
    browser: Browser, hub: HubProcess, scene: Scene
) -> None:
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(hub.url + scene.board)
        html = browser.call("GET", "/source")
    finally:
        browser.devtools("Emulation.setScriptExecutionDisabled", value=False)
    assert "Waiting for a person" in html
    assert 'id="live" hidden' in html


def eventually_shown(browser: Browser, words: str) -> None:
    def look() -> str:
        browser.call("POST", "/execute/async", {"script": PAUSE, "args": []})
        return browser.text()

    eventually(look, lambda shown: words in shown)


CUT = """
return [...document.querySelectorAll(".pill, .priority, .label, .nr")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow === "hidden")
  .map((e) => e.textContent);
"""
"""Which small words are cut off."""
PAUSE = "setTimeout(arguments[arguments.length - 1], 200)"
FAINT = """
const parse = (c) => c.match(/[\\d.]+/g).map(Number);
const over = (top, under) => {
  const a = top.length > 3 ? top[3] : 1;
  return [0, 1, 2].map((i) => top[i] * a + under[i] * (1 - a));
};
const ground = (e) => {
  const layers = [];
  for (; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
};
const light = (c) => {
  const [r, g, b] = c.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const faint = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || e.closest("svg, meter, progress, script")) continue;
  const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) faint.add(`${ratio.toFixed(2)} ${e.className} ${e.textContent.slice(0, 40)}`);
}
return [...faint];
"""
"""Which words have less contrast than 4.5 to 1."""
