"""What a pull request changes, as text for programs that apply it."""

from bot.hub.git.bare import BareRepository
from bot.hub.git.command import run_git

_PLAIN = ("--no-ext-diff", "--no-textconv", "-M")


def patch_text(git: BareRepository, base: str, head: str, kind: str) -> bytes:
    """Return a ``diff`` from the merge base, or a ``patch`` with every commit as a mail."""
    start = git.merge_base(base, head) or base
    if kind == "diff":
        return run_git(git.path, "diff", *_PLAIN, start, head)[1]
    return run_git(git.path, "format-patch", "--stdout", *_PLAIN, f"{start}..{head}")[1]
