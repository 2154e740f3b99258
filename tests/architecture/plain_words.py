"""Words in a source that no catalogue knows: what a template shows without gettext, and what Python might.

What a bug says (assert, raise), what only machines read and what documents the source is left alone.
"""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from jinja2 import Environment, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

READ = {"alt", "title", "aria-label", "aria-description", "placeholder", "content", "label"}
"""Attributes that people read or hear; on a button, its value too."""
OF_MACHINES = {
    *("viewport", "robots", "color-scheme", "theme-color", "htmx-config"),
    *("supported-color-schemes", "format-detection"),
}
"""Names of a page's ``meta`` that no person reads."""
UNREAD = {"script", "style"}
UNREAD_BLOCK = "door"
"""The layouts' block that names a stylesheet."""

GETTEXT = {"_", "gettext", "ngettext", "lazy"}
UNSHOWN_CALLS = {
    *("Command", "Counter", "Gauge", "Histogram", "ArgumentParser"),
    *("cast", "TypeVar", "assert_outside_transaction"),
}
"""Commands' help is argparse's, which speaks English alone; figures have names for machines."""
UNSHOWN_KEYWORDS = {"help", "description", "metavar", "prog"}

_environment = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - read, never rendered
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ\u2019']*,? .*[a-zà-ÿ]{2}|[a-z]+ [a-z]+ .*[a-z]\.\s*$")
_WORD = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ]+[.:]?\s*$")


def of_page(source: str) -> list[tuple[int, str]]:
    """Line and words of all that the HTML template ``source`` shows and no catalogue knows."""
    reader = _Markup()
    reader.feed(_without_tags(source))
    reader.close()
    return sorted([*reader.found, *_constants(_environment.parse(source))])


def of_text(source: str) -> list[tuple[int, str]]:
    """The same of a template of plain text."""
    lines = enumerate(_without_tags(source).splitlines(), 1)
    found = [(number, line.strip()) for number, line in lines if _LETTERS.search(line)]
    return sorted([*found, *_constants(_environment.parse(source))])


def of_python(source: str, *, dresses_pages: bool) -> list[tuple[int, str]]:
    """Line and words of constants that read as a sentence; as a single word too where pages are dressed."""
    return list(_in_python(ast.parse(source), dresses_pages))


def _without_tags(source: str) -> str:
    """The template's own text; what gettext says and what is computed is gone, lines stay where they are."""
    kept, hidden = [], False
    for _line, token, text in _environment.lex(source):
        if token == "name" and text in {"trans", UNREAD_BLOCK}:
            hidden = True
        elif token == "name" and text in {"endtrans", "endblock"}:
            hidden = False
        plain = token == "data" and not hidden
        kept.append(text if plain else "\n" * text.count("\n"))
    return "".join(kept)


class _Markup(HTMLParser):
    """Collects what people read in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD
        about = dict(attrs)
        if tag == "meta" and about.get("name") in OF_MACHINES:
            return
        pressed = about.get("type") in {"submit", "button", "reset"}
        for name, value in attrs:
            if name in READ or (name == "value" and pressed):
                self._look(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._look(data)

    def _look(self, text: str) -> None:
        if _LETTERS.search(text):
            above = text[: len(text) - len(text.lstrip())].count("\n")
            self.found.append((self.getpos()[0] + above, " ".join(text.split())))


def _constants(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """Constants inside a template's expressions that read as words."""
    called = node.node if isinstance(node, nodes.Call) else None
    if isinstance(called, nodes.Name) and called.name in GETTEXT:
        return
    if isinstance(node, nodes.Const) and _reads_as_words(node.value, single=True):
        yield node.lineno, node.value
    for child in node.iter_child_nodes():
        yield from _constants(child)


def _reads_as_words(value: object, *, single: bool) -> bool:
    if not isinstance(value, str):
        return False
    return bool(_SENTENCE.match(value) or (single and _WORD.match(value)))


def _in_python(node: ast.AST, single: bool) -> Iterator[tuple[int, str]]:
    if _is_unshown(node):
        return
    if isinstance(node, ast.Constant) and _reads_as_words(node.value, single=single):
        yield node.lineno, str(node.value)
    for name, value in ast.iter_fields(node):
        if name not in {"annotation", "returns"}:
            for child in value if isinstance(value, list) else (value,):
                if isinstance(child, ast.AST):
                    yield from _in_python(child, single)


def _is_unshown(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.Raise() | ast.Expr(value=ast.Constant()):
            return True
        case (
            ast.Assign(targets=[ast.Name(id="__all__")])
            | ast.If(test=ast.Name(id="TYPE_CHECKING"))
            | ast.Call(func=ast.Attribute(value=ast.Name(id="log")))
        ):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in GETTEXT | UNSHOWN_CALLS
        case ast.keyword(arg=name):
            return name in UNSHOWN_KEYWORDS
    return False
