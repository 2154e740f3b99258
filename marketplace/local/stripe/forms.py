"""Reads request parameters: Stripe's bracketed form encoding, then what each endpoint accepts.

A reader takes a raw value and the parameter's full name, and returns the value or raises Stripe's
own refusal. Nothing is ignored in silence: a parameter that is not simulated is refused as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from marketplace.local.stripe.errors import ApiError, invalid

Values = dict[str, Any]
Reader = Callable[[object, str], Any]

PARAMETERS_MAX = 1_000
TEXT_MAX = 5_000
URL_MAX = 5_000
METADATA_KEYS_MAX = 50
METADATA_KEY_LENGTH_MAX = 40
METADATA_VALUE_LENGTH_MAX = 500
AMOUNT_MAX = 99_999_999

CURRENCIES = frozenset(
    [
        "aud",
        "brl",
        "cad",
        "chf",
        "czk",
        "dkk",
        "eur",
        "gbp",
        "hkd",
        "huf",
        "ils",
        "inr",
        "jpy",
        "krw",
        "mxn",
        "nok",
        "nzd",
        "pln",
        "ron",
        "sek",
        "sgd",
        "thb",
        "try",
        "usd",
        "zar",
    ]
)

_BRACKET = re.compile(r"\[([^\[\]]*)\]")


def decode(body: bytes) -> Values:
    """Unfold ``a[b][0][c]=d`` into dictionaries within dictionaries; a list's keys are digits."""
    tree: Values = {}
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=PARAMETERS_MAX, errors="strict"
        )
    except (ValueError, UnicodeDecodeError):
        message = "Invalid request body: it is not UTF-8, or holds too many parameters."
        raise invalid(message) from None
    for name, value in pairs:
        head, bracket, tail = name.partition("[")
        keys = [head, *_BRACKET.findall(bracket + tail)]
        _place(tree, keys, value, name)
    return tree


def _place(tree: Values, keys: list[str], value: str, name: str) -> None:
    for index, key in enumerate(keys[:-1]):
        below = tree.setdefault(key or str(len(tree)), {})
        if not isinstance(below, dict):
            message = f"Invalid parameter: {name} is given both as a value and as a hash."
            raise invalid(message, param="[".join(keys[: index + 1]))
        tree = below
    tree[keys[-1] or str(len(tree))] = value


class Table:
    """A hash with known names; ``required`` ones must be there, unknown ones are refused."""

    def __init__(self, fields: Mapping[str, Reader], *, required: tuple[str, ...] = ()) -> None:
        self.fields = dict(fields)
        self.required = required

    def __call__(self, raw: object, name: str) -> Values:
        """The hash's values by name."""
        if raw == "":
            return {}
        if not isinstance(raw, dict):
            raise invalid(f"Invalid object: {name} must be a hash.", param=name)
        values: Values = {}
        for key, value in raw.items():
            full = f"{name}[{key}]" if name else key
            reader = self.fields.get(key)
            if reader is None:
                message = f"Received unknown parameter: {full}"
                raise invalid(message, param=full, code="parameter_unknown")
            values[key] = reader(value, full)
        for key in self.required:
            if key not in values:
                full = f"{name}[{key}]" if name else key
                message = f"Missing required param: {full}."
                raise invalid(message, param=full, code="parameter_missing")
        return values


def rows(reader: Reader, *, maximum: int) -> Reader:
    """A list whose members are read by ``reader``."""

    def read(raw: object, name: str) -> list[Any]:
        if not isinstance(raw, dict) or not all(key.isdecimal() for key in raw):
            raise invalid("Invalid array", param=name)
        if len(raw) > maximum:
            raise invalid(f"Array {name} exceeded maximum {maximum} allowed elements.", param=name)
        return [reader(raw[key], f"{name}[{key}]") for key in sorted(raw, key=int)]

    return read


def text(maximum: int = TEXT_MAX, *, empties: bool = False) -> Reader:
    """A string; an empty one unsets the value where ``empties`` says that it can be unset."""

    def read(raw: object, name: str) -> str | None:
        if not isinstance(raw, str):
            raise invalid("Invalid string", param=name)
        if not raw and empties:
            return None
        if not raw:
            raise _empty(name)
        if len(raw) > maximum:
            message = f"Invalid string: {name} must be at most {maximum} characters"
            raise invalid(message, param=name, code="parameter_invalid_string_too_long")
        return raw

    return read


def _empty(name: str) -> ApiError:
    return invalid(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset "
        f"a parameter; however '{name}' cannot be unset. You should remove '{name}' from your "
        "request or supply a non-empty value.",
        param=name,
        code="parameter_invalid_empty",
    )


def whole(minimum: int = 0, maximum: int = AMOUNT_MAX) -> Reader:
    """An integer within bounds."""

    def read(raw: object, name: str) -> int:
        if raw == "":
            raise _empty(name)
        if not isinstance(raw, str) or not re.fullmatch(r"-?[0-9]{1,15}", raw):
            message = f"Invalid integer: {raw}"
            raise invalid(message, param=name, code="parameter_invalid_integer")
        value = int(raw)
        if value < minimum:
            message = f"This value must be greater than or equal to {minimum}."
            raise invalid(message, param=name, code="parameter_invalid_integer")
        if value > maximum:
            message = f"This value must be less than or equal to {maximum}."
            raise invalid(message, param=name, code="parameter_invalid_integer")
        return value

    return read


def amount(raw: object, name: str) -> int:
    """An amount of money in the currency's smallest unit; at least 1."""
    value: int = whole(0, 10 * AMOUNT_MAX)(raw, name)
    if value < 1:
        raise invalid("Invalid positive integer", param=name, code="parameter_invalid_integer")
    if value > AMOUNT_MAX:
        message = "Amount must be no more than €999,999.99"
        raise invalid(message, param=name, code="amount_too_large")
    return value


def choice(*names: str) -> Reader:
    """One of the given words."""
    *most, last = names
    listed = f"{', '.join(most)}, or {last}" if len(names) > 2 else " or ".join(names)  # noqa: PLR2004

    def read(raw: object, name: str) -> str:
        if raw not in names:
            raise invalid(f"Invalid {name}: must be one of {listed}", param=name)
        return str(raw)

    return read


def flag(raw: object, name: str) -> bool:
    """A boolean, written ``true`` or ``false``."""
    if raw not in {"true", "false"}:
        raise invalid(f"Invalid boolean: {raw}", param=name)
    return raw == "true"


def currency(raw: object, name: str) -> str:
    """A currency's three letters, returned in lower case as Stripe keeps them."""
    code = raw.lower() if isinstance(raw, str) else ""
    if code not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        message = f"Invalid currency: {raw}. The simulator supports these currencies: {known}"
        raise invalid(message, param=name)
    return code


def url(raw: object, name: str) -> str:
    """An address with an explicit http or https scheme."""
    value: str = text(URL_MAX)(raw, name)
    parts = urlsplit(value)
    printable = all(character > " " for character in value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not printable:
        message = "Not a valid URL"
        if not parts.scheme:
            message = f"Invalid URL: An explicit scheme (such as https) must be provided. {name}"
        raise invalid(message, param=name, code="url_invalid")
    return value


def metadata(raw: object, name: str) -> dict[str, str] | None:
    """Up to 50 pairs; ``None`` (an empty string) clears all, an empty value removes its key."""
    if raw == "":
        return None
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise invalid("Invalid metadata: it must be a hash of strings.", param=name)
    if len(raw) > METADATA_KEYS_MAX:
        message = f"Metadata can have at most {METADATA_KEYS_MAX} keys."
        raise invalid(message, param=name)
    for key, value in raw.items():
        if len(key) > METADATA_KEY_LENGTH_MAX or len(value) > METADATA_VALUE_LENGTH_MAX:
            message = (
                f"Metadata keys have at most {METADATA_KEY_LENGTH_MAX} characters, and values at "
                f"most {METADATA_VALUE_LENGTH_MAX}: {key[:METADATA_KEY_LENGTH_MAX]}"
            )
            raise invalid(message, param=f"{name}[{key}]")
    return dict(raw)


def merged(present: dict[str, str], change: dict[str, str] | None) -> dict[str, str]:
    """Metadata after an update: keys are merged, empty values removed, ``None`` clears."""
    if change is None:
        return {}
    return {key: value for key, value in {**present, **change}.items() if value}


_BOUNDS = Table({name: whole(0, 10**12) for name in ("gt", "gte", "lt", "lte")})


def moments(raw: object, name: str) -> Values:
    """A filter on a time: one second, or bounds ``gt``, ``gte``, ``lt``, ``lte``."""
    if isinstance(raw, str):
        return {"eq": whole(0, 10**12)(raw, name)}
    return _BOUNDS(raw, name)
