"""githubkit as the transport: opened without its cache and its retries, asked for one exchange."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx
from githubkit import GitHub
from githubkit.exception import RequestError, RequestFailed, RequestTimeout

from bot.github.answer import Answer, Failure

if TYPE_CHECKING:
    from githubkit import Response, TokenAuthStrategy

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


def open_github(
    base_url: str, token: str, *, timeout: float, trust_env: bool
) -> GitHub[TokenAuthStrategy]:
    """Return githubkit's client, not yet connected.

    Its cache is off because it would switch the deadlines off too; its retries are off because
    they repeat a POST after a lost answer and sleep without a ceiling.
    """
    return GitHub(
        token,
        base_url=base_url,
        user_agent="specloop",
        timeout=timeout,
        trust_env=trust_env,
        http_cache=False,
        auto_retry=False,
    )


def exchange(
    github: GitHub[TokenAuthStrategy],
    method: str,
    path: str,
    params: Mapping[str, Any] | None,
    json: Mapping[str, Any] | None,
) -> Answer:
    """Send one request once and return what came of it; never raises for what the network does."""
    try:
        response = github.request(
            method,
            path,
            params=dict(params) if params else None,
            json=dict(json) if json is not None else None,
        )
    except RequestFailed as refused:
        return _read(refused.response)
    except RequestTimeout as late:
        return _failed(late.exc)
    except RequestError as failed:
        return _failed(failed.exc)
    except ValueError as unreadable:
        # githubkit reads `retry-after` as a number without looking.
        return Answer(failure=Failure.LOST, detail=f"unreadable headers: {unreadable}")
    return _read(response)


def _failed(cause: Exception) -> Answer:
    failure = Failure.NOT_SENT if isinstance(cause, _NEVER_LEFT) else Failure.LOST
    return Answer(failure=failure, detail=str(cause) or type(cause).__name__)


def _read(response: Response[Any, Any]) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    if not response.content:
        return Answer(response.status_code, headers)
    try:
        return Answer(response.status_code, headers, response.json())
    except ValueError:
        if response.is_error:
            return Answer(response.status_code, headers)
        return Answer(failure=Failure.LOST, detail="the answer is not JSON")
