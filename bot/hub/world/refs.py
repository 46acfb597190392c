"""Moving refs through the API, under the rules a push would meet."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.hub.errors import Conflict, Unprocessable
from bot.hub.git.bare import ZERO, BareRepository, is_safe_ref
from bot.hub.git.command import GitFailed, run_git
from bot.hub.store.identity import Repository


@dataclass(frozen=True)
class RefMove:
    """One ref to move; zeros as ``after`` delete it, ``before`` is compared unless None."""

    name: str
    after: str
    before: str | None = None
    is_forced: bool = False


class StaleData(Conflict):
    """The ref is not where the caller thinks."""

    kind = "STALE_DATA"


def move_refs(git: BareRepository, repository: Repository, moves: Sequence[RefMove]) -> None:
    """Move all refs or none.

    Raises StaleData when one is not at ``before``, Unprocessable for a bad name, a missing object,
    a move that is not forward and not forced, or the deletion of the default branch.
    """
    lines = [_instruction(git, repository, move) for move in moves]
    script = "start\n" + "".join(lines) + "prepare\ncommit\n"
    try:
        run_git(git.path, "update-ref", "--no-deref", "--stdin", stdin=script.encode())
    except GitFailed:
        raise StaleData("A reference moved meanwhile. Pull and try again...") from None


def _instruction(git: BareRepository, repository: Repository, move: RefMove) -> str:
    if move.name.count("/") < 2 or not is_safe_ref(move.name) or move.name.startswith("refs/pull/"):
        raise Unprocessable(f"{move.name} is not a valid ref name.")
    old = git.read_ref(move.name) or ZERO
    if move.before is not None and move.before != old:
        raise StaleData(
            f"Expected {move.name} to point to {move.before} but it points to {old}. "
            "Pull and try again..."
        )
    if move.after == ZERO:
        if move.name == f"refs/heads/{repository.default_branch}":
            raise Unprocessable("Cannot delete the default branch")
        if old == ZERO:
            raise Unprocessable("Reference does not exist")
        return f"delete {move.name} {old}\n"
    if not git.object_type(move.after):
        raise Unprocessable("Object does not exist")
    if old != ZERO and not move.is_forced and not git.is_ancestor(old, move.after):
        raise Unprocessable("Update is not a fast forward")
    return f"update {move.name} {move.after} {old}\n"
