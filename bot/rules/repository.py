"""What the list of a repository's files tells: its languages and its top-level folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

INSTRUCTIONS = ("AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md")
"""Where repositories tell agents how they like to work."""
FOLDERS = 60
"""Top-level folders that are named at most."""

_LANGUAGES = {
    ".c": "C", ".h": "C", ".cc": "C++", ".cpp": "C++", ".hpp": "C++", ".cs": "C#",
    ".clj": "Clojure", ".dart": "Dart", ".erl": "Erlang", ".ex": "Elixir", ".exs": "Elixir",
    ".go": "Go", ".hs": "Haskell", ".java": "Java", ".jl": "Julia", ".js": "JavaScript",
    ".jsx": "JavaScript", ".mjs": "JavaScript", ".kt": "Kotlin", ".lua": "Lua", ".ml": "OCaml",
    ".php": "PHP", ".pl": "Perl", ".py": "Python", ".r": "R", ".rb": "Ruby", ".rs": "Rust",
    ".scala": "Scala", ".sh": "Shell", ".sql": "SQL", ".swift": "Swift", ".ts": "TypeScript",
    ".tsx": "TypeScript", ".vue": "Vue", ".zig": "Zig",
}  # fmt: skip
_MINOR = 0.1
"""Share of the code files below which a language is not named."""


def languages(paths: Iterable[str]) -> list[str]:
    """Return the languages that much of the code is written in, the most used first."""
    suffixes = (PurePosixPath(path).suffix.lower() for path in paths)
    counts = Counter(_LANGUAGES[suffix] for suffix in suffixes if suffix in _LANGUAGES)
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [name for name, count in ranked if count >= _MINOR * counts.total()][:3]


def folders(paths: Iterable[str]) -> list[str]:
    """Return the top-level folders, sorted; what goes beyond FOLDERS is a count."""
    found = sorted({path.partition("/")[0] + "/" for path in paths if "/" in path})
    rest = len(found) - FOLDERS
    return [*found[:FOLDERS], *([f"(and {rest} more)"] if rest > 0 else [])]
