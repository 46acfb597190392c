"""The Jinja2 environment, and its errors as sentences; imported when first rendered."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.domain.errors import UserError
from bot.words.clean import clean, clean_line
from bot.words.fence import data, fence


class Engine:
    """Renders Jinja text: sandboxed, strict about names, trimmed, without HTML escaping."""

    def __init__(self, loader: jinja2.BaseLoader, own: Sequence[str]) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=loader,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            autoescape=False,  # Markdown; `clean` and `fence` guard what others wrote
            auto_reload=False,
        )
        filters = {"clean": partial(clean, own=own), "line": partial(clean_line, own=own)}
        self._environment.filters.update(filters, fence=fence, data=data)
        self._compile = lru_cache(maxsize=64)(self._compile_text)

    def render_file(self, name: str, values: Mapping[str, object]) -> str:
        """Render a template of the loader's."""
        try:
            template = self._environment.get_template(name)
        except jinja2.TemplateNotFound as error:
            raise UserError(f"there is no template {error.name}") from error
        except jinja2.TemplateSyntaxError as error:
            raise broken(error.filename or name, error) from error
        return self._fill(template, template.filename or name, values)

    def render_text(self, source: str, name: str, values: Mapping[str, object]) -> str:
        """Render text that is no file of the loader's; `name` stands in errors."""
        return self._fill(self._compile(source, name), name, values)

    def names_in(self, source: str, name: str) -> dict[str, int]:
        """Return the values that a text names and does not make itself, with their first lines."""
        self._compile(source, name)
        parsed = self._environment.parse(source, name)
        lines: dict[str, int] = {}
        for node in parsed.find_all(jinja2.nodes.Name):
            lines.setdefault(node.name, node.lineno)
        wanted = meta.find_undeclared_variables(parsed) - set(self._environment.globals)
        return {n: lines[n] for n in sorted(wanted, key=lambda n: lines[n])}

    def _compile_text(self, source: str, name: str) -> jinja2.Template:
        try:
            code = self._environment.compile(source, name=name, filename=name)
        except jinja2.TemplateSyntaxError as error:
            raise broken(name, error) from error
        return jinja2.Template.from_code(
            self._environment, code, self._environment.make_globals(None)
        )

    def _fill(self, template: jinja2.Template, name: str, values: Mapping[str, object]) -> str:
        try:
            return template.render(values)
        except jinja2.TemplateSyntaxError as error:  # in a template that it includes
            raise broken(error.filename or name, error) from error
        except jinja2.TemplateNotFound as error:
            raise UserError(f"{name}: there is no template {error.name}") from error
        except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise broken(name, error) from error


def broken(name: str, error: Exception) -> UserError:
    """Return the error as one sentence with file and line."""
    line = error.lineno if isinstance(error, jinja2.TemplateSyntaxError) else line_in(name, error)
    return UserError(f"{name}:{line}: {error}" if line else f"{name}: {error}")


def line_in(name: str, error: Exception) -> int | None:
    """Return the template's line that raised: Jinja2 rewrites tracebacks to name it."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == name]
    return lines[-1] if lines else None
