"""Every REST route the hub has, as one table."""

from bot.hub.actions import artifact_routes, runner_routes
from bot.hub.actions import routes as action_routes
from bot.hub.faults import routes as fault_routes
from bot.hub.rest import (
    app_routes,
    assignee_routes,
    comment_routes,
    commit_routes,
    hierarchy_routes,
    issue_routes,
    label_routes,
    lock_routes,
    milestone_routes,
    protection_routes,
    pull_routes,
    reaction_routes,
    repository_routes,
    review_routes,
    root_routes,
    ruleset_routes,
    secret_routes,
    token_routes,
)
from bot.hub.rest.call import Route
from bot.hub.rest.router import Router
from bot.hub.webhooks import routes as webhook_routes

ROUTES: tuple[Route, ...] = (
    *root_routes.ROUTES,
    *token_routes.ROUTES,
    *app_routes.ROUTES,
    *secret_routes.ROUTES,
    *repository_routes.ROUTES,
    *label_routes.ROUTES,
    *milestone_routes.ROUTES,
    *issue_routes.ROUTES,
    *assignee_routes.ROUTES,
    *lock_routes.ROUTES,
    *comment_routes.ROUTES,
    *hierarchy_routes.ROUTES,
    *reaction_routes.ROUTES,
    *pull_routes.ROUTES,
    *review_routes.ROUTES,
    *commit_routes.ROUTES,
    *protection_routes.ROUTES,
    *ruleset_routes.ROUTES,
    *fault_routes.ROUTES,
    *webhook_routes.ROUTES,
    *action_routes.ROUTES,
    *artifact_routes.ROUTES,
    *runner_routes.ROUTES,
)
_COMMIT, _BRANCH = "/repos/{owner}/{repo}/commits/{ref...}", "/repos/{owner}/{repo}/branches/{b...}"
_PROTECTED = ("required_status_checks", "required_pull_request_reviews", "enforce_admins",
              "required_signatures", "restrictions")  # fmt: skip
LACKING = (
    *(f"{_COMMIT}/{word}" for word in ("check-runs", "check-suites", "comments", "pulls")),
    f"{_COMMIT}/branches-where-head",
    f"{_BRANCH}/rename",
    *(f"{_BRANCH}/protection/{word}" for word in _PROTECTED),
)
"""Routes of GitHub that the hub lacks and that would be taken for the name of a branch."""
ROUTER = Router(ROUTES, LACKING)
