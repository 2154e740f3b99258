"""What is said: catalogues, formats of money and dates, templates of mails and documents.

``_`` and ``ngettext`` speak the language of whoever is being spoken to (:func:`speaking`); ``lazy`` is a
sentence that waits until then, for tables filled when a module is imported.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from marketplace.words import catalogues
from marketplace.words.catalogues import LOCALES, SOURCE_LOCALE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

__all__ = (
    "LOCALES",
    "SOURCE_LOCALE",
    "Lazy",
    "_",
    "begin",
    "lazy",
    "locale",
    "ngettext",
    "speaking",
    "teach",
)

_locale: ContextVar[str] = ContextVar("locale", default=SOURCE_LOCALE)


def locale() -> str:
    """The language being spoken, as a tag of :data:`LOCALES`."""
    return _locale.get()


def begin(tag: str) -> None:
    """Speak ``tag`` from now on in this thread of work; an unknown tag means the source language."""
    _locale.set(tag if tag in LOCALES else SOURCE_LOCALE)


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak ``tag`` inside the block; an unknown tag means the source language."""
    mark = _locale.set(tag if tag in LOCALES else SOURCE_LOCALE)
    try:
        yield
    finally:
        _locale.reset(mark)


def _(message: str, **facts: object) -> str:
    """``message`` in the language being spoken, with ``%(name)s`` filled from ``facts``."""
    said = catalogues.of(_locale.get()).gettext(message)
    return said % facts if facts else said


def ngettext(singular: str, plural: str, count: int, **facts: object) -> str:
    """The form that fits ``count``, which fills ``%(num)s`` unless ``facts`` does."""
    said = catalogues.of(_locale.get()).ngettext(singular, plural, count)
    return said % {"num": count, **facts}


class Lazy:
    """A sentence that is put into words at the moment it is shown."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        """``message`` in the source language."""
        self.message = message

    def __str__(self) -> str:
        """The sentence in the language being spoken."""
        return _(self.message)

    def __html__(self) -> str:
        """For templates: escaped like any other text."""
        from markupsafe import escape  # noqa: PLC0415 - only templates need it

        return str(escape(str(self)))

    def __mod__(self, facts: object) -> str:
        """The sentence with its facts."""
        return str(self) % facts

    def __repr__(self) -> str:
        """For logs and tests."""
        return f"lazy({self.message!r})"

    def format(self, **facts: object) -> str:
        """The sentence with ``{name}`` filled: the way marshmallow fills its messages."""
        return str(self).format(**facts)


def lazy(message: str) -> Lazy:
    """``message``, to be put into words when it is shown."""
    return Lazy(message)


def teach(environment: Environment) -> None:
    """Let the templates of ``environment`` say their messages in the language being spoken."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda message: catalogues.of(locale()).gettext(message),
        lambda one, many, count: catalogues.of(locale()).ngettext(one, many, count),
        newstyle=True,
    )
