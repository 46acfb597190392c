"""Reading a page the way a browser would: as a tree, not as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "input", "img", "hr", "circle", "rect", "path"}


@dataclass
class Page(HTMLParser):
    """The elements of a page in order, its words, and what does not close."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def having(self, tag: str, name: str = "") -> list[str]:
        """Return an attribute of every element of a kind."""
        return [attributes.get(name, "") for found, attributes in self.elements if found == tag]


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    page.unbalanced += page._open
    return page


def dangers(html: str) -> list[str]:
    """Return everything in a page that could act, load from elsewhere, or tear its layout."""
    page, found = read(html), []
    found += [f"unbalanced {tag}" for tag in page.unbalanced]
    for tag, attributes in page.elements:
        if tag == "script" and not attributes.get("src", "").startswith("/_pages/live.js?"):
            found.append(f"script {attributes}")
        if tag in ("img", "iframe", "object", "embed", "form", "style", "base", "video", "audio"):
            found.append(f"{tag} {attributes}")
        if tag == "meta" and "http-equiv" in attributes:
            found.append(f"meta {attributes}")
        for name, value in attributes.items():
            if name.startswith("on") or name == "style":
                found.append(f"{tag} {name}={value}")
            safe = ("/", "#", "?", "http://", "https://", "mailto:")
            itself = name == "href" and value == ""  # leads to the page that is open
            if name in ("href", "src") and not itself and not value.lower().startswith(safe):
                found.append(f"{tag} {name}={value}")
            if name in ("href", "src") and value.startswith("//"):
                found.append(f"{tag} {name}={value}")
    return found
