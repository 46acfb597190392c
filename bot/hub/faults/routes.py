"""The control addresses: ``/_hub/faults`` and ``/_hub/clock``, for the maintainer's token."""

import math
from typing import Any

from bot.hub.clock import NANOSECONDS, iso
from bot.hub.errors import FieldError, Forbidden, Invalid
from bot.hub.faults.reading import read_rules
from bot.hub.rest.call import Answer, Call, Route

_LONGEST_STEP = 366 * 24 * 3600
_LATEST = 4_102_444_800 * NANOSECONDS
"""The year 2100: the hub's instants end not much later."""


def show(call: Call) -> Answer:
    """Return the rules with their counts, and what fired lately."""
    _require_maintainer(call)
    return Answer(call.hub.faults.as_json())


def put(call: Call) -> Answer:
    """Set the rules in place of all others. Raises Invalid, and then nothing has changed."""
    _require_maintainer(call)
    call.hub.faults.put(read_rules(call.body))
    return Answer(call.hub.faults.as_json())


def clear(call: Call) -> Answer:
    """Switch everything off."""
    _require_maintainer(call)
    call.hub.faults.put(())
    return Answer(status=204)


def show_clock(call: Call) -> Answer:
    """Return the hub's present."""
    _require_maintainer(call)
    return Answer(_clock(call))


def advance(call: Call) -> Answer:
    """Move the hub's clock ``advance`` seconds ahead; it never goes back."""
    _require_maintainer(call)
    step = int(_seconds(call.fields().get("advance")) * NANOSECONDS)
    clock = call.hub.database.clock
    if clock.read() + step > _LATEST:
        words = "advance: the hub's clock goes no further than the year 2100"
        raise Invalid(FieldError("Clock", "advance", "invalid", words))
    clock.advance(step)
    return Answer(_clock(call))


def _seconds(value: Any) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and math.isfinite(value) and 0 <= value <= _LONGEST_STEP:
        return float(value)
    words = f"advance: seconds from 0 to {_LONGEST_STEP}"
    raise Invalid(FieldError("Clock", "advance", "invalid", words))


def _clock(call: Call) -> dict[str, str | float]:
    clock = call.hub.database.clock
    return {"now": iso(clock.read()), "ahead": clock.ahead / NANOSECONDS}


def _require_maintainer(call: Call) -> None:
    first = call.view.connection.execute("SELECT min(id) FROM accounts").fetchone()[0]
    if first != call.actor.id:
        raise Forbidden("Only the first account of a world may do this.")


ROUTES = (
    Route("GET", "/_hub/faults", show),
    Route("PUT", "/_hub/faults", put),
    Route("DELETE", "/_hub/faults", clear),
    Route("GET", "/_hub/clock", show_clock),
    Route("POST", "/_hub/clock", advance),
)
