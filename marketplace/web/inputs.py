"""What visitors type, parsed by schemas that refuse what they do not know.

A view gives a schema and gets values, or :class:`Rejected` leaves it and becomes an answer with status 422.
A field left blank counts as not given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from flask import request
from marshmallow import RAISE, ValidationError
from marshmallow import Schema as _Schema
from marshmallow import fields as base

from marketplace.web.csrf import FIELD
from marketplace.web.fields import (
    Choice,
    Day,
    Email,
    MoneyField,
    Percent,
    Tick,
    Trimmed,
    WallTime,
    Whole,
    speak,
)
from marketplace.words import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

__all__ = (
    "Attempt",
    "Choice",
    "Day",
    "Email",
    "MoneyField",
    "Percent",
    "Rejected",
    "Schema",
    "Tick",
    "Trimmed",
    "WallTime",
    "Whole",
    "attempt",
    "form",
    "query",
)

FIELDS_MAX = 5_000
"""The most fields that one form may send: a sale's editor has a few for each of its items."""

speak()


NO_SUCH_FIELD = lazy("This form has no such field. Open the page again and send it once more.")


class Schema(_Schema):
    """A schema whose sentences are the house's."""

    class Meta:
        """Unknown fields are refused: nothing is written that a form does not show."""

        unknown = RAISE

    error_messages = {"unknown": cast("Any", NO_SUCH_FIELD)}  # noqa: RUF012 - marshmallow reads this attribute


class Rejected(Exception):
    """What was sent cannot be taken; ``errors`` are sentences by field (``_schema``: about the whole)."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        """``errors`` by field."""
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a form: ``values``, or none and ``errors`` by field; ``given`` is what was typed."""

    values: dict[str, Any] | None
    errors: dict[str, list[str]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)


def form(schema: _Schema, *, groups: Mapping[str, _Schema] | None = None) -> dict[str, Any]:
    """The form that was sent, as values; Rejected if it cannot be taken. For ``groups`` see :func:`attempt`."""
    tried = attempt(schema, groups=groups)
    if tried.values is None:
        raise Rejected(tried.errors)
    return tried.values


def attempt(schema: _Schema, *, groups: Mapping[str, _Schema] | None = None) -> Attempt:
    """The form that was sent, for a view that shows it again with its errors.

    ``groups`` are rows of equal fields named ``item.12.price``: with ``{"item": ItemSchema()}`` the values have
    ``item`` → ``{12: {"price": …}}``, and errors keep the whole name of their field.
    """
    return _attempt(schema, request.form, groups or {})


def query(schema: _Schema) -> dict[str, Any]:
    """The address's own questions (``?page=2``), as values; Rejected if they cannot be taken."""
    tried = _attempt(schema, request.args, {})
    if tried.values is None:
        raise Rejected(tried.errors)
    return tried.values


def _attempt(schema: _Schema, sent: MultiDict[str, str], groups: Mapping[str, _Schema]) -> Attempt:
    given = {name: value for name, value in sent.items() if name != FIELD}
    rows = _rows(given, groups)
    grouped = {f"{group}.{key}.{name}" for group, key, name in _flat(rows)}
    plain = _given(schema, sent, skipped=grouped)
    values, errors = _loaded(schema, plain, prefix="")
    for group, inner in groups.items():
        values[group] = {}
        for key, row in rows[group].items():
            found, wrong = _loaded(inner, _not_blank(inner, row), prefix=f"{group}.{key}.")
            values[group][key] = found
            errors |= wrong
    return Attempt(None if errors else values, errors, given)


def _rows(
    given: Mapping[str, str], groups: Mapping[str, _Schema]
) -> dict[str, dict[int, dict[str, str]]]:
    rows: dict[str, dict[int, dict[str, str]]] = {group: {} for group in groups}
    for name, value in given.items():
        group, _, rest = name.partition(".")
        key, _, inner = rest.partition(".")
        if group in rows and key.isascii() and key.isdecimal() and inner:
            rows[group].setdefault(int(key), {})[inner] = value
    return rows


def _flat(rows: Mapping[str, Mapping[int, Mapping[str, str]]]) -> list[tuple[str, int, str]]:
    return [
        (group, key, name)
        for group, keys in rows.items()
        for key, names in keys.items()
        for name in names
    ]


def _given(schema: _Schema, sent: MultiDict[str, str], *, skipped: set[str]) -> dict[str, Any]:
    many = {
        found.data_key or name
        for name, found in schema.fields.items()
        if isinstance(found, base.List)
    }
    single = {
        name: sent.getlist(name)[-1]
        for name in sent
        if name not in many and name not in skipped and name != FIELD
    }
    listed = {name: sent.getlist(name) for name in many if name in sent}
    return {**_not_blank(schema, single), **listed}


def _not_blank(schema: _Schema, given: Mapping[str, str]) -> dict[str, Any]:
    known = {found.data_key or name for name, found in schema.fields.items()}
    return {name: value for name, value in given.items() if value.strip() or name not in known}


def _loaded(
    schema: _Schema, given: Mapping[str, Any], *, prefix: str
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    try:
        return dict(schema.load(given)), {}
    except ValidationError as wrong:
        found: dict[str, Any] = wrong.normalized_messages()  # type: ignore[no-untyped-call]  # the library's own
        return {}, {f"{prefix}{name}": _sentences(said) for name, said in found.items()}


def _sentences(said: object) -> list[str]:
    match said:
        case dict():
            return [sentence for inner in said.values() for sentence in _sentences(inner)]
        case list():
            return [str(sentence) for sentence in said]
        case _:
            return [str(said)]
