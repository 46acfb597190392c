"""Locking and unlocking the conversation of an issue or pull request."""

from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.world import locking
from bot.hub.world.finding import issue_numbered


def lock(call: Call) -> Answer:
    """Lock, with ``lock_reason`` if given."""
    repository, issue = call.issue()
    reason = read.text_or_none(call.fields(), "lock_reason", "Issue")
    with call.hub.database.writing() as transaction:
        fresh = issue_numbered(transaction, repository, issue.number)
        locking.lock(transaction, call.actor, repository, fresh, reason)
    return Answer(status=204)


def unlock(call: Call) -> Answer:
    """Unlock."""
    repository, issue = call.issue()
    with call.hub.database.writing() as transaction:
        fresh = issue_numbered(transaction, repository, issue.number)
        locking.unlock(transaction, call.actor, repository, fresh)
    return Answer(status=204)


_LOCK = "/repos/{owner}/{repo}/issues/{number}/lock"
ROUTES = (Route("PUT", _LOCK, lock), Route("DELETE", _LOCK, unlock))
