"""The fields a brand's column can mean: names are stable, documented in ``docs/import.md`` and sent by programs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NAME_LENGTH_MAX = 200
CODE_LENGTH_MAX = 80
NOTE_LENGTH_MAX = 1_000
TEXT_LENGTH_MAX = 8_000


class Kind(StrEnum):
    """How the text of a cell is understood."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    COMPOSITION = "composition"
    COUNTRY = "country"
    CONDITION = "condition"
    COLOUR = "colour"
    SIZE = "size"
    SIZE_SYSTEM = "size_system"
    GTIN = "gtin"
    CN_CODE = "cn_code"
    MONEY = "money"
    CURRENCY = "currency"
    UNITS = "units"
    GRAMS = "grams"
    IMAGES = "images"
    DATE = "date"
    STRUCTURE = "structure"


class Level(StrEnum):
    """What a value describes: the style as a whole, one variant, or the file's own build."""

    STYLE = "style"
    VARIANT = "variant"
    FILE = "file"


class Need(StrEnum):
    """When a lack of it stops something: at import, before a sale is scheduled, or never."""

    IMPORT = "import"
    SALE = "sale"
    WISHED = "wished"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column can say. ``label`` and ``meaning`` are English source sentences.

    ``repeats`` allows several columns of one file to carry it, read from left to right.
    """

    name: str
    label: str
    kind: Kind
    level: Level
    need: Need
    meaning: str
    length_max: int = NAME_LENGTH_MAX
    repeats: bool = False


def _style(name: str, label: str, kind: Kind, need: Need, meaning: str, length_max: int) -> Field:
    return Field(name, label, kind, Level.STYLE, need, meaning, length_max)


def _variant(name: str, label: str, kind: Kind, need: Need, meaning: str) -> Field:
    return Field(name, label, kind, Level.VARIANT, need, meaning, CODE_LENGTH_MAX)


def _file(name: str, label: str, meaning: str, *, repeats: bool = False) -> Field:
    return Field(
        name, label, Kind.STRUCTURE, Level.FILE, Need.FREE, meaning, TEXT_LENGTH_MAX, repeats
    )


def _by_size(name: str, label: str, kind: Kind) -> Field:
    meaning = "Beside the columns of units: the column's header names the size that it belongs to."
    return Field(
        name, label, kind, Level.VARIANT, Need.FREE, meaning, CODE_LENGTH_MAX, repeats=True
    )


_STYLE_FIELDS = (
    _style(
        "style_code",
        "Style code",
        Kind.TEXT,
        Need.IMPORT,
        "Your reference of the product; it groups its colours and sizes.",
        CODE_LENGTH_MAX,
    ),
    _style(
        "style_name",
        "Style name",
        Kind.TEXT,
        Need.SALE,
        "The product's name as members read it.",
        NAME_LENGTH_MAX,
    ),
    _style("brand_name", "Brand", Kind.TEXT, Need.FREE, "The label on the product.", 80),
    _style("season", "Season", Kind.TEXT, Need.FREE, "For example FW25.", CODE_LENGTH_MAX),
    _style("gender", "For whom", Kind.TEXT, Need.FREE, "Women, men, children, all.", 40),
    _style("category", "Category", Kind.TEXT, Need.FREE, "Dresses, shoes, bags.", NAME_LENGTH_MAX),
    _style(
        "description",
        "Description",
        Kind.LONG_TEXT,
        Need.SALE,
        "What members read about the product; HTML is reduced to plain text.",
        TEXT_LENGTH_MAX,
    ),
    _style(
        "composition",
        "Composition",
        Kind.COMPOSITION,
        Need.SALE,
        "Fibres with percentages, part by part, as on the label (Regulation (EU) 1007/2011).",
        NOTE_LENGTH_MAX,
    ),
    _style(
        "country_of_origin",
        "Country of origin",
        Kind.COUNTRY,
        Need.WISHED,
        "ISO code or name of the country.",
        CODE_LENGTH_MAX,
    ),
    _style(
        "condition",
        "Condition",
        Kind.CONDITION,
        Need.SALE,
        "New with tags, new without tags, second choice, or a customer's return.",
        CODE_LENGTH_MAX,
    ),
    _style(
        "defects",
        "Defects",
        Kind.TEXT,
        Need.FREE,
        "Of pieces that are not perfect: each flaw, and where it is. Second choice owes it.",
        NOTE_LENGTH_MAX,
    ),
    _style(
        "manufacturer_name",
        "Manufacturer",
        Kind.TEXT,
        Need.SALE,
        "Who made it, as Regulation (EU) 2023/988 art. 19 asks members to be told.",
        NAME_LENGTH_MAX,
    ),
    _style(
        "manufacturer_address",
        "Manufacturer's postal address",
        Kind.TEXT,
        Need.FREE,
        "Street, town, country.",
        NOTE_LENGTH_MAX,
    ),
    _style(
        "manufacturer_email",
        "Manufacturer's electronic address",
        Kind.TEXT,
        Need.FREE,
        "An e-mail or web address.",
        NAME_LENGTH_MAX,
    ),
    _style(
        "eu_responsible",
        "Responsible person in the Union",
        Kind.TEXT,
        Need.FREE,
        "Name and addresses, where the manufacturer stands outside the Union.",
        NOTE_LENGTH_MAX,
    ),
    _style(
        "rrp_date",
        "Day of the public price",
        Kind.DATE,
        Need.FREE,
        "When the public price was asked; proposed as the day of its evidence.",
        CODE_LENGTH_MAX,
    ),
    _style(
        "rrp_reference",
        "Where the public price was asked",
        Kind.TEXT,
        Need.FREE,
        "A web address, a price list, a shop and its town; proposed as its evidence.",
        NOTE_LENGTH_MAX,
    ),
    _style(
        "available_on",
        "Ready to leave on",
        Kind.DATE,
        Need.FREE,
        "The day from which the goods can leave your warehouse.",
        CODE_LENGTH_MAX,
    ),
    _style(
        "warnings",
        "Warnings",
        Kind.TEXT,
        Need.FREE,
        "Safety warnings that belong to the product.",
        NOTE_LENGTH_MAX,
    ),
)

_VARIANT_FIELDS = (
    _variant("colour_code", "Colour code", Kind.COLOUR, Need.FREE, "Your reference of the colour."),
    _variant(
        "colour_name",
        "Colour",
        Kind.COLOUR,
        Need.WISHED,
        "The colour's name; style and colour are what members choose first.",
    ),
    _variant("size_label", "Size", Kind.SIZE, Need.WISHED, "The size as on the label."),
    _variant(
        "size_second",
        "Second part of the size",
        Kind.TEXT,
        Need.FREE,
        "What completes the size in a column of its own: the length of jeans, the cup of a bra.",
    ),
    _variant(
        "size_system",
        "Size system",
        Kind.SIZE_SYSTEM,
        Need.FREE,
        "FR, IT, DE, ES, UK, US, EU or INT: 36 alone is ambiguous.",
    ),
    _variant("sku", "SKU", Kind.TEXT, Need.FREE, "Your stock-keeping code of the variant."),
    _variant(
        "gtin",
        "Barcode",
        Kind.GTIN,
        Need.WISHED,
        "GTIN of 8, 12, 13 or 14 digits kept as text, or the word none.",
    ),
    _variant(
        "cn_code", "Customs code", Kind.CN_CODE, Need.WISHED, "CN or HS code, 6 to 10 digits."
    ),
    _variant("weight_g", "Weight in grams", Kind.GRAMS, Need.WISHED, "One unit, packed."),
    _variant(
        "rrp",
        "Public price",
        Kind.MONEY,
        Need.WISHED,
        "Recommended retail price, VAT included; struck through only with evidence.",
    ),
    _variant(
        "shop_price",
        "Price in your shop",
        Kind.MONEY,
        Need.FREE,
        "What your own shop asks, VAT included; taken as public price where none is stated.",
    ),
    _variant(
        "currency", "Currency", Kind.CURRENCY, Need.FREE, "ISO code or sign, such as EUR or €."
    ),
    _variant("cost", "Cost", Kind.MONEY, Need.FREE, "What one unit cost you; confidential."),
    _variant(
        "wholesale",
        "Wholesale price",
        Kind.MONEY,
        Need.FREE,
        "What shops pay you, or are recommended to pay, without VAT; confidential.",
    ),
    _variant(
        "floor_price",
        "Floor price",
        Kind.MONEY,
        Need.WISHED,
        "The lowest price, VAT included, at which a unit may be sold.",
    ),
    _variant(
        "target_price",
        "Target price",
        Kind.MONEY,
        Need.FREE,
        "The price, VAT included, you hope for.",
    ),
    _variant(
        "units_offered",
        "Units offered",
        Kind.UNITS,
        Need.SALE,
        "Whole units; blank means unknown, which is not zero.",
    ),
    Field(
        "units_by_size",
        "Units of one size",
        Kind.UNITS,
        Level.VARIANT,
        Need.FREE,
        "The column's header names the size; a blank cell is no variant, 0 is one without units.",
        CODE_LENGTH_MAX,
        repeats=True,
    ),
    _variant(
        "assortment",
        "Sizes of a pack",
        Kind.TEXT,
        Need.FREE,
        "Such as 36x1 38x2 40x1: becomes a row for each size, with the pieces of all packs.",
    ),
    _variant("packs", "Number of packs", Kind.UNITS, Need.FREE, "How many packs of these sizes."),
    _by_size("label_by_size", "Name of one size", Kind.SIZE),
    _by_size("gtin_by_size", "Barcode of one size", Kind.GTIN),
    _by_size("sku_by_size", "SKU of one size", Kind.TEXT),
    _by_size("rrp_by_size", "Public price of one size", Kind.MONEY),
    _by_size("cost_by_size", "Cost of one size", Kind.MONEY),
    _by_size("wholesale_by_size", "Wholesale price of one size", Kind.MONEY),
    Field(
        "style_images",
        "Photographs of the style",
        Kind.IMAGES,
        Level.STYLE,
        Need.FREE,
        "Like photographs, but of the style as a whole rather than of one colour.",
        TEXT_LENGTH_MAX,
        repeats=True,
    ),
    Field(
        "images",
        "Photographs",
        Kind.IMAGES,
        Level.VARIANT,
        Need.SALE,
        "File names or web addresses, separated by commas; several columns may carry them.",
        TEXT_LENGTH_MAX,
        repeats=True,
    ),
)

_FILE_FIELDS = (
    _file(
        "row_kind", "Kind of row", "Tells a product's own row from those of its sizes and colours."
    ),
    _file("variations", "Variations", "SKUs of the variants that belong to a product's own row."),
    _file(
        "parent_sku",
        "SKU of the product",
        "Names the product's own row to which a variant belongs.",
    ),
    _file("store_view", "Shop view", "A row that only translates another is left out."),
    _file(
        "attributes",
        "Further attributes",
        "Pairs such as size=M,color=Blue; each name is understood like a column of its own.",
        repeats=True,
    ),
    *(
        _file(f"option_{place}_{part}", f"Option {place} {part}", meaning)
        for place in (1, 2, 3)
        for part, meaning in (
            ("name", "Says what the option's value is: size, colour or something else."),
            ("value", "The value of this option for the variant."),
        )
    ),
)

FIELDS: tuple[Field, ...] = (*_STYLE_FIELDS, *_VARIANT_FIELDS, *_FILE_FIELDS)
BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
STYLE_FIELDS: tuple[str, ...] = tuple(f.name for f in _STYLE_FIELDS if f.name != "style_code")
"""Fields that describe a style as a whole and may be stated on one of its rows only."""
PRICE_FIELDS: tuple[str, ...] = tuple(
    f.name for f in FIELDS if f.kind is Kind.MONEY and not f.repeats
)
