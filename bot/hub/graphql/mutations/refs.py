"""Mutations of git refs."""

from typing import Any

from bot.hub.errors import Unprocessable
from bot.hub.git.bare import ZERO
from bot.hub.graphql.mutations.base import Input, mutation
from bot.hub.graphql.nodes.git_objects import ref_node
from bot.hub.graphql.nodes.lookup import find_node, find_record
from bot.hub.rules.roles import Role
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.world.access import require
from bot.hub.world.protection import require_direct_move
from bot.hub.world.pushes import absorb
from bot.hub.world.refs import RefMove, move_refs


@mutation
def create_ref(scope: Scope, given: Input) -> dict[str, Any]:
    """Create a ref at an object that exists."""
    repository: Repository = find_record(scope.view, scope, given["repositoryId"], Repository)
    if scope.git(repository).read_ref(given["name"]) is not None:
        raise Unprocessable("A ref named that already exists in the repository.")
    _move(scope, repository, [RefMove(given["name"], given["oid"], ZERO)])
    return {"ref": ref_node(scope, repository, given["name"])}


@mutation
def delete_ref(scope: Scope, given: Input) -> dict[str, Any]:
    """Delete a ref."""
    ref = find_node(scope, given["refId"])
    _move(scope, ref.home, [RefMove(ref.full_name, ZERO)])
    return {}


@mutation
def update_refs(scope: Scope, given: Input) -> dict[str, Any]:
    """Move all refs or none; ``beforeOid`` of zeros demands that the ref does not exist."""
    repository: Repository = find_record(scope.view, scope, given["repositoryId"], Repository)
    moves = [
        RefMove(move["name"], move["afterOid"], move.get("beforeOid"), bool(move.get("force")))
        for move in given["refUpdates"]
    ]
    _move(scope, repository, moves)
    return {}


def _move(scope: Scope, repository: Repository, moves: list[RefMove]) -> None:
    require(scope.view, scope.actor, repository, Role.WRITE)
    for move in moves:
        require_direct_move(scope.hub, scope.view, scope.actor, repository, move.name, move.after)
    move_refs(scope.git(repository), repository, moves)
    absorb(scope.hub, repository.id, scope.actor)


MUTATIONS = {"createRef": create_ref, "deleteRef": delete_ref, "updateRefs": update_refs}
