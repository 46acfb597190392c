"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")


class _Repository(click.ParamType[str]):
    """`owner/name`."""

    name = "repository"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; fails with a sentence for anything else."""
        if not REPOSITORY.fullmatch(str(value)):
            self.fail(f"`{value}` is no repository; write it as `owner/name`.", param, ctx)
        return str(value)


def repo_option(function: F) -> F:
    """`--repo PATH`: which checkout."""
    return click.option(
        "--repo",
        type=click.Path(path_type=Path),
        default=Path(),
        help="A git checkout or bare repository; the current folder by default.",
    )(function)


def github_option(function: F) -> F:
    """`--github OWNER/NAME`: which repository on GitHub."""
    return click.option(
        "--github",
        type=_Repository(),
        default=None,
        metavar="OWNER/NAME",
        help="A repository on GitHub; GITHUB_TOKEN or GH_TOKEN opens it.",
    )(function)


def milestone_option(function: F) -> F:
    """`--milestone N`: which spec."""
    return click.option(
        "--milestone",
        type=click.IntRange(min=1),
        default=None,
        metavar="N",
        help="Number of the spec issue; the latest by default.",
    )(function)


def json_option(function: F) -> F:
    """`--json`: for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(
        function
    )
