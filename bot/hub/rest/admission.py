"""Whether a token with fine-grained permissions may use a route."""

from bot.hub.rest.call import Call, Route
from bot.hub.rules.grants import need_of_route
from bot.hub.world.grants import beyond_grant, require_grant


def admit(call: Call, route: Route) -> None:
    """Refuse what the token was not made for. Raises Forbidden, and NotFound for hidden places."""
    grant = call.actor.grant
    if grant is None:
        return
    is_read = route.method == "GET"
    on_pull = False
    if "owner" in call.params:
        repository = call.repository()
        if not is_read and not grant.covers(repository.id):
            raise beyond_grant(call.actor)
        if "/issues/{number}" in route.template and call.params["number"].isdigit():
            issue = call.view.issue(repository.id, call.number("number"))
            on_pull = issue is not None and issue.pull_id is not None
    require_grant(call.actor, [need_of_route(route.method, route.template, on_pull=on_pull)])
