"""The API as one function from a request to an answer: authentication, limits, routes, caching
headers.
"""

import hashlib
import sqlite3
import sys
import time
import traceback
import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from sqlite3 import Connection
from typing import Any

from bot.hub.clock import iso
from bot.hub.errors import Refusal, TooManyRequests
from bot.hub.faults.answers import primary
from bot.hub.faults.model import PrimaryLimit
from bot.hub.faults.plan import Plan
from bot.hub.git.command import GitFailed
from bot.hub.rest.admission import admit
from bot.hub.rest.call import Answer, Call
from bot.hub.rest.routes import ROUTER
from bot.hub.scope import Scope
from bot.hub.server.credentials import account_in
from bot.hub.server.messages import DOCUMENTATION, Incoming, Outgoing, json_answer, refusal_answer
from bot.hub.server.rate_limits import RateLimits
from bot.hub.server.recording import Recorder
from bot.hub.server.request_log import RequestLog
from bot.hub.store.identity import Account
from bot.hub.webhooks.sender import ACTING, Sender
from bot.hub.world.hub import Hub

API_VERSIONS = ("2022-11-28", "2026-03-10")
_GRAPHQL_PATHS = ("/graphql", "/api/graphql")


@dataclass
class Api:
    """Answers REST and GraphQL requests of one open world; safe for threads."""

    hub: Hub
    limits: RateLimits
    log: RequestLog
    recorder: Recorder | None = None

    def respond(self, request: Incoming, plan: Plan | None = None) -> Outgoing:
        """Answer a request and log it; never raises. A plan spoils the answer."""
        began = time.perf_counter()
        note: dict[str, Any] = {"actor": None, "operation": None, "triggers": True}
        try:
            answer = (
                self._answer(request, note) if plan is None else self._spoilt(request, note, plan)
            )
        except Refusal as refusal:
            answer = refusal_answer(refusal)
        except (sqlite3.OperationalError, OSError, GitFailed) as error:
            answer = _unwritable(error)
        except Exception:  # noqa: BLE001 - a bug is answered with GitHub's 500
            traceback.print_exc(file=sys.stderr)
            answer = json_answer(
                500,
                {"message": "Server Error", "documentation_url": DOCUMENTATION, "status": "500"},
            )
        if self.hub.hooks is not None and request.method not in ("GET", "HEAD"):
            self.hub.hooks.look_for_pushes()
        answer.headers.setdefault("X-GitHub-Request-Id", uuid.uuid4().hex.upper())
        if self.recorder is not None:
            injected = plan is not None and plan.replaces_answer
            self.recorder.write(request, answer, injected=injected)
        self.log.write(
            at=iso(self.hub.database.clock.read()),
            method=request.method,
            path=request.path,
            operation=note["operation"],
            status=answer.status,
            ms=round((time.perf_counter() - began) * 1000, 1),
            actor=note["actor"],
            triggers=note["triggers"],
            limited=answer.limited,
        )
        return answer

    def _spoilt(self, request: Incoming, note: dict[str, Any], plan: Plan) -> Outgoing:
        note |= {"actor": plan.facts.actor, "operation": plan.facts.operation or None}
        if plan.instead is not None:
            return plan.instead
        if plan.primary is not None:
            return self._emptied(request, plan, plan.primary)
        with plan.in_force():
            try:
                answer = self._answer(request, note)
            except Refusal as refusal:
                answer = refusal_answer(refusal)
        return plan.outcome(answer)

    def _emptied(self, request: Incoming, plan: Plan, limit: PrimaryLimit) -> Outgoing:
        with self.hub.database.lending() as connection:
            view = self.hub.database.current(connection)
            account = account_in(view, request.headers.get("authorization"))
        resource = "graphql" if plan.facts.api == "graphql" else "core"
        pool = self.limits.empty(account, resource, limit.reset_after)
        return primary(plan.facts, limit.status, account.id, pool.headers())

    def _answer(self, request: Incoming, note: dict[str, Any]) -> Outgoing:
        with self._connection(request) as connection:
            view = self.hub.database.current(connection)
            account = account_in(view, request.headers.get("authorization"), request.path)
            note["actor"], note["triggers"] = account.login, not account.is_workflow
            ACTING.set(Sender.of(account))
            scope = Scope(
                self.hub, account, request.origin, view, self.hub.database.listed(connection)
            )
            if request.path in _GRAPHQL_PATHS and request.method == "POST":
                return self._graphql(request, scope, note)
            return self._rest(request, scope)

    def _connection(self, request: Incoming) -> AbstractContextManager[Connection]:
        database = self.hub.database
        return database.reading() if request.method in ("GET", "HEAD") else database.lending()

    def _rest(self, request: Incoming, scope: Scope) -> Outgoing:
        account = scope.actor
        path = request.path.removeprefix("/api/v3") or "/"
        if path == "/rate_limit":
            return json_answer(200, self._pools(account), self._headers(account, "core", request))
        if path.startswith("/_hub/"):  # the hub's own addresses cost nothing
            return _dispatch(replace(request, path=path), scope)
        try:
            self.limits.require(account, "core")
            answer = _with_etag(_dispatch(replace(request, path=path), scope), request)
        except Refusal as refusal:
            answer = refusal_answer(refusal)
        if answer.status != 304:
            self.limits.spend(account, "core", 1)
        answer.headers.update(self._headers(account, "core", request))
        return answer

    def _graphql(self, request: Incoming, scope: Scope, note: dict[str, Any]) -> Outgoing:
        from bot.hub.graphql.engine import run_graphql  # imported when first used: it costs 0.2 s

        account = scope.actor
        try:
            self.limits.require(account, "graphql")
        except TooManyRequests as refusal:
            content: Any = {"errors": [{"type": refusal.kind, "message": refusal.message}]}
            answer = json_answer(200, content, self._headers(account, "graphql", request))
            return replace(answer, limited=True)
        pool = self.limits.look(account, "graphql")
        result = run_graphql(scope, request.json(), pool)
        note["operation"] = result.operation
        self.limits.spend(account, "graphql", result.points)
        return json_answer(200, result.content, self._headers(account, "graphql", request))

    def _pools(self, account: Account) -> dict[str, Any]:
        pools = {
            name: self.limits.look(account, name).as_json()
            for name in ("core", "graphql", "search")
        }
        return {"resources": pools, "rate": pools["core"]}

    def _headers(self, account: Account, resource: str, request: Incoming) -> dict[str, str]:
        asked = request.headers.get("x-github-api-version", API_VERSIONS[0])
        return {
            **self.limits.look(account, resource).headers(),
            "X-OAuth-Scopes": "" if account.is_bot or account.grant else "repo, workflow",
            "X-Accepted-OAuth-Scopes": "",
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": asked,
        }


def _unwritable(error: Exception) -> Outgoing:
    """Answer for a disk that is full, gone or read-only: nothing happened, and it may be retried.

    GitHub has no such answer.
    """
    traceback.print_exc(file=sys.stderr)
    words = f"The hub cannot write its world: {str(error).rstrip('.')}."
    return json_answer(507, {"message": words, "status": "507"})


def _dispatch(request: Incoming, scope: Scope) -> Outgoing:
    asked = request.headers.get("x-github-api-version")
    if asked is not None and asked not in API_VERSIONS:
        known = ", ".join(API_VERSIONS)
        words = f"The API version {asked} is not supported. Supported versions: {known}."
        return json_answer(
            400, {"message": words, "documentation_url": DOCUMENTATION, "status": "400"}
        )
    found = ROUTER.match("GET" if request.method == "HEAD" else request.method, request.path)
    if found is None:
        words = f"The hub does not have {request.method} {request.path}"
        content = {"message": words, "documentation_url": DOCUMENTATION, "status": "404"}
        return json_answer(404, content, {"X-Hub-Missing": "route"})
    route, params = found
    body = request.json() if request.method not in ("GET", "HEAD") else None
    accept = request.headers.get("accept", "")
    call = Call(scope, request.path, params, request.query, body, accept)
    admit(call, route)
    answer: Answer = route.handler(call)
    if isinstance(answer.content, bytes):
        return Outgoing(answer.status, answer.content, dict(answer.headers))
    return json_answer(answer.status, answer.content, answer.headers)


def _with_etag(answer: Outgoing, request: Incoming) -> Outgoing:
    """Add the entity tag of a GET, or answer 304 when the client has it.

    GitHub does not count those.
    """
    if request.method not in ("GET", "HEAD") or answer.status != 200:
        return answer
    links = answer.headers.get("Link", "")
    tag = f'W/"{hashlib.sha256(answer.body + links.encode()).hexdigest()}"'
    answer.headers.update(
        {"ETag": tag, "Cache-Control": "private, max-age=60", "Vary": "Accept, Authorization"}
    )
    asked = request.headers.get("if-none-match", "")
    if tag.removeprefix("W/") in [part.strip().removeprefix("W/") for part in asked.split(",")]:
        return Outgoing(
            304, b"", {name: v for name, v in answer.headers.items() if name != "Content-Type"}
        )
    return answer
