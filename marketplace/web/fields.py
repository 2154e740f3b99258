"""Kinds of fields: money, days, times and counts as people type them, and marshmallow's sentences in our words."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from marshmallow import ValidationError, fields, validate

from marketplace.domain.accounts import EmailRefused, email_key
from marketplace.domain.money import MINOR_MAX
from marketplace.words import _, lazy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from marketplace.words import Lazy

TEXT_LENGTH_MAX = 200
WHOLE_MAX = 1_000_000
BPS_MAX = 10_000
GROUP_MARKS = " \u00a0\u202f.,'\u2019"
_AMOUNT = re.compile(
    rf"(?P<units>[0-9]{{1,3}}(?:[{GROUP_MARKS}][0-9]{{3}})+|[0-9]+)(?:[.,](?P<cents>[0-9]{{1,2}}))?"
)
_WHOLE = re.compile(r"[0-9]{1,12}")
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")
_WALL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Typed(fields.Field[Any]):
    """A field that is typed as text; each kind says in :meth:`read` what it makes of it."""

    def _deserialize(
        self,
        value: object,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002 - marshmallow's signature
        **_more: object,
    ) -> object:
        if not isinstance(value, str):
            raise ValidationError(_("This cannot be read. Type it again."))
        return self.read(value)

    def read(self, text: str) -> object:
        """What ``text`` means; ValidationError with a sentence if it means nothing here."""
        raise NotImplementedError


class Secret(Typed):
    """A password: taken exactly as typed, spaces included."""

    def read(self, text: str) -> str:
        """The text itself."""
        return text


class Trimmed(Typed):
    """Text without spaces around it, at most ``max`` characters; ``lines``: may have several lines."""

    def __init__(self, *, max: int = TEXT_LENGTH_MAX, lines: bool = False, **more: Any) -> None:  # noqa: A002, ANN401 - marshmallow's own words
        """``max`` characters after trimming."""
        super().__init__(**more)
        self.length_max = max
        self.lines = lines

    def read(self, text: str) -> str:
        """The text, composed and trimmed."""
        whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
        allowed = {"\n", "\t"} if self.lines else set()
        if any(
            unicodedata.category(each) in {"Cc", "Cs"} and each not in allowed for each in whole
        ):
            raise ValidationError(
                _("This contains characters that cannot be shown. Take them out.")
            )
        if len(whole) > self.length_max:
            raise ValidationError(
                _(
                    "This is too long. Shorten it to at most %(most)s characters.",
                    most=self.length_max,
                )
            )
        return whole


class Email(Typed):
    """An e-mail address, as typed."""

    def read(self, text: str) -> str:
        """The address without spaces around it."""
        try:
            email_key(text)
        except EmailRefused as no:
            raise ValidationError(
                _("This is not an e-mail address. It looks like name@example.com.")
            ) from no
        return text.strip()


class MoneyField(Typed):
    """A sum as people type it (``12,50``, ``12.50``, ``1 250``) as whole minor units of a currency with ``digits``."""

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

    def read(self, text: str) -> int:
        """Minor units."""
        found = _AMOUNT.fullmatch(text.strip())
        if found is None or (found["cents"] and not self.digits):
            raise ValidationError(_("This is not an amount. It looks like 1250.00."))
        minor = int(re.sub(r"[^0-9]", "", found["units"]))
        for place in range(self.digits):
            minor = minor * 10 + int((found["cents"] or "").ljust(self.digits, "0")[place])
        if minor < self.min_minor:
            raise ValidationError(_("This amount is too small. Choose a larger one."))
        if minor > self.max_minor:
            raise ValidationError(_("This amount is too large. Choose a smaller one."))
        return minor


class Whole(Typed):
    """A whole number of ASCII digits from ``min`` to ``max``: no sign, no exponent, no other script's digits."""

    def __init__(self, *, min: int = 0, max: int = WHOLE_MAX, **more: Any) -> None:  # noqa: A002, ANN401 - marshmallow's own words
        """From ``min`` to ``max``."""
        super().__init__(**more)
        self.least, self.most = min, max

    def read(self, text: str) -> int:
        """The number."""
        if not _WHOLE.fullmatch(text):
            raise ValidationError(_("This is not a whole number. It looks like 12."))
        if not self.least <= int(text) <= self.most:
            raise ValidationError(
                _(
                    "This is outside what can be taken. Choose a number from %(least)s to %(most)s.",
                    least=self.least,
                    most=self.most,
                )
            )
        return int(text)


class Percent(Typed):
    """A percentage as people type it (``25``, ``12,5 %``) in basis points, at most 100 %."""

    def read(self, text: str) -> int:
        """Basis points."""
        found = _PERCENT.fullmatch(text.strip())
        rate = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else -1
        if not 0 <= rate <= BPS_MAX:
            raise ValidationError(_("This is not a percentage. It looks like 12.5."))
        return rate


class WallTime(Typed):
    """A day and a time as a clock on the wall shows them (naive), to the minute, or to the second if one is given."""

    def read(self, text: str) -> datetime:
        """The wall time."""
        found = _WALL.fullmatch(text.strip())
        try:
            return datetime.fromisoformat(f"{found[1]}T{found[2]}" if found else "")
        except ValueError as no:
            raise ValidationError(
                _("This is not a day and a time. It looks like 2026-03-05T07:00.")
            ) from no


def wall_text(wall: datetime) -> str:
    """A wall time as it is typed into a field: ``2026-03-05T07:00``, with its seconds only where it has any."""
    return wall.isoformat(timespec="seconds" if wall.second else "minutes")


class Day(Typed):
    """A calendar day."""

    def read(self, text: str) -> date:
        """The day."""
        found = _DAY.fullmatch(text.strip())
        try:
            return date.fromisoformat(found[0] if found else "")
        except ValueError as no:
            raise ValidationError(_("This is not a day. It looks like 2026-03-05.")) from no


class Choice(Typed):
    """One of the values of ``kind``, a StrEnum."""

    def __init__(self, kind: type[StrEnum], **more: Any) -> None:  # noqa: ANN401 - marshmallow's own words
        """One of ``kind``."""
        super().__init__(**more)
        self.kind = kind

    def read(self, text: str) -> StrEnum:
        """The member of ``kind``."""
        try:
            return self.kind(text.strip())
        except ValueError as no:
            raise ValidationError(
                _("This is not among the answers. Choose one of those offered.")
            ) from no


class Tick(Typed):
    """A box to tick: true when it was, false when it was not sent."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401 - marshmallow's own words
        """False unless ticked."""
        super().__init__(**{"load_default": False, **more})

    def read(self, text: str) -> bool:
        """Whether it was ticked."""
        if text not in {"1", "0", "on"}:
            raise ValidationError(_("This cannot be read. Type it again."))
        return text != "0"


SENTENCES: dict[type[fields.Field[Any]], dict[str, Lazy]] = {
    fields.Field: {
        "required": lazy("This is needed. Fill it in."),
        "null": lazy("This is needed. Fill it in."),
        "validator_failed": lazy("This cannot be taken as it is. Correct it and send it again."),
    },
    fields.String: {"invalid": lazy("This cannot be read. Type it again.")},
    fields.Integer: {"invalid": lazy("This is not a whole number. It looks like 12.")},
    fields.Boolean: {"invalid": lazy("This cannot be read. Type it again.")},
    fields.List: {"invalid": lazy("This cannot be read. Type it again.")},
}
CHECKS: dict[type[validate.Validator], dict[str, Lazy]] = {
    validate.OneOf: {
        "default_message": lazy("This is not among the answers. Choose one of those offered.")
    },
    validate.Regexp: {
        "default_message": lazy("This does not have the expected form. Compare it with the hint.")
    },
    validate.Length: {
        "message_min": lazy("This is too short. Write at least {min} characters."),
        "message_max": lazy("This is too long. Shorten it to at most {max} characters."),
        "message_all": lazy("This has the wrong length. Write between {min} and {max} characters."),
    },
    validate.Range: {
        "message_min": lazy("This is too small. Choose at least {min}."),
        "message_max": lazy("This is too large. Choose at most {max}."),
        "message_all": lazy("This is outside what can be taken. Choose between {min} and {max}."),
    },
}


def speak() -> None:
    """Let marshmallow's own fields and checks speak the house's sentences, in the visitor's language."""
    for kind, sentences in SENTENCES.items():
        # A sentence that waits for its language, where the library expects one in hand.
        kind.default_error_messages |= cast("dict[str, Any]", sentences)
    for check, said in CHECKS.items():
        for name, sentence in said.items():
            setattr(check, name, sentence)
