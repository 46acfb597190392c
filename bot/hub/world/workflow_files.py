"""Who may change workflow files: GitHub keeps them from tokens without ``workflows``."""

from bot.hub.errors import ForbiddenHere
from bot.hub.git.bare import BareRepository
from bot.hub.git.command import run_git
from bot.hub.rules.grants import CHANGE_WORKFLOWS, WORKFLOW_FOLDER
from bot.hub.store.identity import Account


def words_on_workflows(actor: Account) -> str:
    """Return GitHub's refusal with a place for ``{file}``, "" for who may change them.

    An App's token and a person's are told apart.
    """
    if actor.grant is None or actor.grant.allows(CHANGE_WORKFLOWS):
        return ""
    kind = "GitHub App" if actor.is_bot else "Personal Access Token"
    return (
        f"refusing to allow a {kind} to create or update workflow `{{file}}` "
        "without `workflows` permission"
    )


def require_workflows(git: BareRepository, actor: Account, base: str, new: str) -> None:
    """Refuse a merge from ``base`` to ``new`` that changes a workflow file.

    Raises ForbiddenHere.
    """
    words = words_on_workflows(actor)
    if not words:
        return
    options = ("-r", "-z", "--name-only", "--no-renames")
    _, out = run_git(git.path, "diff-tree", *options, base, new, "--", WORKFLOW_FOLDER)
    if out:
        file = out.decode("utf-8", "replace").split("\0", 1)[0]
        raise ForbiddenHere(words.replace("{file}", file))
