"""Kinds of fields: money, days, times and counts as people type them, and marshmallow's sentences in our words."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from marshmallow import fields, validate

from marketplace.domain.accounts import EmailRefused, email_key
from marketplace.domain.money import MINOR_MAX
from marketplace.words import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

TEXT_LENGTH_MAX = 200
WHOLE_MAX = 1_000_000
_AMOUNT = re.compile(
    r"(?P<units>[0-9]{1,3}(?:[ \u00a0\u202f.,'’][0-9]{3})+|[0-9]+)(?:[.,](?P<cents>[0-9]{1,2}))?"
)
_WHOLE = re.compile(r"[0-9]{1,12}")
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")
_WALL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2})(?::00)?")


class _Typed(fields.Field[Any]):
    """A field that is typed as text."""

    default_error_messages = {"invalid": lazy("This cannot be read.")}  # noqa: RUF012 - marshmallow reads this attribute

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value.strip()


class Trimmed(_Typed):
    """Text without spaces around it, at most ``max`` characters; ``lines``: may have several lines."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads this attribute
        "long": lazy("This is too long."),
        "control": lazy("This contains characters that cannot be shown."),
    }

    def __init__(self, *, max: int = TEXT_LENGTH_MAX, lines: bool = False, **more: Any) -> None:  # noqa: A002, ANN401 - marshmallow's own words
        """``max`` characters after trimming."""
        super().__init__(**more)
        self.length_max = max
        self.lines = lines

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> str:
        text = unicodedata.normalize("NFC", self._text(value).replace("\r\n", "\n"))
        allowed = {"\n", "\t"} if self.lines else set()
        if any(unicodedata.category(each) in {"Cc", "Cs"} and each not in allowed for each in text):
            raise self.make_error("control")
        if len(text) > self.length_max:
            raise self.make_error("long")
        return text


class Secret(_Typed):
    """A password: taken exactly as typed, spaces included."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


class Email(_Typed):
    """An e-mail address, as typed."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads this attribute
        "email": lazy("This is not an e-mail address. It looks like name@example.com.")
    }

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> str:
        text = self._text(value)
        try:
            email_key(text)
        except EmailRefused as no:
            raise self.make_error("email") from no
        return text


class MoneyField(_Typed):
    """A sum as people type it (``12,50``, ``12.50``, ``1 250``) as whole minor units of a currency with ``digits``."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads this attribute
        "amount": lazy("This is not an amount. It looks like 1250.00."),
        "low": lazy("This amount is too small."),
        "high": lazy("This amount is too large."),
    }

    def __init__(
        self,
        *,
        digits: int = 2,
        min_minor: int = 0,
        max_minor: int = MINOR_MAX,
        **more: Any,  # noqa: ANN401 - marshmallow's own words
    ) -> None:
        """Between ``min_minor`` and ``max_minor``."""
        super().__init__(**more)
        self.digits, self.min_minor, self.max_minor = digits, min_minor, max_minor

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> int:
        found = _AMOUNT.fullmatch(self._text(value))
        if found is None or (found["cents"] and not self.digits):
            raise self.make_error("amount")
        units = int(re.sub(r"[^0-9]", "", found["units"]))
        minor = units * 10**self.digits
        if found["cents"]:
            minor += int(found["cents"].ljust(2, "0"))
        if minor < self.min_minor:
            raise self.make_error("low")
        if minor > self.max_minor:
            raise self.make_error("high")
        return minor


class Whole(_Typed):
    """A whole number of ASCII digits from ``min`` to ``max``: no sign, no exponent, no other script's digits."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads this attribute
        "whole": lazy("This is not a whole number."),
        "range": lazy("This number is outside what can be taken."),
    }

    def __init__(self, *, min: int = 0, max: int = WHOLE_MAX, **more: Any) -> None:  # noqa: A002, ANN401 - marshmallow's own words
        """From ``min`` to ``max``."""
        super().__init__(**more)
        self.least, self.most = min, max

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value):
            raise self.make_error("whole")
        if not self.least <= int(value) <= self.most:
            raise self.make_error("range")
        return int(value)


class Percent(_Typed):
    """A percentage as people type it (``25``, ``12,5 %``) in basis points, at most 100 %."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads this attribute
        "percent": lazy("This is not a percentage. It looks like 12.5.")
    }

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> int:
        found = _PERCENT.fullmatch(self._text(value))
        rate = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else -1
        if not 0 <= rate <= 10_000:  # noqa: PLR2004 - the whole, in basis points
            raise self.make_error("percent")
        return rate


class WallTime(_Typed):
    """A day and a time as a clock on the wall shows them (naive), to the minute."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads this attribute
        "wall": lazy("This is not a day and a time. It looks like 2026-03-05T07:00.")
    }

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> datetime:
        found = _WALL.fullmatch(self._text(value))
        try:
            return datetime.fromisoformat(f"{found[1]}T{found[2]}" if found else "")
        except ValueError as no:
            raise self.make_error("wall") from no


class Day(_Typed):
    """A calendar day."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads this attribute
        "day": lazy("This is not a day. It looks like 2026-03-05.")
    }

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> date:
        text = self._text(value)
        try:
            return date.fromisoformat(text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else "")
        except ValueError as no:
            raise self.make_error("day") from no


class Choice(_Typed):
    """One of the values of ``kind``, a StrEnum."""

    default_error_messages = {"choice": lazy("Choose one of the answers that are offered.")}  # noqa: RUF012 - marshmallow reads this attribute

    def __init__(self, kind: type[StrEnum], **more: Any) -> None:  # noqa: ANN401 - marshmallow's own words
        """One of ``kind``."""
        super().__init__(**more)
        self.kind = kind

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> StrEnum:
        try:
            return self.kind(self._text(value))
        except ValueError as no:
            raise self.make_error("choice") from no


class Tick(_Typed):
    """A box to tick: true when it was, false when it was not sent."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401 - marshmallow's own words
        """False unless ticked."""
        super().__init__(**{"load_default": False, **more})

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> bool:
        if value not in {"1", "0", "on"}:
            raise self.make_error("invalid")
        return value != "0"


def speak() -> None:
    """Let marshmallow's own fields and checks speak the house's sentences, in the visitor's language."""
    needed = {
        "required": lazy("This is needed."),
        "null": lazy("This is needed."),
        "validator_failed": lazy("This cannot be taken."),
    }
    fields.Field.default_error_messages = {**fields.Field.default_error_messages, **needed}
    for kind in (fields.String, fields.Integer, fields.Boolean, fields.List):
        plain = dict.fromkeys(kind.default_error_messages, lazy("This cannot be read."))
        kind.default_error_messages = {**kind.default_error_messages, **plain}
    validate.OneOf.default_message = lazy("Choose one of the answers that are offered.")
    validate.Length.message_min = lazy("This is too short: at least {min} characters.")
    validate.Length.message_max = lazy("This is too long: at most {max} characters.")
    validate.Length.message_all = lazy("This must have between {min} and {max} characters.")
    validate.Range.message_min = lazy("This is too small.")
    validate.Range.message_max = lazy("This is too large.")
    validate.Range.message_all = lazy("This is outside what can be taken.")
    validate.Regexp.default_message = lazy("This does not have the expected form.")
