"""Run in the checkout in which the story ends: the pieces that were built apart work together."""

import json
from datetime import datetime

from doorsign import is_open, next_change, parse, render
from doorsign.render import FORMATS

bar = parse("Mon-Sun 18:00-02:00; 1 Jan closed")
assert is_open(bar, datetime(2025, 1, 1, 1, 59))
assert next_change(bar, datetime(2024, 12, 31, 20)) == datetime(2025, 1, 1, 2)
assert next_change(bar, datetime(2025, 1, 1, 2)) == datetime(2025, 1, 2, 18)
assert next_change(parse("29 Feb 09:00-10:00"), datetime(2025, 1, 1)) == datetime(2028, 2, 29, 9)
assert parse(render(bar)) == bar
assert not any("26:00" in render(bar, form) for form in FORMATS)
assert json.loads(render(bar, "json"))[0]["closes"] == "02:00"
assert render(bar, "table").endswith(" 1 Jan  closed")
