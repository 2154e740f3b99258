"""Header words: how brands name their columns in English, French, German, Italian and Spanish.

Words stand folded: lower case, no accents, no punctuation. A header matches wholly (certain) or holds the
words beside others (likely). Longer words win over shorter ones.
"""

from __future__ import annotations

from functools import lru_cache

from marketplace.domain.imports.conditions import folded

CERTAIN = 100
LIKELY = 70
REMEMBERED_MAX = 2_048

WORDS: dict[str, tuple[str, ...]] = {
    "style_code": (
        "style code", "style", "style no", "style number", "style ref", "style id", "product code",
        "product ref", "product reference", "product id", "model", "model code", "model no", "item code",
        "item no", "item number", "article", "article no", "article number", "article code", "handle",
        "parent sku", "ref", "reference", "ref produit", "reference produit", "code article",
        "code produit", "code modele", "modele", "code style", "ref article", "reference article",
        "artikel", "artikelnummer", "artikel nr", "art nr", "modell", "modellnummer", "stil", "stilnummer",
        "codice articolo", "codice", "articolo", "cod articolo", "modello", "riferimento",
        "referencia", "codigo", "codigo articulo", "codigo de articulo", "articulo", "modelo", "ref modele",
    ),
    "style_name": (
        "style name", "product name", "product title", "product", "name", "title", "item name",
        "description short", "short description", "libelle", "designation", "nom", "nom produit",
        "nom du produit", "intitule", "titre", "produit", "bezeichnung", "artikelbezeichnung",
        "produktname", "artikelname", "produkt", "denominazione", "nome", "nome prodotto", "prodotto",
        "descrizione breve", "titolo", "nombre", "nombre producto", "denominacion", "producto", "titulo",
    ),
    "brand_name": ("brand", "brand name", "label", "vendor", "marque", "marke", "marca"),
    "season": ("season", "saison", "collection", "stagione", "temporada", "kollektion"),
    "gender": (
        "gender", "sex", "department", "genre", "sexe", "rayon", "geschlecht", "genere", "sesso", "genero",
        "sexo", "public", "zielgruppe",
    ),
    "category": (
        "category", "categories", "product type", "type", "product category", "family", "categorie",
        "famille", "famille produit", "type de produit", "kategorie", "warengruppe", "produktgruppe",
        "categoria", "famiglia", "tipologia", "familia", "tipo",
    ),
    "description": (
        "description", "long description", "product description", "body html", "body", "details",
        "descriptif", "description longue", "description produit", "beschreibung",
        "artikelbeschreibung", "produktbeschreibung", "descrizione", "descripcion",
    ),
    "composition": (
        "composition", "material", "materials", "fabric", "fabric composition", "material composition",
        "fibre content", "fiber content", "matiere", "matieres", "composition matiere", "material zusammensetzung",
        "zusammensetzung", "materialzusammensetzung", "composizione", "materiale", "composicion",
    ),
    "country_of_origin": (
        "country of origin", "country", "origin", "made in", "coo", "country of manufacture", "pays",
        "pays d origine", "origine", "pays de fabrication", "fabrique en", "herkunft", "herkunftsland",
        "ursprungsland", "ursprung", "paese", "paese di origine", "paese d origine", "pais",
        "pais de origen", "origen",
    ),
    "condition": ("condition", "grade", "quality", "etat", "qualite", "zustand", "condizione", "stato",
                  "estado", "condicion"),
    "defects": ("defects", "defect", "flaws", "known flaws", "defauts", "defaut", "imperfections", "mangel",
                "maengel", "fehler", "difetti", "difetto", "defectos", "defecto"),
    "manufacturer_name": ("manufacturer", "manufacturer name", "fabricant", "hersteller", "produttore",
                          "fabbricante", "fabricante"),
    "manufacturer_address": ("manufacturer address", "adresse fabricant", "adresse du fabricant",
                             "herstelleradresse", "indirizzo produttore", "direccion fabricante"),
    "manufacturer_email": ("manufacturer email", "manufacturer e mail", "email fabricant",
                           "e mail hersteller", "hersteller e mail", "email produttore"),
    "eu_responsible": ("eu responsible", "responsible person", "eu responsible person",
                       "personne responsable", "verantwortliche person"),
    "warnings": ("warnings", "warning", "avertissements", "avertissement", "warnhinweise", "avvertenze",
                 "advertencias"),
    "colour_code": (
        "colour code", "color code", "color id", "colour no", "code couleur", "code coloris", "ref couleur",
        "ref coloris", "farbcode", "farb nr", "farbnummer", "codice colore", "cod colore", "codigo color",
    ),
    "colour_name": (
        "colour", "color", "colour name", "color name", "shade", "couleur", "coloris", "libelle couleur",
        "libelle coloris", "teinte", "farbe", "farbbezeichnung", "colore", "nome colore", "nombre color",
    ),
    "size_label": (
        "size", "sizes", "size label", "taille", "pointure", "grosse", "groesse", "taglia", "misura",
        "talla", "talle", "numero", "tallas",
    ),
    "size_system": (
        "size system", "size scale", "size grid", "size type", "systeme taille", "systeme de taille",
        "grille", "grille de taille", "grossensystem", "grossentabelle", "sistema taglia",
        "sistema taglie", "sistema talla", "sistema de tallas",
    ),
    "sku": ("sku", "variant sku", "sku code", "item sku", "stock keeping unit", "code sku", "ref sku",
            "artikelvariante", "variante"),
    "gtin": (
        "ean", "ean13", "ean 13", "ean code", "code ean", "gtin", "gtin13", "upc", "upc code", "barcode",
        "bar code", "variant barcode", "gencod", "gencode", "code barre", "code barres", "code a barres",
        "strichcode", "barcode ean", "codice a barre", "codice ean", "codigo de barras", "codigo ean",
    ),
    "cn_code": (
        "cn code", "hs code", "hs", "tariff code", "tariff number", "customs code", "commodity code",
        "harmonized code", "nomenclature", "code douanier", "nomenclature douaniere", "code nc",
        "code sh", "zolltarifnummer", "warennummer", "codice doganale", "nomenclatura combinata",
        "codigo arancelario", "taric", "intrastat",
    ),
    "weight_g": (
        "weight", "weight g", "unit weight", "weight gr", "grams", "variant grams", "poids", "poids g",
        "poids unitaire", "poids net", "gewicht", "gewicht g", "peso", "peso g",
    ),
    "rrp": (
        "rrp", "srp", "msrp", "msrp price", "retail price", "recommended retail price", "list price",
        "public price", "prix public", "prix public ttc", "pvc", "pvc ttc", "pvp", "prix conseille",
        "prix de vente conseille", "prix public conseille", "ppc", "uvp", "uvp brutto",
        "verkaufspreis", "prezzo al pubblico", "prezzo consigliato", "prezzo di listino", "precio publico",
        "precio venta publico", "precio recomendado", "compare at price", "variant compare at price",
    ),
    "shop_price": ("shop price", "web price", "selling price", "variant price", "current price", "price",
                   "prix de vente", "prix boutique", "prix", "preis", "prezzo", "precio"),
    "currency": ("currency", "currency code", "devise", "monnaie", "wahrung", "waehrung", "valuta",
                 "divisa", "moneda"),
    "cost": ("cost", "unit cost", "cost price", "cogs", "landed cost", "prix de revient", "cout",
             "cout unitaire", "prix d achat", "pa ht", "prix achat ht", "einkaufspreis", "ek",
             "selbstkosten", "costo", "prezzo d acquisto", "coste", "precio de coste"),
    "floor_price": ("floor price", "floor", "minimum price", "min price", "reserve price", "prix plancher",
                    "prix minimum", "prix mini", "mindestpreis", "prezzo minimo", "precio minimo"),
    "target_price": ("target price", "target", "offer price", "sale price", "flash price", "prix cible",
                     "prix souhaite", "prix de vente souhaite", "prix vente privee", "zielpreis",
                     "angebotspreis", "prezzo obiettivo", "prezzo target", "precio objetivo"),
    "units_offered": (
        "units offered", "units", "quantity", "qty", "qty offered", "quantity offered", "stock",
        "available", "available stock", "on hand", "inventory", "inventory qty", "variant inventory qty",
        "pieces", "pcs", "qte", "quantite", "quantites", "qte dispo", "dispo", "disponible", "stock dispo",
        "quantite disponible", "unites", "nb pieces", "menge", "bestand", "verfugbar", "stuck", "stueck",
        "lagerbestand", "anzahl", "quantita", "giacenza", "disponibilita", "pezzi", "cantidad",
        "existencias", "unidades",
    ),
    "images": (
        "image", "images", "image 1", "image 2", "image 3", "image 4", "image 5", "photo", "photos",
        "photo 1", "photo 2", "photo 3", "picture", "pictures", "image url", "image src", "main image",
        "base image", "additional images", "visuel", "visuels", "bild", "bilder", "foto", "fotos",
        "immagine", "immagini", "imagen", "imagenes", "packshot", "packshots",
    ),
    "parent_sku": ("parent", "parent id", "sku parent"),
}  # fmt: skip
"""Folded header words of each field that a free layout can carry."""

_WHOLE = {word: name for name, words in WORDS.items() for word in words}
_IN_ANY_ORDER = {frozenset(word.split()): name for word, name in _WHOLE.items() if " " in word}
_BY_LENGTH = sorted(_WHOLE, key=lambda word: (-len(word), word))
_WORD_LENGTH_MIN = 3


@lru_cache(maxsize=REMEMBERED_MAX)
def meanings(header: str) -> tuple[tuple[str, int], ...]:
    """Fields that ``header`` may name, with how sure the words make it: 100 certain, below that likely."""
    plain = folded(header)
    if plain in _WHOLE:
        return ((_WHOLE[plain], CERTAIN),)
    words = frozenset(plain.split())
    if words in _IN_ANY_ORDER:
        return ((_IN_ANY_ORDER[words], CERTAIN),)
    padded = f" {plain} "
    held = [word for word in _BY_LENGTH if len(word) >= _WORD_LENGTH_MIN and f" {word} " in padded]
    seen: dict[str, int] = {}
    for rank, word in enumerate(held):
        seen.setdefault(_WHOLE[word], max(LIKELY - 5 * rank, 10))
    return tuple(seen.items())


def is_header_word(text: str) -> bool:
    """Whether ``text`` is wholly a known header word."""
    return folded(text) in _WHOLE
