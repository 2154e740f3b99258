"""What can be wrong with a row: in one of its cells, or by the rules."""

from __future__ import annotations

from marketplace.domain.imports.codes.kinds import block, warn

CELLS = (
    block(
        "style_code_missing",
        "The row has no style code.",
        "Fill in your product reference.",
    ),
    block(
        "formula",
        "The cell holds a formula, which is never carried out.",
        "Replace the formula by its text.",
    ),
    block(
        "text_too_long",
        "The text has %(length)s characters; at most %(most)s fit.",
        "Shorten it.",
    ),
    block(
        "size_is_day",
        "A spreadsheet program made a day of this size (%(value)s).",
        "Format the column as text, then write the size again as on the label, such as 4-6.",
    ),
    warn(
        "size_range",
        "%(value)s reads like several sizes; it was taken as one.",
        "Give each size a row or a column of its own, with its units, so that members can choose theirs.",
    ),
    warn(
        "assortment_unread",
        "The sizes of the pack cannot be told apart: %(value)s.",
        "Write each size with its pieces, such as 36x1 38x2 40x1, and how many packs there are.",
    ),
    block(
        "gtin_scientific",
        "The barcode was destroyed by a spreadsheet program (%(value)s).",
        "Format the column as text, then fill in all digits from the label again.",
    ),
    block(
        "gtin_check_digit",
        "The barcode's check digit is wrong: %(value)s.",
        "Compare it with the label. A number that would be sound is %(expected)s.",
    ),
    block(
        "gtin_length",
        "A barcode has 8, 12, 13 or 14 digits; this one has %(length)s.",
        "Fill in all digits from the label, or the word none if there is no barcode.",
    ),
    block(
        "gtin_unreadable",
        "This is not a barcode: %(value)s.",
        "Fill in the digits from the label, or the word none if there is no barcode.",
    ),
    warn(
        "gtin_zero_lost",
        "The barcode had lost its leading zero; it was read as %(repaired)s.",
        "Check it, and format the column as text so that zeros stay.",
    ),
    block(
        "gtin_shared",
        "The same barcode stands on another variant in row %(other)s.",
        "Give each variant its own barcode.",
    ),
    warn(
        "composition_without_percentages",
        "The composition names no percentages.",
        "For textiles add each fibre with its share; for leather and the like it may stay.",
    ),
    warn(
        "fibre_unknown",
        "%(fibre)s is not among the fibre names of Regulation (EU) 1007/2011.",
        "Use the name that the regulation gives it, as on the label; a trade name is not one.",
    ),
    block(
        "composition_sum",
        "The composition adds to %(total)s %%, not to 100 %%.",
        "Correct the shares so that each part adds to 100 %%.",
    ),
    warn(
        "country_unknown",
        "No country of this name is known.",
        "Use the ISO code of two letters, such as PT.",
    ),
    warn(
        "date_unreadable",
        "%(value)s is no day that can be read.",
        "Write it as day, month and year, such as 12.03.2026.",
    ),
    warn(
        "condition_unknown",
        "This condition is not known.",
        "Use: new with tags, new without tags, second choice, or customer return.",
    ),
    warn(
        "cn_code_unreadable",
        "A customs code has 6 to 10 digits.",
        "Fill in the digits of the Combined Nomenclature.",
    ),
    warn(
        "weight_unreadable",
        "The weight cannot be read.",
        "Fill in whole grams.",
    ),
    block(
        "price_unreadable",
        "The price cannot be read as a number.",
        "Write it in digits, such as 80.00.",
    ),
    block(
        "price_negative",
        "A price cannot be below zero.",
        "Correct the price.",
    ),
    block(
        "price_too_large",
        "The price is beyond all reason.",
        "Check the decimal comma and the thousands point.",
    ),
    block(
        "number_ambiguous",
        "%(value)s can be read as two different numbers.",
        "Write the column in one way, with two digits behind the decimal point.",
    ),
    warn(
        "price_rounded",
        "The price has more digits than %(currency)s has; it was rounded to %(rounded)s.",
        "Check it.",
    ),
    block(
        "currency_unknown",
        "The house does not count in this currency.",
        "Use one of: %(known)s.",
    ),
    block(
        "currency_mixed",
        "The price is marked %(marked)s, but the row's currency is %(currency)s.",
        "Use one currency in a row.",
    ),
    block(
        "units_unreadable",
        "The quantity cannot be read as a whole number.",
        "Write the number of units in digits.",
    ),
    block(
        "units_negative",
        "A quantity cannot be below zero.",
        "Fill in the number of units that you offer; 0 if there are none.",
    ),
    block(
        "units_too_large",
        "The quantity is beyond all reason.",
        "Check the number; at most %(most)s units of one variant can be offered.",
    ),
)

RULES = (
    block(
        "floor_above_target",
        "The floor price %(value)s is above the target price %(target)s.",
        "Correct one of the two.",
    ),
    block(
        "floor_above_rrp",
        "The floor price %(value)s is above the public price %(rrp)s.",
        "Correct one of the two.",
    ),
    block(
        "target_above_rrp",
        "The target price %(value)s is above the public price %(rrp)s.",
        "Correct one of the two.",
    ),
    block(
        "variant_twice",
        "Row %(other)s states the same style, colour and size, but differs in: %(differs)s.",
        "Keep the row that is right. Neither is taken, since nobody can know which one is.",
    ),
    warn(
        "row_repeated",
        "The row says the same as row %(other)s; it is counted once.",
        "Delete one of the two.",
    ),
    block(
        "sku_shared",
        "The same SKU stands on another variant in row %(other)s.",
        "Give each variant its own SKU.",
    ),
    block(
        "sku_taken",
        "The SKU belongs to another variant of this collection already: %(other)s.",
        "Give the variant a SKU of its own, or change the other one first.",
    ),
    block(
        "currency_of_collection",
        "The prices are in %(currency)s, but this collection counts in %(wanted)s.",
        "State the prices in %(wanted)s, or make a collection in %(currency)s.",
    ),
    block(
        "variant_frozen",
        "The deal about this collection is agreed: no variant can be added to it.",
        "Make a new collection for further goods.",
    ),
    block(
        "field_frozen",
        "The deal about this collection is agreed: this no longer changes by file.",
        "Leave it as it was; words, photographs, barcodes, customs codes and weights may be mended.",
    ),
    warn(
        "style_disagrees",
        "Row %(other)s of the same style says something else: %(first)s. That was taken.",
        "Make the rows of one style agree.",
    ),
    block(
        "style_refused",
        "What row %(other)s says about the style cannot be taken.",
        "Mend row %(other)s.",
    ),
    warn(
        "style_without_variants",
        "The product's own row has no rows for its colours and sizes.",
        "Add a row for each colour and size, or leave it; it is not imported.",
    ),
    warn(
        "row_ignored",
        "The row describes no product and was left out.",
        "Nothing needs to be done, unless a product was meant.",
    ),
)
