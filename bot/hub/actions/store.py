"""Where workflows, runs and artifacts are kept."""

# ruff: noqa: S608 - table and column names are ours; values are always bound

import hashlib
from dataclasses import astuple, replace
from typing import Any, TypeVar

from bot.hub.actions.records import Artifact, Run, RunJob, Workflow
from bot.hub.store.identity import Repository
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View, columns, from_row

T = TypeVar("T", Workflow, Run, RunJob, Artifact)
_TABLES: dict[type[Any], str] = {
    Workflow: "workflows",
    Run: "workflow_runs",
    RunJob: "run_jobs",
    Artifact: "artifacts",
}


def select(view: View, kind: type[T], where: str, *values: Any) -> list[T]:
    """Return the records that match, the newest first."""
    sql = f"SELECT {columns(kind)} FROM {_TABLES[kind]} WHERE {where} ORDER BY id DESC"
    return [from_row(kind, row) for row in view.connection.execute(sql, values)]


def first(view: View, kind: type[T], where: str, *values: Any) -> T | None:
    """Return the newest record that matches, or None."""
    found = select(view, kind, where, *values)
    return found[0] if found else None


def keep(transaction: Transaction, record: Workflow | Run | RunJob) -> None:
    """Keep a record in place of the one with its id."""
    values = astuple(record)
    marks = ", ".join("?" * len(values))
    table = _TABLES[type(record)]
    transaction.connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values)


def workflow_at(transaction: Transaction, repository: Repository, path: str) -> Workflow:
    """Return the workflow of a path; it is made when it is seen for the first time."""
    known = first(transaction, Workflow, "repo_id = ? AND path = ?", repository.id, path)
    if known is not None:
        return known
    made = Workflow(transaction.next_id(), repository.id, path, transaction.stamp)
    keep(transaction, made)
    return made


def change_run(transaction: Transaction, run: Run, **changes: Any) -> Run:
    """Change a run and return it as it is then."""
    changed = replace(run, **changes, updated_at=transaction.stamp)
    keep(transaction, changed)
    return changed


def keep_artifact(transaction: Transaction, run: Run, name: str, content: bytes) -> Artifact:
    """Keep a zip file in place of one of the same name and run."""
    transaction.connection.execute(
        "DELETE FROM artifacts WHERE run_id = ? AND name = ?", (run.id, name)
    )
    made = Artifact(
        transaction.next_id(),
        run.repo_id,
        run.id,
        name,
        hashlib.sha256(content).hexdigest(),
        len(content),
        transaction.stamp,
    )
    marks = ", ".join("?" * 8)
    row = (*astuple(made), content)
    transaction.connection.execute(f"INSERT INTO artifacts VALUES ({marks})", row)
    return made


def content_of(view: View, artifact: Artifact) -> bytes:
    """Return the zip file."""
    sql = "SELECT content FROM artifacts WHERE id = ?"
    return bytes(view.connection.execute(sql, (artifact.id,)).fetchone()[0])
