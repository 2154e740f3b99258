"""The list of codes: what can be wrong with a brand's file, how grave it is, the reason and the mend.

The sentences are English sources with named places, translated in ``imports.po``. The list is documented in
``docs/import.md``; programs rely on the codes, so a code keeps its meaning for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """``block`` refuses the row (or the file, at the header's row); ``warn`` lets it in."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Kind:
    """One code with its severity at import and its two sentences."""

    code: str
    severity: Severity
    message: str
    mend: str


def _block(code: str, message: str, mend: str) -> Kind:
    return Kind(code, Severity.BLOCK, message, mend)


def _warn(code: str, message: str, mend: str) -> Kind:
    return Kind(code, Severity.WARN, message, mend)


_FILE = (
    _block(
        "style_code_column_missing",
        "No column was recognised as the style code, which groups a product's colours and sizes.",
        "Say which column holds your product reference.",
    ),
    _block(
        "no_rows",
        "There are no rows below the header.",
        "Choose the sheet that holds the products, or send the file again with its rows.",
    ),
    _warn(
        "quotes_uneven",
        "Quotation marks are used unevenly in the file; it was read as well as possible.",
        "Look at the rows shown, or save the file again from the spreadsheet program.",
    ),
    _warn(
        "currency_assumed",
        "The file names no currency; its prices were taken as %(currency)s.",
        "If that is wrong, choose another currency or add a column with the currency.",
    ),
    _warn(
        "style_code_carried",
        "The style code stands on the first row of each product only; the rows below were taken for the same.",
        "Check that each of your products begins with its style code.",
    ),
    _warn(
        "rrp_from_shop_price",
        "Some rows state no public price; the price in your own shop was taken for it (%(count)s).",
        "Check it. It is shown struck through only once you add evidence for it.",
    ),
    _warn(
        "photographs_by_address",
        "Photographs are named by web address; addresses are not fetched.",
        "Add the photographs as a ZIP file; they are matched by name, SKU or style code.",
    ),
)

_LACKS = (
    _warn(
        "style_name_missing",
        "The product has no name; its style code stands in for it.",
        "Add the name before the sale is scheduled.",
    ),
    _warn(
        "description_missing",
        "There is no description.",
        "Add it before the sale is scheduled; members read it before they buy.",
    ),
    _warn(
        "composition_missing",
        "There is no composition.",
        "Add it before the sale is scheduled: it must be shown before a textile is bought "
        "(Regulation (EU) 1007/2011, art. 16).",
    ),
    _warn(
        "country_of_origin_missing",
        "There is no country of origin.",
        "Add it if you can; members and customs ask for it.",
    ),
    _warn(
        "condition_missing",
        "The condition of the goods is not stated.",
        "State it before the sale is scheduled: new with tags, new without, second choice or return.",
    ),
    _warn(
        "manufacturer_name_missing",
        "The manufacturer is not named.",
        "Add name and addresses before the sale is scheduled (Regulation (EU) 2023/988, art. 19).",
    ),
    _warn(
        "colour_name_missing",
        "There is no colour.",
        "Add it if the product comes in more than one; leave it if there is only one.",
    ),
    _warn(
        "size_label_missing",
        "There is no size.",
        "Add it if the product comes in more than one; leave it if there is only one.",
    ),
    _warn(
        "gtin_missing",
        "There is no barcode.",
        "Add it if the goods carry one; the warehouse counts by it.",
    ),
    _warn(
        "cn_code_missing",
        "There is no customs code.",
        "Add it if you can; the report on unsold goods is kept by it.",
    ),
    _warn(
        "weight_g_missing",
        "There is no weight.",
        "Add the weight of one unit in grams if you can; shipping is reckoned by it.",
    ),
    _warn(
        "rrp_missing",
        "There is no public price.",
        "Add it with its evidence, or the sale shows no price struck through.",
    ),
    _warn(
        "floor_price_missing",
        "There is no floor price.",
        "Add the lowest price you accept, or agree on it in the deal.",
    ),
    _warn(
        "units_offered_missing",
        "The quantity is blank: unknown, which is not zero.",
        "Fill in the number of units, or 0 if there are none.",
    ),
    _warn(
        "images_missing",
        "There is no photograph.",
        "Add photographs before the sale is scheduled, at least one for each colour.",
    ),
)

_CELLS = (
    _block(
        "style_code_missing",
        "The row has no style code.",
        "Fill in your product reference.",
    ),
    _block(
        "formula",
        "The cell holds a formula, which is never carried out.",
        "Replace the formula by its text.",
    ),
    _block(
        "text_too_long",
        "The text has %(length)s characters; at most %(most)s fit.",
        "Shorten it.",
    ),
    _block(
        "gtin_scientific",
        "The barcode was destroyed by a spreadsheet program (%(value)s).",
        "Format the column as text, then fill in all digits from the label again.",
    ),
    _block(
        "gtin_check_digit",
        "The barcode's check digit is wrong: %(value)s.",
        "Compare it with the label. A number that would be sound is %(expected)s.",
    ),
    _block(
        "gtin_length",
        "A barcode has 8, 12, 13 or 14 digits; this one has %(length)s.",
        "Fill in all digits from the label, or the word none if there is no barcode.",
    ),
    _block(
        "gtin_unreadable",
        "This is not a barcode: %(value)s.",
        "Fill in the digits from the label, or the word none if there is no barcode.",
    ),
    _warn(
        "gtin_zero_lost",
        "The barcode had lost its leading zero; it was read as %(repaired)s.",
        "Check it, and format the column as text so that zeros stay.",
    ),
    _block(
        "gtin_shared",
        "The same barcode stands on another variant in row %(other)s.",
        "Give each variant its own barcode.",
    ),
    _warn(
        "composition_without_percentages",
        "The composition names no percentages.",
        "For textiles add each fibre with its share; for leather and the like it may stay.",
    ),
    _block(
        "composition_sum",
        "The composition adds to %(total)s %%, not to 100 %%.",
        "Correct the shares so that each part adds to 100 %%.",
    ),
    _warn(
        "country_unknown",
        "No country of this name is known.",
        "Use the ISO code of two letters, such as PT.",
    ),
    _warn(
        "condition_unknown",
        "This condition is not known.",
        "Use: new with tags, new without tags, second choice, or customer return.",
    ),
    _warn(
        "cn_code_unreadable",
        "A customs code has 6 to 10 digits.",
        "Fill in the digits of the Combined Nomenclature.",
    ),
    _warn(
        "weight_unreadable",
        "The weight cannot be read.",
        "Fill in whole grams.",
    ),
    _block(
        "price_unreadable",
        "The price cannot be read as a number.",
        "Write it in digits, such as 80.00.",
    ),
    _block(
        "price_negative",
        "A price cannot be below zero.",
        "Correct the price.",
    ),
    _block(
        "price_too_large",
        "The price is beyond all reason.",
        "Check the decimal comma and the thousands point.",
    ),
    _block(
        "number_ambiguous",
        "%(value)s can be read as two different numbers.",
        "Write the column in one way, with two digits behind the decimal point.",
    ),
    _warn(
        "price_rounded",
        "The price has more digits than %(currency)s has; it was rounded to %(rounded)s.",
        "Check it.",
    ),
    _block(
        "currency_unknown",
        "The house does not count in this currency.",
        "Use one of: %(known)s.",
    ),
    _block(
        "currency_mixed",
        "The price is marked %(marked)s, but the row's currency is %(currency)s.",
        "Use one currency in a row.",
    ),
    _block(
        "units_unreadable",
        "The quantity cannot be read as a whole number.",
        "Write the number of units in digits.",
    ),
    _block(
        "units_negative",
        "A quantity cannot be below zero.",
        "Fill in the number of units that you offer; 0 if there are none.",
    ),
    _block(
        "units_too_large",
        "The quantity is beyond all reason.",
        "Check the number; at most %(most)s units of one variant can be offered.",
    ),
)

_RULES = (
    _block(
        "floor_above_target",
        "The floor price %(value)s is above the target price %(target)s.",
        "Correct one of the two.",
    ),
    _block(
        "floor_above_rrp",
        "The floor price %(value)s is above the public price %(rrp)s.",
        "Correct one of the two.",
    ),
    _block(
        "target_above_rrp",
        "The target price %(value)s is above the public price %(rrp)s.",
        "Correct one of the two.",
    ),
    _block(
        "variant_twice",
        "Row %(other)s states the same style, colour and size, but differs in: %(differs)s.",
        "Keep the row that is right. Neither is taken, since nobody can know which one is.",
    ),
    _warn(
        "row_repeated",
        "The row says the same as row %(other)s; it is counted once.",
        "Delete one of the two.",
    ),
    _block(
        "sku_shared",
        "The same SKU stands on another variant in row %(other)s.",
        "Give each variant its own SKU.",
    ),
    _block(
        "sku_taken",
        "The SKU belongs to another variant of this collection already: %(other)s.",
        "Give the variant a SKU of its own, or change the other one first.",
    ),
    _block(
        "currency_of_collection",
        "The prices are in %(currency)s, but this collection counts in %(wanted)s.",
        "State the prices in %(wanted)s, or make a collection in %(currency)s.",
    ),
    _warn(
        "style_disagrees",
        "Row %(other)s of the same style says something else: %(first)s. That was taken.",
        "Make the rows of one style agree.",
    ),
    _block(
        "style_refused",
        "What row %(other)s says about the style cannot be taken.",
        "Mend row %(other)s.",
    ),
    _warn(
        "style_without_variants",
        "The product's own row has no rows for its colours and sizes.",
        "Add a row for each colour and size, or leave it; it is not imported.",
    ),
    _warn(
        "row_ignored",
        "The row describes no product and was left out.",
        "Nothing needs to be done, unless a product was meant.",
    ),
)

_PHOTOGRAPHS = (
    _warn(
        "photograph_absent",
        "The photograph %(value)s is named, but it is not in the ZIP file.",
        "Add it to the ZIP file, or correct its name.",
    ),
    _warn(
        "photograph_unmatched",
        "The photograph %(value)s belongs to no style in the file.",
        "Name it in a row, or begin its name with the style code or SKU.",
    ),
    _warn(
        "photograph_kind",
        "%(value)s is no JPEG, PNG, WebP or AVIF picture, or its ending says something else.",
        "Save it as JPEG, PNG, WebP or AVIF with the matching ending.",
    ),
    _warn(
        "photograph_damaged",
        "%(value)s is damaged or incomplete.",
        "Export it again.",
    ),
    _warn(
        "photograph_too_large",
        "%(value)s is larger than %(most)s.",
        "Make it smaller.",
    ),
    _warn(
        "photograph_frames",
        "%(value)s holds more than one picture.",
        "Send one still picture in each file.",
    ),
    _warn(
        "photograph_disguised",
        "%(value)s holds something else besides a picture and was refused.",
        "Export it again as a plain picture.",
    ),
    _warn(
        "photograph_too_costly",
        "%(value)s needs more memory or time than a photograph may.",
        "Export it again as a plain JPEG of at most 40 megapixels.",
    ),
)

KINDS: dict[str, Kind] = {
    kind.code: kind for kind in (*_FILE, *_LACKS, *_CELLS, *_RULES, *_PHOTOGRAPHS)
}
assert len(KINDS) == sum(map(len, (_FILE, _LACKS, _CELLS, _RULES, _PHOTOGRAPHS)))
