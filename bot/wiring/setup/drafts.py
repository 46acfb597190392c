"""The four files that a repository gets, as drafts of what it should have."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from bot.domain.errors import UserError
from bot.domain.settings import Labels
from bot.domain.workflow_runs import NO_RELEASE, WORKFLOW_FILE
from bot.wiring.configuration import PATH, parse_configuration
from bot.wiring.setup.copilot import FILES, Steps, read_steps
from bot.wiring.setup.toolchain import Toolchain, guess
from bot.wiring.setup.worktree import WorkTree
from bot.words import TemplateWords

WORKFLOW = f".github/workflows/{WORKFLOW_FILE}"
_USES = re.compile(rf"uses:[ \t]*\S+/{re.escape(WORKFLOW)}@[^\r\n]*")
FORM = ".github/ISSUE_TEMPLATE/spec.yml"
TOOLCHAIN = ".github/actions/specloop-setup/action.yml"


@dataclass(frozen=True, slots=True)
class Draft:
    """One file."""

    path: str
    text: str
    present: str | None
    """What is there now; None: nothing."""

    @property
    def is_new(self) -> bool:
        """Whether nothing is there yet."""
        return self.present is None

    @property
    def is_done(self) -> bool:
        """Whether just this is there already; line ends do not count."""
        return self.present is not None and self.present.replace("\r\n", "\n") == self.text


@dataclass(frozen=True, slots=True)
class _Glance:
    """The files for guessing: a link among them is no reason to refuse."""

    tree: WorkTree

    @property
    def paths(self) -> tuple[str, ...]:
        return self.tree.paths

    def read(self, path: str) -> bytes | None:
        return self.tree.glance(path)


def drafts(tree: WorkTree, words: TemplateWords) -> tuple[Draft, ...]:
    """Return the files that the checkout should have.

    Raises UserError when something that is there cannot be read, before anything is written.
    """
    found = guess(_Glance(tree))
    texts = {
        WORKFLOW: _workflow(tree, words),
        PATH: configuration(found, words),
        FORM: words.render("setup/spec-form", label=json.dumps(labels(tree).spec)),
        TOOLCHAIN: toolchain(found, _steps(tree), words),
    }
    return tuple(
        Draft(path, f"{text.rstrip()}\n", _text(tree, path)) for path, text in texts.items()
    )


def labels(tree: WorkTree) -> Labels:
    """Return the labels' names that are configured. Raises UserError for a file that is wrong."""
    return parse_configuration(tree.read(PATH))[0].labels


def _workflow(tree: WorkTree, words: TemplateWords) -> str:
    """Return the caller workflow; which specloop it names stays as it is where somebody chose."""
    template = (words.root / "setup" / WORKFLOW_FILE).read_text("utf-8")
    chosen = _USES.search(_text(tree, WORKFLOW) or "")
    if chosen is None or NO_RELEASE in chosen[0]:
        return template
    return _USES.sub(lambda _: chosen[0], template)


def configuration(found: Toolchain, words: TemplateWords) -> str:
    """Return `.github/specloop.yml` with the gates that were guessed."""
    return words.render(
        "setup/configuration",
        gates=found.gates,
        guessed_from=" and ".join(found.manifests),
        fetches=bool(found.gates) and found.fetches,
    )


def toolchain(found: Toolchain, taken: Steps | None, words: TemplateWords) -> str:
    """Return the action that prepares the toolchain: of steps that exist, else of a guess."""
    if taken is not None:
        found = Toolchain(())
    return words.render(
        "setup/toolchain",
        because=_because(found, taken),
        steps=taken.yaml if taken else "",
        left_out=taken.left_out if taken else (),
        python=found.python.arguments if found.python else "",
        needs_new_pip=found.python is not None and "--group" in found.python.arguments,
        project=found.python.project if found.python else "",
        node="package.json" in found.manifests,
        go="go.mod" in found.manifests,
        rust="Cargo.toml" in found.manifests,
    )


def _steps(tree: WorkTree) -> Steps | None:
    source = next((path for path in FILES if path in tree.paths), None)
    return read_steps(tree.read(source) or b"", source) if source else None


def _because(found: Toolchain, taken: Steps | None) -> str:
    if taken is not None:
        return f"taken from {taken.where}"
    if found.manifests:
        return f"guessed from {' and '.join(found.manifests)}"
    return "and empty: no manifest was recognised"


def _text(tree: WorkTree, path: str) -> str | None:
    content = tree.read(path)
    if content is None:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{tree.top / path} is not UTF-8 text: move it away.") from error
