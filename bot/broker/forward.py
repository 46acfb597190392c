"""One admitted request: to the provider and back, counted and searched on its way."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx2
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.broker import admission
from bot.broker.apis import WIRE_FORMATS, Route, WireFormat
from bot.broker.counting import Counter
from bot.broker.leaks import KeyLeaked, LeakGuard
from bot.broker.passes import Admitted, OverCap, Passes
from bot.broker.prices import FREE, Price, Prices, Tokens
from bot.broker.replies import error
from bot.broker.upstream import Upstream

_LOG = logging.getLogger("broker")
_ANSWER_BYTES = 64 << 20
_BYTES_PER_TOKEN = 4
_LEAK = "The provider's answer contained the key and was withheld."


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request that was admitted."""

    upstream: Upstream
    method: str
    route: Route
    query: str
    headers: Mapping[str, str]
    body: dict[str, Any] | None

    @property
    def format(self) -> WireFormat:
        """How its provider is spoken with."""
        return WIRE_FORMATS[self.upstream.api]


class Forwarder:
    """Sends requests on, with the key, under what is left of a pass."""

    def __init__(self, passes: Passes, prices: Prices, client: httpx2.AsyncClient) -> None:
        self._passes = passes
        self._prices = prices
        self._client = client

    async def forward(self, wanted: Wanted, admitted: Admitted, request: Request) -> Response:
        """Return the provider's answer, or an error in its form."""
        api = wanted.upstream.api
        size = len(_content(wanted)) // _BYTES_PER_TOKEN
        try:
            number, wanted = self._reserved(wanted, admitted, size)
        except OverCap as over:
            return error(api, 402, str(over))
        content = _content(wanted)
        bill = _Bill(self, wanted, admitted, number, Counter(api, size))
        try:
            answer = await self._client.send(self._request(wanted, content), stream=True)
        except httpx2.HTTPError as problem:
            # It may have arrived, and then its input is billed; a connection never made is not.
            reached = not isinstance(problem, httpx2.ConnectError | httpx2.ConnectTimeout)
            bill.close(Tokens(input=size) if reached else Tokens())
            late = isinstance(problem, httpx2.TimeoutException)
            return error(
                api,
                504 if late else 502,
                f"{wanted.upstream.name} did not answer ({type(problem).__name__}).",
            )
        try:
            return await self._passed_back(wanted, answer, bill, request)
        except BaseException:
            await answer.aclose()
            bill.close()
            raise

    async def _passed_back(
        self, wanted: Wanted, answer: httpx2.Response, bill: _Bill, request: Request
    ) -> Response:
        upstream = wanted.upstream
        headers = {k: v for k, v in answer.headers.items() if admission.passes_back(k.lower())}
        guard = LeakGuard(upstream.key)
        try:
            guard.feed("\n".join(headers.values()).encode())
        except KeyLeaked:
            return await _withheld(upstream, answer, bill, 502, _LEAK)
        if answer.is_redirect:
            sentence = f"{upstream.name} answered with a redirect; none is followed."
            return await _withheld(upstream, answer, bill, 502, sentence)
        if answer.status_code == 401:
            # Some providers show a part of the key that they refuse.
            sentence = f"{upstream.name} refused the key that specloop was given."
            return await _withheld(upstream, answer, bill, 401, sentence)
        if "text/event-stream" in headers.get("content-type", ""):
            stream = _streamed(answer, LeakGuard(upstream.key), bill, request)
            return StreamingResponse(stream, answer.status_code, headers)
        try:
            body = await _whole(answer)
            LeakGuard(upstream.key).feed(body)
        except (KeyLeaked, httpx2.HTTPError, _TooLarge) as problem:
            sentence = _LEAK if isinstance(problem, KeyLeaked) else "The answer broke off."
            return await _withheld(upstream, answer, bill, 502, sentence)
        await answer.aclose()
        if answer.is_success:
            bill.counter.whole(body)
            bill.close()
        else:
            bill.close(Tokens())
        return Response(body, answer.status_code, headers)

    def _reserved(self, wanted: Wanted, admitted: Admitted, size: int) -> tuple[int, Wanted]:
        """Set aside what a request may cost; its bound on output is lowered to what that pays for.

        So the cap holds although agents name bounds that they never need. Raises OverCap.
        """
        if not wanted.route.is_billed:
            return 0, wanted
        price = self._price(wanted, size)
        output = wanted.format.output(wanted.route, wanted.body or {})
        least = price.at_most(Tokens(input=size, output=output.least * output.times))
        most = price.at_most(Tokens(input=size, output=output.most * output.times))
        number, usd = self._passes.reserve(admitted, least, most)
        if usd < most:
            # Linear between the two, and above `least` whatever is rounded.
            share = (usd - least) / (most - least)
            bound = output.least + int((output.most - output.least) * share)
            wanted = replace(wanted, body=wanted.format.lowered(wanted.body or {}, bound))
        return number, wanted

    def bill(self, wanted: Wanted, admitted: Admitted, number: int, tokens: Tokens) -> None:
        """Write down what a request used."""
        usd = self._price(wanted, tokens.all_input).of(tokens)
        self._passes.answered(admitted, number, tokens, usd)

    def _price(self, wanted: Wanted, size: int) -> Price:
        if wanted.upstream.is_free:
            return FREE
        model = wanted.format.model(wanted.route, wanted.body or {})
        price, own = self._prices.find(model, size)
        if not own:
            _LOG.warning("no price is known for %.80r: counted as %s", model, price.model)
        return price

    def _request(self, wanted: Wanted, content: bytes) -> httpx2.Request:
        upstream = wanted.upstream
        url = f"{upstream.base_url.rstrip('/')}/{wanted.route.path}"
        headers = {**wanted.headers, "accept-encoding": "identity"}
        if upstream.key:
            name, value = wanted.format.key_header(upstream.key)
            headers[name] = value
        return self._client.build_request(
            wanted.method,
            f"{url}?{wanted.query}" if wanted.query else url,
            headers=headers,
            content=content or None,
        )


class _TooLarge(Exception):
    pass


@dataclass
class _Bill:
    """What one request is charged, once."""

    forwarder: Forwarder
    wanted: Wanted
    admitted: Admitted
    number: int
    """Zero when the route costs nothing."""
    counter: Counter
    _open: bool = True

    def close(self, tokens: Tokens | None = None) -> None:
        """Charge what was counted, or these tokens; later calls do nothing."""
        if self._open and self.number:
            used = self.counter.tokens() if tokens is None else tokens
            self.forwarder.bill(self.wanted, self.admitted, self.number, used)
        self._open = False


def _content(wanted: Wanted) -> bytes:
    """Return the body as the provider gets it: written anew, so that both read it alike."""
    if wanted.body is None:
        return b""
    body = wanted.format.sent(wanted.route, wanted.body)
    return json.dumps(body, separators=(",", ":")).encode()


async def _withheld(
    upstream: Upstream, answer: httpx2.Response, bill: _Bill, status: int, sentence: str
) -> Response:
    await answer.aclose()
    # An answer that was made is paid for, whether it is shown or not.
    bill.close(None if answer.is_success else Tokens())
    return error(upstream.api, status, sentence)


async def _whole(answer: httpx2.Response) -> bytes:
    parts, size = [], 0
    async for chunk in answer.aiter_bytes():
        parts.append(chunk)
        size += len(chunk)
        if size > _ANSWER_BYTES:
            raise _TooLarge
    return b"".join(parts)


async def _streamed(
    answer: httpx2.Response, guard: LeakGuard, bill: _Bill, request: Request
) -> AsyncIterator[bytes]:
    """Yield a stream as it comes; it breaks off at a key, and when nobody listens any more."""
    try:
        async for chunk in answer.aiter_bytes():
            bill.counter.feed(chunk)
            passed = guard.feed(chunk)
            if passed:
                yield passed
            if await request.is_disconnected():
                return
        yield guard.end()
    except KeyLeaked:
        _LOG.error("an answer of %s contained the key and was cut off", bill.wanted.upstream.name)
    except httpx2.HTTPError as problem:
        _LOG.warning("a stream broke off: %s", type(problem).__name__)
    finally:
        bill.close()
        await answer.aclose()
