"""Templates: found, strict, sandboxed, and every one that ships can be compiled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.domain.errors import UserError
from bot.ports.words import Words
from bot.words import TemplateWords, places

SHIPPED = TemplateWords()
TEMPLATES = [
    path
    for path in sorted(SHIPPED.root.rglob("*.md"))
    if not {"demo", "roles"} & set(path.relative_to(SHIPPED.root).parts)
]


def words(folder: Path, **files: str) -> Words:
    (folder / "comments").mkdir()
    for name, text in files.items():
        (folder / "comments" / f"{name}.md").write_text(text)
    return TemplateWords(folder, ["https://github.com/o/r/"])


def test_a_template_is_rendered_by_name(tmp_path: Path) -> None:
    text = "{% if x %}\n  {{ x | clean }} {{ x | line }}\n{% endif %}\n{{ x | fence }}\n"
    rendered = words(tmp_path, a=text).render("comments/a", x="https://github.com/o/r/1")
    assert rendered == (
        "  https://github.com/o/r/1 https://github.com/o/r/1\n"
        "```text\nhttps://github.com/o/r/1\n```"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n{{ unknown }}", r"a\.md:2: 'unknown' is undefined"),
        ("\n\n{% if %}", r"a\.md:3: Expected an expression"),
        ("{{ ''.__class__ }}", "unsafe"),
        ("{{ [].append(1) }}", "not callable|unsafe"),
        ("{% include 'none.md' %}", r"there is no template none\.md"),
        ("{% include '../../secret.md' %}", "there is no template"),
        ("{{ range(10 ** 9) | list }}", "Range too big"),
    ],
)
def test_a_broken_template_is_shown_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        words(tmp_path, a=text).render("comments/a")


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"there is no template comments/b\.md in"):
        words(tmp_path).render("comments/b")


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_shipped_template_compiles(path: Path) -> None:
    SHIPPED.names_in(path.read_text(encoding="utf-8"), str(path))


def test_threads_share_one_environment(tmp_path: Path) -> None:
    shared = words(tmp_path, a="{{ n }}")
    with ThreadPoolExecutor(8) as pool:
        rendered = list(pool.map(lambda n: shared.render("comments/a", n=n), range(100)))
    assert rendered == [str(n) for n in range(100)]


def test_the_wheels_templates_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "__file__", str(tmp_path / "bot" / "words" / "places.py"))
    with pytest.raises(UserError, match="the templates are missing"):
        places.templates_root()
    (tmp_path / "templates" / "roles").mkdir(parents=True)
    assert places.templates_root() == tmp_path / "templates"
    (tmp_path / "bot" / "_templates" / "roles").mkdir(parents=True)
    assert places.templates_root() == tmp_path / "bot" / "_templates"
