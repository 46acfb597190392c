"""``/repos/{owner}/{repo}/hooks``: for the repository's admins; others are told Not Found."""

import uuid

from bot.hub.errors import FieldError, Invalid, NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import sliced
from bot.hub.rest.payloads.accounts import simple_user
from bot.hub.rest.payloads.repositories import full_repository
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Repository
from bot.hub.webhooks.hook import Delivery, Hook
from bot.hub.webhooks.hooks import Hooks, hooks_of
from bot.hub.webhooks.payloads import delivery_item, full_delivery, hook_payload
from bot.hub.webhooks.reading import Config, config_of, events_of
from bot.hub.webhooks.sending import Parcel
from bot.hub.world.access import role_of

_ZEN = "Design for failure."


def list_hooks(call: Call) -> Answer:
    """List the hooks."""
    repository = _administered(call)
    hooks = call.hub.hooks.of(repository.id) if call.hub.hooks else []
    return sliced(call, hooks, lambda hook: hook_payload(call.scope, repository, hook))


def create(call: Call) -> Answer:
    """Create a hook and ping it. Raises Invalid for a twin, an unknown event or a far address."""
    repository, fields = _administered(call), call.fields()
    if fields.get("name", "web") != "web":
        raise Invalid(FieldError("Hook", "name", "invalid"))
    config, hooks = config_of(fields), hooks_of(call.hub)
    events = events_of(fields) or ("push",)
    _refuse_twin(hooks, repository, config, events)
    now = call.hub.database.clock.read()
    hook = Hook(
        hooks.new_id(),
        repository.id,
        config.url,
        config.secret,
        config.content_type,
        config.insecure_ssl,
        events,
        read.truth(fields, "active", "Hook", True),
        call.scope.origin,
        now,
        now,
    )
    hooks.add(hook)
    if hook.active:
        _ping(call, hooks, repository, hook)
    return Answer(hook_payload(call.scope, repository, hook), 201)


def get(call: Call) -> Answer:
    """Return a hook."""
    repository, hook = _hook(call)
    return Answer(hook_payload(call.scope, repository, hook))


def update(call: Call) -> Answer:
    """Change a hook: ``events`` replaces, ``add_events`` and ``remove_events`` do not."""
    repository, hook = _hook(call)
    fields = call.fields()
    old = Config(hook.url, hook.secret, hook.content_type, hook.insecure_ssl)
    config = config_of(fields, old)
    events = events_of(fields) or hook.events
    events += tuple(e for e in events_of(fields, "add_events") if e not in events)
    gone = events_of(fields, "remove_events")
    active = read.truth(fields, "active", "Hook", hook.active)
    hooks_of(call.hub).watch(repository.id)
    hook.url, hook.secret = config.url, config.secret
    hook.content_type, hook.insecure_ssl = config.content_type, config.insecure_ssl
    hook.events, hook.active = tuple(e for e in events if e not in gone), active
    hook.updated_at = call.hub.database.clock.read()
    return Answer(hook_payload(call.scope, repository, hook))


def delete(call: Call) -> Answer:
    """Delete a hook."""
    _, hook = _hook(call)
    hooks_of(call.hub).remove(hook)
    return Answer(status=204)


def ping(call: Call) -> Answer:
    """Send a ping."""
    repository, hook = _hook(call)
    _ping(call, hooks_of(call.hub), repository, hook)
    return Answer(status=204)


def list_deliveries(call: Call) -> Answer:
    """List the deliveries, the newest first."""
    _, hook = _hook(call)
    return sliced(call, hook.latest(), delivery_item)


def get_delivery(call: Call) -> Answer:
    """Return a delivery with what was sent and answered."""
    _, hook = _hook(call)
    return Answer(full_delivery(hook, _delivery(call, hook)))


def deliver_again(call: Call) -> Answer:
    """Send a delivery again, with its guid and words."""
    _, hook = _hook(call)
    old = _delivery(call, hook)
    parcel = Parcel(old.guid, old.event, old.action, old.request["payload"], old.triggers)
    hooks_of(call.hub).tell(hook, parcel, is_again=True)
    return Answer({}, 202)


def _administered(call: Call) -> Repository:
    repository = call.repository()
    if role_of(call.view, repository, call.actor) < Role.ADMIN:
        raise NotFound
    return repository


def _hook(call: Call) -> tuple[Repository, Hook]:
    repository, wanted = _administered(call), call.number("hook_id")
    for hook in call.hub.hooks.of(repository.id) if call.hub.hooks else []:
        if hook.id == wanted:
            return repository, hook
    raise NotFound


def _delivery(call: Call, hook: Hook) -> Delivery:
    wanted = call.number("delivery_id")
    for delivery in hook.latest():
        if delivery.id == wanted:
            return delivery
    raise NotFound


def _refuse_twin(
    hooks: Hooks, repository: Repository, config: Config, events: tuple[str, ...]
) -> None:
    for other in hooks.of(repository.id):
        if other.url == config.url and set(other.events) == set(events):
            raise Invalid(
                FieldError("Hook", "", "custom", "Hook already exists on this repository")
            )


def _ping(call: Call, hooks: Hooks, repository: Repository, hook: Hook) -> None:
    payload = {
        "zen": _ZEN,
        "hook_id": hook.id,
        "hook": hook_payload(call.scope, repository, hook),
        "repository": full_repository(call.scope, repository),
        "sender": simple_user(call.scope, call.actor),
    }
    hooks.tell(hook, Parcel(str(uuid.uuid4()), "ping", None, payload))


_HOOK = "/repos/{owner}/{repo}/hooks/{hook_id}"
ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/hooks", list_hooks),
    Route("POST", "/repos/{owner}/{repo}/hooks", create),
    Route("GET", _HOOK, get),
    Route("PATCH", _HOOK, update),
    Route("DELETE", _HOOK, delete),
    Route("POST", f"{_HOOK}/pings", ping),
    Route("GET", f"{_HOOK}/deliveries", list_deliveries),
    Route("GET", f"{_HOOK}/deliveries/{{delivery_id}}", get_delivery),
    Route("POST", f"{_HOOK}/deliveries/{{delivery_id}}/attempts", deliver_again),
)
