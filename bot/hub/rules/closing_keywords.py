"""Which issues a text closes: ``Closes #1`` and its eight cousins, as GitHub documents them."""

import re
from dataclasses import dataclass

_KEYWORD = r"(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)"
_TARGET = (
    r"(?:https?://[^/\s]+/(?P<url_owner>[\w.\[\]-]+)/(?P<url_repo>[\w.-]+)/issues/(?P<url_number>\d+)"
    r"|(?:(?P<owner>[\w.\[\]-]+)/(?P<repo>[\w.-]+))?\#(?P<number>\d+))"
)
_REFERENCE = re.compile(rf"(?<![\w-]){_KEYWORD}:?[ \t]+{_TARGET}(?![\w])", re.IGNORECASE)
_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`|<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True)
class IssueReference:
    """An issue that a text closes; ``repository`` is ``owner/name``, or None for the text's own."""

    repository: str | None
    number: int


def closing_references(text: str | None) -> list[IssueReference]:
    """Return what the text closes, in order, each once.

    Code spans, fences and HTML comments do not count.
    """
    found: dict[IssueReference, None] = {}
    for match in _REFERENCE.finditer(_CODE.sub(" ", text or "")):
        owner, repo = match["url_owner"] or match["owner"], match["url_repo"] or match["repo"]
        number = int(match["url_number"] or match["number"])
        found[IssueReference(f"{owner}/{repo}" if owner else None, number)] = None
    return list(found)
