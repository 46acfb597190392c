"""Draws docs/pictures/demo.svg from what `specloop demo` really prints: `make picture`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 132
FIRST, LAST = 56, 17
"""Lines shown of the beginning and of the end; the middle is more of the same."""
_FONTS = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
_TOKEN = re.compile(r"token=[\w.-]+")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def main() -> None:
    """Run the demonstration in a world of its own and save its output as a picture."""
    with tempfile.TemporaryDirectory() as home:
        printed = subprocess.run(
            [str(Path(sys.executable).with_name("specloop")), "demo"],
            env=os.environ | {"SPECLOOP_HOME": home, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout.replace(home, "~/.local/state/specloop")
        printed = _TOKEN.sub("token=...", printed)
    lines = printed.splitlines()
    rest = len(lines) - FIRST - LAST
    shown = [*lines[:FIRST], f"           ... {rest} more lines ...", *lines[-LAST:]]
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        for line in shown:
            console.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis")
    target = Path(__file__).with_name("demo.svg")
    picture = console.export_svg(title="make demo")
    # The fonts are another site's: a picture in a repository fetches nothing.
    target.write_text(_COMMENT.sub("", _FONTS.sub("", picture)))
    print(f"{target}: {len(shown)} lines")


if __name__ == "__main__":
    main()
