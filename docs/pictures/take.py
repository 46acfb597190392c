"""Takes the README's pictures of the embedded GitHub's pages after real runs: `make picture`."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

from palette import reduced  # noqa: E402

from bot.wiring.embedded import embedded_github  # noqa: E402
from bot.wiring.places import World  # noqa: E402
from tests.hub.pages.browser import Browser, browsing, why_not  # noqa: E402

SCALE = 1.5
MARGIN = 10
_CHECK_MARK = "2705"
_FRAME = """
const wanted = [...document.querySelectorAll(arguments[0])]
  .filter(e => e.innerText.includes(arguments[1])).slice(0, 1);
const all = [...wanted, ...(arguments[2] ? document.querySelectorAll(arguments[2]) : [])];
if (!wanted.length) return null;
const boxes = all.map(e => e.getBoundingClientRect());
const least = side => Math.min(...boxes.map(b => b[side]));
const most = side => Math.max(...boxes.map(b => b[side]));
// The width is the first one's: a heading is as wide as the page.
const x = boxes[0].left + scrollX, y = least("top") + scrollY;
return {x, y, width: boxes[0].width, height: most("bottom") + scrollY - y};
"""


@dataclass(frozen=True, slots=True)
class Shot:
    """What one picture shows of a page."""

    name: str
    page: str
    selector: str
    """The element that it is of, the first one that holds `text`."""
    text: str = ""
    also: str = ""
    """A selector of what stands above or below and belongs to it."""
    width: int = 590
    """Width of the window in CSS pixels."""


OF_DEMO = (
    Shot("plan", "issues/1", "article", "Plan of iteration 1"),
    Shot("pull-request", "pull/7", "article", "Closes", "h1, h1 + .facts", 950),
    Shot("bill", "milestones/1", "#spend"),
)
OF_STUCK = (Shot("stuck", "issues/1", "article", "Stuck"),)


def main() -> None:
    """Run the demonstration and a spec that gets stuck, and take the pictures."""
    if why := why_not() or _no_emoji():
        raise SystemExit(why)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _specloop(home, "demo", expected=0)
        (demo,) = (home / "worlds").iterdir()
        checkout = home / "demo" / "doorsign"
        spec, playbook = HERE / "stuck.md", HERE / "stuck.yml"
        asked = ("run", str(spec), "--repo", str(checkout), "--agent", f"playbook:{playbook}")
        _specloop(home / "stuck", *asked, "--yes", expected=1)
        (stuck,) = (home / "stuck" / "worlds").iterdir()
        with browsing(home / "profile") as browser:
            _take(browser, World(demo), OF_DEMO)
            _take(browser, World(stuck), OF_STUCK)


def _no_emoji() -> str:
    found = subprocess.run(
        ["fc-list", f":charset={_CHECK_MARK}:color=true"], capture_output=True, check=False
    )
    return "" if found.stdout.strip() else "No font here has colour emoji: fonts-noto-color-emoji."


def _specloop(home: Path, *arguments: str, expected: int) -> None:
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("specloop")), *arguments],
        env=os.environ | {"SPECLOOP_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if ended.returncode != expected:
        raise SystemExit(f"specloop {arguments[0]} ended with {ended.returncode}.")


def _take(browser: Browser, world: World, shots: tuple[Shot, ...]) -> None:
    with embedded_github(world) as hub:
        browser.prefer("light")
        browser.open(f"{hub.url}/?token={hub.maintainer_token}")
        for shot in shots:
            browser.resize(shot.width)
            browser.open(f"{hub.url}/maintainer/doorsign/{shot.page}")
            frame = browser.run(_FRAME, shot.selector, shot.text, shot.also)
            if frame is None:
                raise SystemExit(f"{shot.page} shows nothing for the picture {shot.name}.")
            target = HERE / f"{shot.name}.png"
            target.write_bytes(reduced(_photograph(browser, frame)))
            print(f"{target}: {target.stat().st_size} bytes")


def _photograph(browser: Browser, frame: dict[str, float]) -> bytes:
    clip = {
        "x": frame["x"] - MARGIN,
        "y": frame["y"] - MARGIN,
        "width": frame["width"] + 2 * MARGIN,
        "height": frame["height"] + 2 * MARGIN,
        "scale": SCALE,
    }
    shot = browser.devtools("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    return base64.b64decode(shot["data"])


if __name__ == "__main__":
    main()
