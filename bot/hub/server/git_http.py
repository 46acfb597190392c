"""git smart HTTP: checks who may, then lets ``git http-backend`` speak, streaming both ways."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.hub.errors import BadCredentials
from bot.hub.git.command import git_environment
from bot.hub.git.hooks import PushRules, hook_environment
from bot.hub.rules.grants import Need
from bot.hub.rules.roles import Role
from bot.hub.server.credentials import account_in
from bot.hub.store.identity import Account, Repository
from bot.hub.webhooks.hooks import note_pushes
from bot.hub.webhooks.sender import ACTING, Sender
from bot.hub.world.access import role_of
from bot.hub.world.accounts import email
from bot.hub.world.hub import Hub
from bot.hub.world.protection import direct_moves
from bot.hub.world.pushes import absorb
from bot.hub.world.workflow_files import words_on_workflows

_PATH = re.compile(
    r"/(?P<owner>[^/]+)/(?P<repo>[^/]+?)(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)"
)
_CHUNK = 64 * 1024
_PATIENCE = 60.0
"""Seconds between two pieces of a push; a client that is silent for longer is given up."""


@dataclass(frozen=True)
class Visit:
    """A git request that was let in."""

    account: Account
    repository: Repository
    path: Path
    service: str
    is_push: bool
    hooks: dict[str, str]
    """What lets a push meet the rules of branches and workflow files."""


@dataclass(frozen=True)
class _Streamed:
    """A streamed answer that leaves the request's body alone.

    Starlette's own watches for a disconnect and so swallows the chunks of a push that git has not
    read yet.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    chunks: AsyncIterator[bytes]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        async for chunk in self.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def is_git_path(path: str) -> bool:
    """Return whether a request path, not decoded, is one of git's."""
    return _PATH.fullmatch(path) is not None


async def answer_git(hub: Hub, request: Request, raw_path: str) -> ASGIApp:
    """Answer a fetch or push, or refuse.

    401 without a token, 404 for what may not be seen, 403 for a push without the right.
    """
    admitted = await run_in_threadpool(_admit, hub, request, raw_path)
    if isinstance(admitted, Response):
        return admitted
    process = await asyncio.create_subprocess_exec(
        "git",
        "http-backend",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=_environment(request, admitted),
    )
    feeding = asyncio.create_task(_feed(request, process))
    if process.stdout is None:
        raise RuntimeError("git http-backend was started without a pipe")
    status, headers = await _cgi_head(process.stdout)

    async def finish() -> None:
        await feeding
        await process.wait()
        if admitted.is_push and admitted.service == "git-receive-pack":
            ACTING.set(Sender.of(admitted.account))
            await run_in_threadpool(absorb, hub, admitted.repository.id, admitted.account)
            note_pushes(hub)

    return _Streamed(status, headers, _body(process.stdout, process, finish))


def _admit(hub: Hub, request: Request, raw_path: str) -> Visit | Response:
    match = _PATH.fullmatch(raw_path)
    if match is None:
        return PlainTextResponse("Not Found\n", 404)
    service = match["service"]
    asked = request.query_params.get("service", "") if service == "info/refs" else service
    if asked not in ("git-upload-pack", "git-receive-pack"):
        return PlainTextResponse(
            "Please upgrade your git client: the dumb protocol is not served.\n", 403
        )
    with hub.database.lending() as connection:
        view = hub.database.current(connection)
        try:
            account = account_in(view, request.headers.get("authorization"))
        except BadCredentials as refusal:
            challenge = {"WWW-Authenticate": 'Basic realm="GitHub"'}
            return PlainTextResponse(f"{refusal.message}\n", 401, challenge)
        owner, name = unquote(match["owner"]), unquote(match["repo"])
        repository = view.repository_named(owner, name)
        role = Role.NONE if repository is None else role_of(view, repository, account)
        if repository is None or role is Role.NONE:
            return PlainTextResponse("Repository not found.\n", 404)
        is_push = asked == "git-receive-pack"
        need = Need(("contents",), "write" if is_push else "read")
        if account.grant is not None and not account.grant.allows(need):
            return PlainTextResponse("Resource not accessible by integration\n", 403)
        if is_push and role < Role.WRITE:
            return PlainTextResponse(
                f"Permission to {owner}/{name}.git denied to {account.login}.\n", 403
            )
        login = view.account(repository.owner_id).login
        hooks: dict[str, str] = {}
        if service == "git-receive-pack":
            branches = direct_moves(hub, view, repository, account)
            rules = PushRules(branches, words_on_workflows(account))
            hooks = hook_environment(hub.repositories.parent / "hooks", rules)
    path = hub.git_path(login, repository.name)
    return Visit(account, repository, path, service, is_push, hooks)


def _environment(request: Request, visit: Visit) -> dict[str, str]:
    headers = request.headers
    people: dict[str, str] = {}
    for who in ("AUTHOR", "COMMITTER"):
        people |= {f"GIT_{who}_NAME": visit.account.login, f"GIT_{who}_EMAIL": email(visit.account)}
    optional = {
        "CONTENT_LENGTH": headers.get("content-length"),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding"),
        "GIT_PROTOCOL": headers.get("git-protocol"),
        "REMOTE_USER": visit.account.login if visit.is_push else None,
    }
    return git_environment(
        {
            "GIT_PROJECT_ROOT": str(visit.path.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{visit.path.name}/{visit.service}",
            "REQUEST_METHOD": request.method,
            "QUERY_STRING": request.url.query,
            "CONTENT_TYPE": headers.get("content-type", ""),
            "REMOTE_ADDR": "127.0.0.1",
            **people,
            **visit.hooks,
            **{name: value for name, value in optional.items() if value is not None},
        }
    )


async def _feed(request: Request, process: asyncio.subprocess.Process) -> None:
    if process.stdin is None:
        return
    try:
        stream = aiter(request.stream())
        while True:
            async with asyncio.timeout(_PATIENCE):
                chunk = await anext(stream, None)
            if chunk is None:
                break
            process.stdin.write(chunk)
            await process.stdin.drain()
    except (ClientDisconnect, TimeoutError):
        process.kill()
    except (BrokenPipeError, ConnectionResetError):
        pass  # git read as much as it wanted
    finally:
        process.stdin.close()


async def _cgi_head(stdout: asyncio.StreamReader) -> tuple[int, list[tuple[bytes, bytes]]]:
    status, headers = 200, []
    while line := (await stdout.readline()).decode("latin-1").strip():
        name, _, value = line.partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers.append((name.lower().encode(), value.strip().encode()))
    return status, headers


async def _body(
    stdout: asyncio.StreamReader,
    process: asyncio.subprocess.Process,
    finish: Callable[[], Awaitable[None]],
) -> AsyncIterator[bytes]:
    """Pass git's output on.

    The answer ends only after the push was absorbed, so that the pusher's next request finds its
    pull requests up to date.
    """
    try:
        while chunk := await stdout.read(_CHUNK):
            yield chunk
        await finish()
    finally:
        if process.returncode is None:
            process.kill()
