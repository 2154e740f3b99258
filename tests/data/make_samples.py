"""Writes the sample files beside it: a brand that does not exist, in the layouts that brands really send.

Run it from the project's folder after a change here: ``python tests/data/make_samples.py``.
"""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from PIL import Image, ImageDraw

from marketplace.domain.imports.barcodes import check_digit

FOLDER = Path(__file__).parent
BRAND = "Maison Orvane"
STYLES = (
    ("OR01", "Brume Crew Neck", "Men/Tops/Sweaters", "68", ("Ink", "Sand")),
    ("OR02", "Lande Overshirt", "Men/Tops/Shirts", "95", ("Moss", "Ink")),
    ("OR03", "Galet Polo", "Men/Tops/Polos", "49", ("Chalk", "Rust", "Ink")),
    ("OR04", "Anse Tee", "Men/Tops/Tees", "29", ("Chalk", "Ink")),
    ("OR05", "Falaise Hoodie", "Men/Tops/Hoodies", "79.50", ("Moss", "Sand")),
    ("OR06", "Estran Henley", "Men/Tops/Tees", "39", ("Rust", "Chalk")),
    ("OR07", "Ressac Jacket", "Men/Tops/Jackets", "149", ("Ink",)),
    ("OR08", "Dune Cardigan", "Men/Tops/Sweaters", "110", ("Sand", "Moss")),
    ("OR09", "Goulet Gilet", "Men/Tops/Jackets", "89", ("Rust", "Ink")),
    ("OR10", "Vasière Tank", "Men/Tops/Tanks", "24", ("Chalk", "Sand")),
    ("OR11", "Jetée Rugby Shirt", "Men/Tops/Shirts", "72", ("Ink", "Rust")),
    ("OR12", "Houle Half-Zip", "Men/Tops/Sweaters", "85", ("Moss", "Chalk", "Sand")),
)
SIZES = ("S", "M", "L", "XL")
INKS = {
    "Ink": "#23303F",
    "Sand": "#CDB899",
    "Moss": "#5E6B4A",
    "Chalk": "#E9E6DD",
    "Rust": "#A4502F",
}
UNSENT = "or12-sand_main.jpg"
"""Named by a row but not in the ZIP file, as happens."""


def magento() -> str:
    """Variants first, then the product's own row, as Magento 2 exports them."""
    head = (
        "sku", "store_view_code", "attribute_set_code", "product_type", "categories",
        "product_websites", "name", "description", "short_description", "weight", "product_online",
        "price", "special_price", "url_key", "base_image", "additional_attributes", "qty",
        "out_of_stock_qty", "configurable_variations", "additional_images",
    )  # fmt: skip
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, head, restval="", lineterminator="\r\n")
    writer.writeheader()
    for code, name, path, price, colours in STYLES:
        shared = {
            "attribute_set_code": "Top",
            "categories": f"Default Category/{path},Default Category/Collections,Default Category",
            "product_websites": "base",
            "description": f"<p>{name} in a heavy, washed cloth.</p>\n<ul>\n<li>Cut straight</li>\n"
            "<li>Made to be worn in &amp; out</li>\n</ul>",
            "product_online": "1",
            "price": price,
            "out_of_stock_qty": "0",
        }
        for place, size in enumerate(SIZES):
            for colour in colours:
                writer.writerow(
                    {
                        **shared,
                        "sku": f"{code}-{size}-{colour}",
                        "product_type": "simple",
                        "name": f"{name}-{size}-{colour}",
                        "weight": "1",
                        "url_key": f"{code}-{size}-{colour}".lower(),
                        "base_image": f"/o/r/{_photograph(code, colour, 'main')}",
                        "additional_attributes": f"has_options=0,size={size},color={colour}",
                        "qty": str(12 - 3 * place),
                    }
                )
        pairs = (f"sku={code}-{s}-{c},size={s},color={c}" for s in SIZES for c in colours)
        writer.writerow(
            {
                **shared,
                "sku": code,
                "product_type": "configurable",
                "name": name,
                "base_image": f"/o/r/{_photograph(code, colours[0], 'main')}",
                "additional_attributes": "has_options=1,material=Cotton,climate=Cool|Windy",
                "qty": "0",
                "configurable_variations": "|".join(pairs),
                "additional_images": f"/o/r/{_photograph(code, colours[0], 'back')}",
            }
        )
    return out.getvalue()


def _photograph(code: str, colour: str, view: str) -> str:
    return f"{code}-{colour}_{view}.jpg".lower()


def photographs() -> bytes:
    """A drawn garment for each colour, and its back for the first colour of each style."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for code, _, _, _, colours in STYLES:
            views = [(colour, "main") for colour in colours] + [(colours[0], "back")]
            for colour, view in views:
                name = _photograph(code, colour, view)
                if name != UNSENT:
                    entry = zipfile.ZipInfo(f"o/r/{name}", (2026, 1, 5, 9, 0, 0))
                    container.writestr(entry, _garment(INKS[colour], view))
    return out.getvalue()


def _garment(ink: str, view: str) -> bytes:
    picture = Image.new("RGB", (400, 500), "#F3EFE9")
    pen = ImageDraw.Draw(picture)
    pen.polygon(
        [(125, 105), (170, 88), (230, 88), (275, 105), (362, 205), (312, 250), (282, 212),
         (282, 430), (118, 430), (118, 212), (88, 250), (38, 205)],
        fill=ink,
    )  # fmt: skip
    depth = 125 if view == "main" else 103
    pen.ellipse((166, 68, 234, depth), fill="#F3EFE9")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60)
    return out.getvalue()


def shopify() -> str:
    """Continuation rows with blank titles, a style of one size, and rows that only add an image."""
    head = (
        "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Option1 Name", "Option1 Value",
        "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU",
        "Variant Grams", "Variant Inventory Qty", "Variant Price", "Variant Compare At Price",
        "Variant Barcode", "Image Src", "Image Position", "Variant Image",
    )  # fmt: skip
    cdn = "https://cdn.shop.example/"
    rows = (
        {"Handle": "anse-tee", "Title": "Anse Tee", "Body (HTML)": "Soft.\nAnd plain.",
         "Vendor": BRAND, "Type": "Tee", "Option1 Name": "Size", "Option1 Value": "S",
         "Option2 Name": "Colour", "Option2 Value": "Chalk", "Variant Inventory Qty": "4",
         "Variant Price": "29.00", "Image Src": f"{cdn}anse-1.jpg", "Image Position": "1"},
        {"Handle": "anse-tee", "Option1 Value": "M", "Option2 Value": "Chalk",
         "Variant Inventory Qty": "0", "Variant Price": "29.00"},
        {"Handle": "anse-tee", "Option1 Value": "M", "Option2 Value": "Ink",
         "Variant Inventory Qty": "", "Variant Price": "29.00"},
        {"Handle": "anse-tee", "Image Src": f"{cdn}anse-2.jpg", "Image Position": "2"},
        {"Handle": "galet-scarf", "Title": "Galet Scarf", "Vendor": BRAND, "Type": "Scarf",
         "Option1 Name": "Title", "Option1 Value": "Default Title", "Variant Grams": "180",
         "Variant Inventory Qty": "7", "Variant Price": "45", "Variant Compare At Price": "60",
         "Image Src": f"{cdn}galet.jpg", "Image Position": "1"},
        {"Handle": "dune-denim", "Title": "Dune Denim", "Vendor": BRAND, "Type": "Jeans",
         "Option1 Name": "Waist", "Option1 Value": "31", "Option2 Name": "Length",
         "Option2 Value": "32", "Option3 Name": "Color", "Option3 Value": "Ink",
         "Variant Inventory Qty": "3", "Variant Price": "99"},
        {"Handle": "dune-denim", "Option1 Value": "31", "Option2 Value": "34",
         "Option3 Value": "Ink", "Variant Inventory Qty": "2", "Variant Price": "99"},
    )  # fmt: skip
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, head, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def faulty() -> str:
    """One planted fault a row from row 6 on; rows 2 to 5 are sound."""
    head = (
        "Code article;Libellé;Couleur;Taille;Système taille;EAN;Composition;Pays;Nomenclature;"
        "Prix public;Prix plancher;Prix cible;Qté;Poids (g);État"
    )

    def row(**said: str) -> str:
        plain = {
            "code": "OV-10", "name": "Robe Brume", "colour": "Encre", "size": "38", "system": "FR",
            "gtin": "", "composition": "100 % lin", "country": "PT", "cn": "62044400",
            "rrp": "1.190,00", "floor": "300,00", "target": "410,50", "units": "8",
            "weight": "420", "condition": "Neuf avec étiquette",
        } | said  # fmt: skip
        return ";".join(plain.values())

    codes = [f"3760999{number:05d}" for number in range(1, 40)]
    gtins = iter(code + check_digit(code) for code in codes)
    rows = [row(size=size, gtin=next(gtins)) for size in ("36", "38", "40", "42")]
    rows += [
        row(code="OV-11", size="36", gtin="3,76099E+12"),
        row(code="OV-11", size="38", gtin="3760999000990"),
        row(code="OV-12", gtin=next(gtins), composition="60 % laine, 30 % soie"),
        row(code="OV-13", gtin=next(gtins), floor="450,00"),
        row(code="OV-14", gtin=next(gtins), target="1.250,00"),
        row(code="OV-15", size="36", gtin=next(gtins), units=""),
        row(code="OV-15", size="38", gtin=next(gtins), units="-2"),
        row(code="OV-15", size="40", gtin=next(gtins), units="0"),
        row(code="OV-15", size="40", gtin=next(gtins), units="9"),
        row(code="OV-16", gtin=next(gtins), name='"=HYPERLINK(""http://127.0.0.1/x"")"'),
        row(code="", gtin=next(gtins)),
        row(code="OV-17", gtin=next(gtins), rrp="quatre-vingts", composition="Dessus cuir"),
        row(code="OV-18", size="36", gtin=(shared := next(gtins))),
        row(code="OV-18", size="38", gtin=shared),
        row(code="OV-19", gtin=next(gtins), units="une douzaine"),
        row(code="OV-20", gtin=next(gtins), condition="comme neuf"),
        row(code="OV-21", gtin=next(gtins), country="Atlantide"),
    ]
    return "\r\n".join([head, *rows, ""])


if __name__ == "__main__":
    (FOLDER / "magento-tops.csv").write_bytes(magento().encode())
    (FOLDER / "magento-tops-images.zip").write_bytes(photographs())
    (FOLDER / "shopify-small.csv").write_bytes(shopify().encode())
    (FOLDER / "lot-faulty.csv").write_bytes(faulty().encode("cp1252"))
