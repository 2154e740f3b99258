"""One look over all rows of a file, so that afterwards each row can be judged alone and in any order.

The survey knows what no single row can: which rows belong to one style, which say the same thing twice,
how a column writes its decimals, which fields the whole file lacks. Its memory grows with the number of
variants, not with what stands in their cells.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marketplace.domain.imports import barcodes, dates, figures, sizes
from marketplace.domain.imports.arranging import TOTAL_WORDS, Arranged, adds_up
from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.currencies import named_in
from marketplace.domain.imports.fields import BY_NAME, PRICE_FIELDS, Kind
from marketplace.domain.imports.lines import RowKind
from marketplace.domain.imports.records import (
    says_nothing_but_images,
    unfolded,
    with_options,
)
from marketplace.domain.imports.rows import ROWS_MAX
from marketplace.domain.imports.styles import DAYS, StyleFacts
from marketplace.domain.imports.unreadable import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.domain.imports.figures import Point
    from marketplace.domain.imports.readings import Reading
    from marketplace.domain.imports.records import Record
    from marketplace.domain.imports.rows import At, Row

VARIANTS_MAX = ROWS_MAX
"""As many as a file with one row for each could hold."""

VARIATIONS_MAX = 2_000
"""More variants than any one product has."""

GOODS = frozenset({"simple", "configurable", "variable", "variation", "parent", "child", ""})
HEADER_CELLS_LOOKED_AT = 6
OWN_ROWS = frozenset({"configurable", "variable", "parent"})
COMPARED = (
    "units_offered", "gtin", "sku", "rrp", "shop_price", "cost", "wholesale", "floor_price",
    "target_price", "currency", "weight_g", "cn_code",
)  # fmt: skip
"""Fields in which two rows of the same variant may contradict each other."""

TELLING = frozenset({"size_label", "units_offered", "gtin", "sku", *PRICE_FIELDS})
TELLING_MIN = 2
NOTE_WORDS_MIN = 3
NOTE_CELLS_MAX = 2
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Twin:
    """Another row about the same variant. ``differs`` names the columns that contradict; empty if none do."""

    other: int
    differs: tuple[str, ...] = ()


@dataclass(slots=True)
class Survey:
    """What one look over all rows found. Filled by :func:`survey`, only read afterwards."""

    reading: Reading
    styles: dict[str, StyleFacts] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    points: dict[str, Point | None] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    currencies: set[str] = field(default_factory=set)
    twins: dict[At, Twin] = field(default_factory=dict)
    shared_gtins: dict[At, int] = field(default_factory=dict)
    shared_skus: dict[At, int] = field(default_factory=dict)
    gtin_length: int | None = None
    months_first: set[str] = field(default_factory=set)
    rows: int = 0
    from_shop: int = 0
    by_address: bool = False

    @property
    def currency(self) -> str:
        """The currency of rows that name none: the file's only one, else the brand's own."""
        return next(iter(self.currencies)) if len(self.currencies) == 1 else self.reading.currency

    def kind_of(self, record: Record) -> RowKind:
        """Whether the row is a variant, adds to a style, or is left out."""
        if record.text("store_view") or not (record.is_title or _is_about_goods(record)):
            return RowKind.IGNORED
        if _says_columns_again(record) or self._is_note(record):
            return RowKind.IGNORED
        if record.is_title:
            return RowKind.EXTRA
        without_sizes = bool(self.reading.sizes) and not record.part
        if without_sizes or _is_own_row(record) or says_nothing_but_images(record):
            return RowKind.EXTRA
        return RowKind.VARIANT

    def _is_note(self, record: Record) -> bool:
        """A sentence under the table: nothing in it tells of goods, where columns for that are."""
        telling = TELLING & self.reading.fields
        if len(telling) < TELLING_MIN or telling & record.values.keys() or record.part:
            return False
        code = record.text("style_code")
        sentence = ":" in code or len(code.split()) >= NOTE_WORDS_MIN
        return sentence and len(record.values) <= NOTE_CELLS_MAX and not record.images

    def style_code(self, record: Record) -> str:
        """The style that the row belongs to; empty where nothing says it."""
        stated = record.text("style_code")
        if stated or "style_code" in self.reading.fields:
            return stated
        sku = record.text("sku")
        parent = self.parents.get(sku.casefold()) or record.text("parent_sku")
        return parent or (sku if _is_own_row(record) else _derived_style_code(record))

    def facts_of(self, record: Record) -> StyleFacts | None:
        """What all rows said about the row's style; None where the row names no style."""
        return self.styles.get(style_key(self.style_code(record)))

    def resolved(self, record: Record) -> Record:
        """The record with its options read as colour and size."""
        facts = self.facts_of(record)
        return with_options(record, facts.options) if facts and facts.options else record


def style_key(code: str) -> str:
    """The same for two spellings of one style code."""
    return " ".join(code.split()).casefold()


def colour_of(record: Record) -> str:
    """The colour as members read it: its name, else its code."""
    return " ".join((record.text("colour_name") or record.text("colour_code")).split())


def _is_own_row(record: Record) -> bool:
    return record.text("row_kind").casefold() in OWN_ROWS or bool(record.text("variations"))


def _is_about_goods(record: Record) -> bool:
    if record.text("row_kind").casefold() not in GOODS:
        return False
    texts = [cell.text for cell in record.values.values()]
    is_total = folded(texts[0]) in TOTAL_WORDS if texts else False
    if is_total or (adds_up(texts) and record.text("style_code") in {"", *texts[:1]}):
        return bool(record.text("gtin"))
    return len(texts) > 1 or bool(record.images or record.style_images)


def _says_columns_again(record: Record) -> bool:
    """A header that is repeated on every page, or between two parts of the list."""
    cells = list(record.values.values())
    again = sum(folded(cell.text) == folded(cell.column) for cell in cells[:HEADER_CELLS_LOOKED_AT])
    return again > 1 and again * 2 > min(len(cells), HEADER_CELLS_LOOKED_AT)


def _derived_style_code(record: Record) -> str:
    """A style code out of a SKU that ends with size and colour; else the product's name, else the SKU."""
    code = record.text("sku")
    endings = [folded(record.text(name)) for name in ("colour_name", "size_label")]
    found = 0
    for ending in [*endings, *endings]:
        cut = code[: len(code) - len(ending)].rstrip("-_/. ")
        if ending and cut and folded(code).endswith(f" {ending}"):
            code, found = cut, found + 1
    if found == sum(map(bool, endings)) and found:
        return code
    return record.text("style_name") or code


class _Looking:
    """Collects while the rows pass; what is only needed for that is dropped with it."""

    def __init__(self, reading: Reading) -> None:
        self.survey = Survey(reading)
        self.shown: dict[str, set[Point]] = {}
        self.lengths: dict[int, int] = {}
        self.keys: dict[Key, tuple[At, tuple[str, ...]]] = {}
        self.gtins: dict[str, tuple[At, Key]] = {}
        self.skus: dict[str, tuple[At, Key]] = {}

    def hear_family(self, record: Record) -> None:
        """Product's own rows name their variants' SKUs, often behind the variants themselves."""
        sku = record.text("sku")
        if not _is_own_row(record) or not sku:
            return
        for variation in record.text("variations").split("|")[:VARIATIONS_MAX]:
            for pair in variation.split(","):
                name, _, value = pair.partition("=")
                if name.strip() == "sku" and value.strip():
                    self.survey.parents[value.strip().casefold()] = sku
        code = record.text("style_code") or sku
        facts = self._facts(code, record.number)
        facts.hear(record, own=True)

    def _facts(self, code: str, number: int) -> StyleFacts:
        known = self.survey.styles.get(style_key(code))
        if known is None:
            known = StyleFacts(code, number, months_first=self.survey.months_first)
            self.survey.styles[style_key(code)] = known
        return known

    def hear(self, record: Record) -> None:
        """Take in one row."""
        survey = self.survey
        survey.rows += record.part <= 1
        kind = survey.kind_of(record)
        if kind is RowKind.IGNORED:
            return
        self._hear_columns(record)
        code = survey.style_code(record)
        if not code:
            return
        facts = self._facts(code, record.number)
        if record.number != facts.own_row:
            facts.hear(record, own=False)
        if kind is RowKind.VARIANT:
            resolved = survey.resolved(record)
            facts.variants += 1
            facts.stated.update(resolved.values)
            self._hear_variant(resolved, style_key(code))

    def _hear_columns(self, record: Record) -> None:
        survey = self.survey
        survey.filled.update(record.values)
        if record.images or record.style_images:
            cells = (*record.images, *record.style_images)
            survey.filled.add("images")
            survey.by_address |= any("://" in cell.text for cell in cells)
        for name in record.values.keys() & DAYS:
            if dates.shows_month_first(record.text(name)):
                survey.months_first.add(record.values[name].column)
        for cell in record.values.values():
            point = figures.point_shown(cell.text) if cell.column in self.shown else None
            if point:
                self.shown[cell.column].add(point)
        for name in (*PRICE_FIELDS, "currency"):
            stated = record.values.get(name)
            currency = named_in(stated.text) if stated else None
            if currency:
                survey.currencies.add(currency)

    def _hear_variant(self, record: Record, style: str) -> None:
        self.survey.filled.update(record.values)
        if record.text("shop_price") and not record.text("rrp"):
            self.survey.from_shop += 1
        size, _ = sizes.understood(record.text("size_label"))
        key = (style, colour_of(record).casefold(), size.casefold())
        said = tuple(record.text(name) for name in COMPARED)
        first = self.keys.setdefault(key, (record.at, said))
        if len(self.keys) > VARIANTS_MAX:
            raise FileUnreadable("variants", most=VARIANTS_MAX)
        if first[0] != record.at:
            self._hear_twin(record, first)
        self._hear_codes(record, key)

    def _hear_twin(self, record: Record, first: tuple[At, tuple[str, ...]]) -> None:
        at, said = first
        differs = tuple(
            record.values[name].column if name in record.values else name
            for name, before in zip(COMPARED, said, strict=True)
            if record.text(name) != before
        )
        self.survey.twins[record.at] = Twin(at[0], differs)
        if differs and not self.survey.twins.get(at):
            self.survey.twins[at] = Twin(record.number, differs)

    def _hear_codes(self, record: Record, key: Key) -> None:
        gtin = barcodes.read(record.text("gtin")).gtin
        if gtin:
            self.lengths[len(gtin)] = self.lengths.get(len(gtin), 0) + 1
            self._share(self.gtins, self.survey.shared_gtins, gtin.zfill(14), record.at, key)
        sku = record.text("sku").casefold()
        if sku:
            self._share(self.skus, self.survey.shared_skus, sku, record.at, key)

    @staticmethod
    def _share(
        known: dict[str, tuple[At, Key]], shared: dict[At, int], code: str, at: At, key: Key
    ) -> None:
        first, first_key = known.setdefault(code, (at, key))
        if first_key != key:
            shared[at] = first[0]
            shared.setdefault(first, at[0])

    def finished(self) -> Survey:
        """The survey, once every row has been heard."""
        survey = self.survey
        anywhere: set[Point] = set().union(*self.shown.values())
        usual = _only(anywhere) or survey.reading.point
        for column, points in self.shown.items():
            survey.points[column] = _only(points) if points else usual
        survey.gtin_length = max(self.lengths, key=lambda n: self.lengths[n], default=None)
        return survey


def survey(reading: Reading, rows: Iterable[Row]) -> Survey:
    """Look over ``rows`` (which must allow being gone through twice) below the header."""
    looking = _Looking(reading)
    figured = [
        column
        for _, column, name in reading.columns
        if BY_NAME[name].kind in {Kind.MONEY, Kind.UNITS, Kind.GRAMS}
    ]
    figured += [column for _, column in reading.sizes]
    figured += [column for beside in reading.beside.values() for _, column, _ in beside]
    looking.shown = {column: set() for column in figured}
    arranged = Arranged(reading, rows)
    if reading.fields & {"variations", "row_kind"}:
        for row in arranged:
            looking.hear_family(unfolded(reading, row))
    for row in arranged:
        looking.hear(unfolded(reading, row))
    for _, column, name in reading.columns:
        headed = named_in(column) if BY_NAME[name].kind is Kind.MONEY else None
        if headed:
            looking.survey.currencies.add(headed)
    return looking.finished()


def _only(points: set[Point]) -> Point | None:
    """The one separator that was shown; None if there were two, or none."""
    return next(iter(points)) if len(points) == 1 else None
