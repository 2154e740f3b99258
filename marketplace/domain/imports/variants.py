"""One row's own values: barcode, size, prices, quantity, each understood or told why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marketplace.domain.imports import barcodes, dates, figures, size_columns, sizes
from marketplace.domain.imports.currencies import named_in, without_signs
from marketplace.domain.imports.fields import BY_NAME, PRICE_FIELDS, Kind, Level
from marketplace.domain.imports.lines import VariantLine
from marketplace.domain.imports.problems import Problem, found
from marketplace.domain.imports.rows import is_formula, one_line
from marketplace.domain.imports.surveys import colour_of
from marketplace.domain.money import MINOR_DIGITS

if TYPE_CHECKING:
    from decimal import Decimal

    from marketplace.domain.imports.figures import Point
    from marketplace.domain.imports.records import Record
    from marketplace.domain.imports.rows import Cell
    from marketplace.domain.imports.surveys import Survey

UNITS_MAX = 1_000_000
PRICE_MINOR_MAX = 1_000_000_000
"""Ten million euros: no single piece of this trade costs more."""

WEIGHT_G_MAX = 1_000_000
CN_LENGTHS = (6, 8, 10)
_GRAMS_IN = {"kg": 1_000, "kilo": 1_000, "kilos": 1_000}


@dataclass(slots=True)
class RowReader:
    """Reads the cells of one row that belong to its variant, collecting what is wrong with them."""

    survey: Survey
    record: Record
    problems: list[Problem] = field(default_factory=list)

    def line(self, style_code: str, *, images: tuple[str, ...] = ()) -> VariantLine:
        """The variant, as far as it can be read; look at :attr:`problems` before using it."""
        record = self.record
        self._check_texts()
        currency = self._currency()
        size, system = self._size()
        prices = {name: self._price(name, currency) for name in PRICE_FIELDS}
        from_shop = prices["rrp"] is None and prices["shop_price"] is not None
        colour = colour_of(record)
        return VariantLine(
            style_code=style_code,
            sku=record.text("sku") or "-".join(filter(None, (style_code, colour, size))),
            colour=colour,
            colour_code=one_line(record.text("colour_code")),
            size=size,
            size_system=system,
            size_rank=sizes.rank(size),
            gtin=self._gtin(),
            currency=currency,
            rrp_minor=prices["shop_price"] if from_shop else prices["rrp"],
            target_minor=prices["target_price"],
            floor_minor=prices["floor_price"],
            cost_minor=prices["cost"],
            wholesale_minor=prices["wholesale"],
            units_offered=self._units(),
            weight_g=self._weight(),
            cn_code=self._cn_code(),
            rrp_from_shop=from_shop,
            images=images,
        )

    def _say(self, cell: Cell, code: str, **details: object) -> None:
        self.problems.append(found(self.record.number, cell.column, cell.text, code, **details))

    def _check_texts(self) -> None:
        for name, cell in self.record.values.items():
            known = BY_NAME[name]
            if known.level is not Level.VARIANT:
                continue
            if is_formula(cell.text) and known.kind in {Kind.TEXT, Kind.COLOUR, Kind.SIZE}:
                self._say(cell, "formula")
            elif len(cell.text) > known.length_max:
                self._say(cell, "text_too_long", length=len(cell.text), most=known.length_max)

    def _size(self) -> tuple[str, str]:
        """Label and system; the header may name the system where neither a column nor the label does."""
        cell = self.record.values.get("size_label")
        packed = self.record.values.get("assortment")
        if packed is not None and not self.record.part:
            self._say(packed, "assortment_unread")
        if cell is None:
            return "", ""
        size, system = sizes.understood(cell.text, self.record.text("size_system"))
        if dates.is_iso(cell.text):
            self._say(cell, "size_is_day")
        elif sizes.spans(size):
            self._say(cell, "size_range")
        return size, (system or size_columns.system_in(cell.column)) if size else ""

    def _currency(self) -> str:
        cell = self.record.values.get("currency")
        if cell is not None:
            named = named_in(cell.text)
            if named is None:
                self._say(cell, "currency_unknown", known=", ".join(MINOR_DIGITS))
            return named or self.survey.currency
        for name in PRICE_FIELDS:
            marked = named_in(self.record.text(name))
            if marked:
                return marked
        return self._headed() or self.survey.currency

    def _headed(self) -> str | None:
        """The currency that the header of one of the row's prices names."""
        columns = (cell.column for cell in map(self.record.values.get, PRICE_FIELDS) if cell)
        return next((named for column in columns if (named := named_in(column))), None)

    def _number(self, cell: Cell, text: str, *, unreadable: str) -> Decimal | None:
        point: Point | None = self.survey.points.get(cell.column)
        try:
            return figures.parsed(text, point=point)
        except figures.NotANumber as no:
            self._say(cell, "number_ambiguous" if no.reason == "ambiguous" else unreadable)
            return None

    def _price(self, name: str, currency: str) -> int | None:
        """Minor units; None where nothing is stated. Zero is how shops write that there is no price."""
        cell = self.record.values.get(name)
        if cell is None:
            return None
        marked = named_in(cell.text) or named_in(cell.column)
        if marked and marked != currency:
            self._say(cell, "currency_mixed", marked=marked, currency=currency)
            return None
        amount = self._number(cell, without_signs(cell.text), unreadable="price_unreadable")
        if amount is None:
            return None
        return self._minor(cell, amount, currency) or None

    def _minor(self, cell: Cell, amount: Decimal, currency: str) -> int | None:
        if amount < 0:
            self._say(cell, "price_negative")
            return None
        minor, was_rounded = figures.in_minor_units(amount, currency)
        if minor > PRICE_MINOR_MAX:
            self._say(cell, "price_too_large")
            return None
        if was_rounded:
            rounded = figures.in_words(minor, currency)
            self._say(cell, "price_rounded", currency=currency, rounded=rounded)
        return minor

    def _units(self) -> int | None:
        cell = self.record.values.get("units_offered")
        if cell is None:
            return None
        amount = self._number(cell, figures.without_units(cell.text), unreadable="units_unreadable")
        units = figures.whole(amount) if amount is not None else None
        if amount is None or units is None:
            if amount is not None:
                self._say(cell, "units_unreadable")
            return None
        if units < 0:
            self._say(cell, "units_negative")
        elif units > UNITS_MAX:
            self._say(cell, "units_too_large", most=UNITS_MAX)
        return units if 0 <= units <= UNITS_MAX else None

    def _weight(self) -> int | None:
        cell = self.record.values.get("weight_g")
        if cell is None:
            return None
        text = cell.text.casefold()
        words = f"{cell.column} {text}".casefold().replace("(", " ").replace(")", " ").split()
        times = next((_GRAMS_IN[word] for word in words if word in _GRAMS_IN), 1)
        bare = text.replace("kg", "").replace("gr", "").replace("g", "").strip()
        try:
            grams = figures.parsed(bare, point=self.survey.points.get(cell.column)) * times
        except figures.NotANumber:
            self._say(cell, "weight_unreadable")
            return None
        if not 0 <= grams <= WEIGHT_G_MAX:
            self._say(cell, "weight_unreadable")
            return None
        return int(grams.to_integral_value()) or None

    def _gtin(self) -> str:
        cell = self.record.values.get("gtin")
        if cell is None:
            return ""
        read = barcodes.read(cell.text, usual_length=self.survey.gtin_length)
        if read.fault:
            length = sum(map(str.isdigit, cell.text))
            self._say(cell, f"gtin_{read.fault}", expected=read.expected, length=length)
        elif read.repaired:
            self._say(cell, "gtin_zero_lost", repaired=read.gtin)
        return read.gtin

    def _cn_code(self) -> str:
        cell = self.record.values.get("cn_code")
        if cell is None:
            return ""
        digits = cell.text.replace(" ", "").replace(".", "")
        sound = digits.isascii() and digits.isdigit()
        if not sound or not min(CN_LENGTHS) <= len(digits) <= max(CN_LENGTHS):
            self._say(cell, "cn_code_unreadable")
            return ""
        return digits
