"""What can be wrong with a file as a whole, or lack in it."""

from __future__ import annotations

from marketplace.domain.imports.codes.kinds import block, warn

FILE = (
    block(
        "style_code_column_missing",
        "No column was recognised as the style code, which groups a product's colours and sizes.",
        "Say which column holds your product reference.",
    ),
    block(
        "no_rows",
        "There are no rows below the header.",
        "Choose the sheet that holds the products, or send the file again with its rows.",
    ),
    warn(
        "quotes_uneven",
        "Quotation marks are used unevenly in the file; it was read as well as possible.",
        "Look at the rows shown, or save the file again from the spreadsheet program.",
    ),
    warn(
        "currency_assumed",
        "The file names no currency; its prices were taken as %(currency)s.",
        "If that is wrong, choose another currency or add a column with the currency.",
    ),
    warn(
        "style_code_carried",
        "The style code stands on the first row of each product only; the rows below were taken for the same.",
        "Check that each of your products begins with its style code.",
    ),
    warn(
        "styles_titled",
        "Products are named in rows above their own; the rows below each were taken for it.",
        "Check that each of your products has its row with its style code, or add a column with the style code.",
    ),
    warn(
        "sizes_unused",
        "The columns %(columns)s stand under sizes as well, and were left out.",
        "If they hold the units that you offer, barcodes or prices of each size, say so where your columns are shown.",
    ),
    warn(
        "lists_side_by_side",
        "%(count)s lists stand side by side under the same names; each was read like the first.",
        "If they are not of one kind, say what their columns mean where your columns are shown.",
    ),
    warn(
        "rows_hidden",
        "Rows of your sheet are hidden (%(count)s); they were read like the others: %(rows)s.",
        "If they are not on offer, delete them and send the file again.",
    ),
    warn(
        "units_unused",
        "The column %(column)s speaks of quantities as well, and was left out.",
        "If it holds the units that you offer, take it for them; to offer several stocks together, add them up first.",
    ),
    warn(
        "rrp_from_shop_price",
        "Some rows state no public price; the price in your own shop was taken for it (%(count)s).",
        "Check it. It is shown struck through only once you add evidence for it.",
    ),
    warn(
        "photographs_by_address",
        "Photographs are named by web address; they are fetched once the file is let in.",
        "See to it that the addresses begin with https and are open to everybody, or send a ZIP file instead.",
    ),
)

LACKS = (
    warn(
        "style_name_missing",
        "The product has no name; its style code stands in for it.",
        "Add the name before the sale is scheduled.",
    ),
    warn(
        "description_missing",
        "There is no description.",
        "Add it before the sale is scheduled; members read it before they buy.",
    ),
    warn(
        "composition_missing",
        "There is no composition.",
        "Add it before the sale is scheduled: it must be shown before a textile is bought "
        "(Regulation (EU) 1007/2011, art. 16).",
    ),
    warn(
        "country_of_origin_missing",
        "There is no country of origin.",
        "Add it if you can; members and customs ask for it.",
    ),
    warn(
        "condition_missing",
        "The condition of the goods is not stated.",
        "State it before the sale is scheduled: new with tags, new without, second choice or return.",
    ),
    warn(
        "manufacturer_name_missing",
        "The manufacturer is not named.",
        "Add name and addresses before the sale is scheduled (Regulation (EU) 2023/988, art. 19).",
    ),
    warn(
        "colour_name_missing",
        "There is no colour.",
        "Add it if the product comes in more than one; leave it if there is only one.",
    ),
    warn(
        "size_label_missing",
        "There is no size.",
        "Add it if the product comes in more than one; leave it if there is only one.",
    ),
    warn(
        "gtin_missing",
        "There is no barcode.",
        "Add it if the goods carry one; the warehouse counts by it.",
    ),
    warn(
        "cn_code_missing",
        "There is no customs code.",
        "Add it if you can; the report on unsold goods is kept by it.",
    ),
    warn(
        "weight_g_missing",
        "There is no weight.",
        "Add the weight of one unit in grams if you can; shipping is reckoned by it.",
    ),
    warn(
        "rrp_missing",
        "There is no public price.",
        "Add it with its evidence, or the sale shows no price struck through.",
    ),
    warn(
        "floor_price_missing",
        "There is no floor price.",
        "Add the lowest price you accept, or agree on it in the deal.",
    ),
    warn(
        "units_offered_missing",
        "The quantity is blank: unknown, which is not zero.",
        "Fill in the number of units, or 0 if there are none.",
    ),
    warn(
        "images_missing",
        "There is no photograph.",
        "Add photographs before the sale is scheduled, at least one for each colour.",
    ),
)
