"""Lists that go on: a cursor says where the last page ended, signed so that nobody can make one up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from itsdangerous import BadSignature, URLSafeSerializer
from marshmallow import Schema, fields, validate

from marketplace.api.shapes import noted
from marketplace.domain.refusals import Refusal
from marketplace.web import bearer, places

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Thing = TypeVar("Thing")

LIMIT = 25
LIMIT_MAX = 100
CURSOR_LENGTH_MAX = 200


class CursorRefused(Refusal):
    """The cursor is not one that this list gave to this brand."""

    code = "cursor_refused"


class Between(validate.Range):
    """A range whose sentence waits for the language of the asker: the library would fill it in at start."""

    def __init__(self, *, least: int, most: int) -> None:
        self.min, self.max = least, most
        self.min_inclusive = self.max_inclusive = True
        self.error = None


class Turning(Schema):
    """Which part of a list."""

    cursor = fields.String(
        load_default=None,
        validate=validate.Length(min=1, max=CURSOR_LENGTH_MAX),
        metadata=noted(description="`next` of the page before; without it, the first page."),
    )
    limit = fields.Integer(
        load_default=LIMIT,
        strict=False,
        validate=Between(least=1, most=LIMIT_MAX),
        metadata=noted(description="How many at most."),
    )


def page(
    of: str,
    asked: dict[str, Any],
    *,
    look: Callable[[int | None, int], Sequence[Thing]],
    number: Callable[[Thing], int],
) -> dict[str, Any]:
    """One page of the list ``of``: ``look(after, most)`` brings its things, ``number`` where each stands."""
    most: int = asked["limit"]
    found = look(_read(of, asked["cursor"]), most + 1)
    more = len(found) > most
    shown = found[:most]
    return {"data": shown, "next": _written(of, number(shown[-1])) if more else None}


def _signer(of: str) -> URLSafeSerializer:
    settings = places.premises().settings
    found = bearer.present()
    assert found is not None, "lists are for machines that were let in"
    secrets = [*reversed(settings.secret_key_fallbacks), settings.secret_key]
    return URLSafeSerializer(secrets, salt=f"cursor:{of}:{found.brand_id}")


def _written(of: str, number: int) -> str:
    return str(_signer(of).dumps(number))


def _read(of: str, cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        return int(_signer(of).loads(cursor))
    except (BadSignature, ValueError, TypeError) as no:
        raise CursorRefused from no
