"""Answers from a terminal: `python3 -m doorsign "Mon-Fri 09:00-17:00"`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime

from doorsign import SignError, is_open, parse, render
from doorsign.render import FORMATS


def main(arguments: Sequence[str] | None = None) -> int:
    """Print whether the door is open (0) or closed (1); 2 means a sign nobody can read."""
    parser = argparse.ArgumentParser(prog="doorsign", description=__doc__)
    parser.add_argument("sign", help='say "Mon-Fri 09:00-17:00; Sat 10:00-13:00"')
    parser.add_argument("--at", type=datetime.fromisoformat, help="the moment; now by default")
    parser.add_argument("--as", dest="form", choices=FORMATS, help="write the hours instead")
    options = parser.parse_args(arguments)
    try:
        hours = parse(options.sign)
    except SignError as error:
        print(f"doorsign: {error}", file=sys.stderr)
        return 2
    if options.form:
        print(render(hours, options.form))
        return 0
    opened = is_open(hours, options.at or datetime.now())
    print("open" if opened else "closed")
    return 0 if opened else 1


if __name__ == "__main__":
    sys.exit(main())
