"""Passes and what was used under them, in memory and in a file that outlives the broker."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.broker.prices import Tokens
from bot.domain.usage import NOTHING_USED, Usage


class OverCap(Exception):
    """A request may cost more than is left; the text is a sentence for the agent."""


@dataclass
class Admitted:
    """One invocation under way."""

    invocation: str
    digest: bytes
    """Of the token, which is not kept."""
    cap_usd: float
    used: Usage = NOTHING_USED
    reserved: dict[int, float] = field(default_factory=dict)
    """USD by request that is not answered yet."""


class Passes:
    """All passes of one broker; safe to use from several threads."""

    def __init__(self, ledger: Path) -> None:
        """What an earlier broker left unsettled in the ledger counts for the same invocations."""
        self._lock = threading.Lock()
        self._passes: list[Admitted] = []
        self._unsettled = unsettled(ledger)
        self._number = 0
        draft = ledger.with_suffix(".new")
        with draft.open("w") as file:
            for invocation, usage in self._unsettled.items():
                file.write(_line(invocation, "answered", usage, 0))
        draft.replace(ledger)
        self._file = ledger.open("a")

    def admit(self, invocation: str, cap_usd: float) -> str:
        """Return a new token."""
        token = f"specloop-{secrets.token_urlsafe(32)}"
        with self._lock:
            before = self._unsettled.get(invocation, NOTHING_USED)
            self._passes.append(Admitted(invocation, _digest(token), cap_usd, before))
        return token

    def find(self, token: str) -> Admitted | None:
        """Return what a token admits to; every pass is compared, in the same time."""
        digest, found = _digest(token), None
        with self._lock:
            for admitted in self._passes:
                if hmac.compare_digest(admitted.digest, digest):
                    found = admitted
        return found

    def reserve(self, admitted: Admitted, least: float, most: float) -> tuple[int, float]:
        """Set aside what a request may cost, and return its number and how much that is.

        Between `least` and `most` USD, it is half of what is left: agents ask side by side, and
        name bounds far above what they use. Raises OverCap when not even `least` is left.
        """
        with self._lock:
            gone = admitted.used.cost_usd + sum(admitted.reserved.values())
            left = admitted.cap_usd - gone
            if least > left:
                raise OverCap(
                    f"The budget of this conversation, {admitted.cap_usd:.2f} USD, is used up: "
                    f"{gone:.2f} USD are spent or under way, and this request may cost "
                    f"{least:.2f} USD. Finish with what there is."
                )
            usd = min(most, max(least, left / 2))
            self._number += 1
            admitted.reserved[self._number] = usd
            held_usage = replace(NOTHING_USED, requests=1, cost_usd=usd)
            self._write(admitted.invocation, "sent", held_usage, self._number)
            return self._number, usd

    def answered(self, admitted: Admitted, number: int, tokens: Tokens, usd: float) -> None:
        """Replace what was set aside for a request by what it used."""
        usage = Usage(
            requests=1,
            input_tokens=tokens.all_input,
            output_tokens=tokens.output,
            cost_usd=usd,
            cached_tokens=tokens.cache_read,
        )
        with self._lock:
            if admitted not in self._passes:
                return  # settled meanwhile, with what was set aside
            admitted.reserved.pop(number, None)
            admitted.used = admitted.used.plus(usage)
            self._write(admitted.invocation, "answered", usage, number)

    def settle(self, token: str) -> Usage | None:
        """End a pass and return what was used; None for an unknown one.

        What is still under way counts as it was set aside: nobody will ask for it later.
        """
        admitted = self.find(token)
        if admitted is None:
            return None
        with self._lock:
            self._passes.remove(admitted)
            self._unsettled.pop(admitted.invocation, None)
            self._write(admitted.invocation, "settled", NOTHING_USED, 0)
            held = Usage(requests=len(admitted.reserved), cost_usd=sum(admitted.reserved.values()))
            return admitted.used.plus(held)

    def _write(self, invocation: str, what: str, usage: Usage, number: int) -> None:
        self._file.write(_line(invocation, what, usage, number))
        self._file.flush()


def unsettled(ledger: Path) -> dict[str, Usage]:
    """Return what a ledger tells of invocations that were never settled.

    A request without an answer counts as it was set aside. A line cut short by a kill counts not.
    """
    found: dict[str, Usage] = {}
    sent: dict[tuple[str, int], Usage] = {}
    try:
        lines = ledger.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    for line in lines:
        try:
            raw = json.loads(line)
            invocation, what, number = str(raw["invocation"]), raw["what"], int(raw["request"])
            usage = Usage(**raw["usage"]).plus(NOTHING_USED)
        except (ValueError, KeyError, TypeError, OverflowError):
            continue
        if what == "sent":
            sent[invocation, number] = usage
        elif what == "answered":
            sent.pop((invocation, number), None)
            found[invocation] = found.get(invocation, NOTHING_USED).plus(usage)
        else:
            found.pop(invocation, None)
            sent = {key: value for key, value in sent.items() if key[0] != invocation}
    for (invocation, _), usage in sent.items():
        found[invocation] = found.get(invocation, NOTHING_USED).plus(usage)
    return found


def as_json(usage: Usage) -> dict[str, float]:
    """Return a usage as plain data that `Usage(**data)` reads."""
    return {name: getattr(usage, name) for name in Usage.__dataclass_fields__}


def _line(invocation: str, what: str, usage: Usage, number: int) -> str:
    told = {"invocation": invocation, "what": what, "request": number, "usage": as_json(usage)}
    return json.dumps(told) + os.linesep


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
