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
        "cod art", "art", "art no", "artikelnr", "artikel no", "artikelcode", "style nr", "item",
        "item ref", "codice modello", "cod modello", "model number", "product number", "modellnr",
        "modellcode", "numero article", "n article", "no article", "ref style", "ref couleur modele",
        "ref no", "ref nr", "codigo modelo", "cod articulo", "ref articulo", "codice prodotto",
        "codice stile", "vendor style", "style code number", "mainnumber", "style id number",
    ),
    "style_name": (
        "style name", "product name", "product title", "product", "name", "title", "item name",
        "description short", "short description", "libelle", "designation", "nom", "nom produit",
        "nom du produit", "intitule", "titre", "produit", "bezeichnung", "artikelbezeichnung",
        "produktname", "artikelname", "produkt", "denominazione", "nome", "nome prodotto", "prodotto",
        "descrizione breve", "titolo", "nombre", "nombre producto", "denominacion", "producto", "titulo",
        "libelle article", "libelle produit", "libelle modele", "nom modele", "nom du modele", "model name",
        "modellname", "descrizione articolo", "descrizione modello", "desc articolo",
        "descripcion articulo", "descripcion modelo", "article name", "style description", "nome modello",
        "nome articolo", "desc", "descr", "descrizione prodotto", "nombre articulo", "nombre modelo",
        "nombre del producto", "libelle court",
    ),
    "brand_name": ("brand", "brand name", "label", "vendor", "marque", "marke", "marca"),
    "season": ("season", "saison", "collection", "stagione", "temporada", "kollektion",
        "sais", "stag", "season code", "code saison",
    ),
    "gender": (
        "gender", "sex", "department", "genre", "sexe", "rayon", "geschlecht", "genere", "sesso", "genero",
        "sexo", "public", "zielgruppe",
        "sex gender", "genere sesso",
    ),
    "category": (
        "category", "categories", "product type", "type", "product category", "family", "categorie",
        "famille", "famille produit", "type de produit", "kategorie", "warengruppe", "produktgruppe",
        "categoria", "famiglia", "tipologia", "familia", "tipo",
        "groupe", "gruppe", "gruppo", "grupo", "sous famille", "classe", "artikelgruppe", "product group",
        "subcategory", "type d article", "type article",
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
        "materialien", "obermaterial", "composition textile", "materie", "composicion tejido", "tessuto",
        "composizione tessuto", "content",
    ),
    "country_of_origin": (
        "country of origin", "country", "origin", "made in", "coo", "country of manufacture", "pays",
        "pays d origine", "origine", "pays de fabrication", "fabrique en", "herkunft", "herkunftsland",
        "ursprungsland", "ursprung", "paese", "paese di origine", "paese d origine", "pais",
        "pais de origen", "origen",
        "country of manufacturing", "coo made in", "fabricado en", "prodotto in", "hergestellt in",
        "pays origine", "paese origine",
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
    "rrp_date": (
        "rrp date", "date rrp", "rrp dated", "price date", "date pvc", "date prix public", "date du prix public",
        "date prix conseille", "date tarif", "uvp datum", "datum uvp", "preisdatum", "data prezzo",
        "data prezzo al pubblico", "data listino", "fecha pvp", "fecha precio", "retail price date",
    ),
    "rrp_reference": (
        "rrp evidence", "rrp source", "rrp url", "price list", "tarif", "source prix public", "preuve prix public",
        "url prix public", "uvp quelle", "uvp nachweis", "fonte prezzo", "fuente pvp", "product url", "url produit",
        "lien produit", "produkt url",
    ),
    "available_on": (
        "available from", "availability date", "available date", "ready date", "ex factory date", "ex warehouse date",
        "delivery date", "delivery", "ship date", "ship window start", "start ship", "ship start", "livraison",
        "date de livraison", "date livraison", "date dispo", "disponible le", "date disponibilite", "lieferdatum",
        "liefertermin", "lieferbar ab", "verfugbar ab", "consegna", "data consegna", "data disponibilita", "entrega",
        "fecha entrega", "fecha de entrega",
    ),
    "warnings": ("warnings", "warning", "avertissements", "avertissement", "warnhinweise", "avvertenze",
                 "advertencias"),
    "colour_code": (
        "colour code", "color code", "color id", "colour no", "code couleur", "code coloris", "ref couleur",
        "ref coloris", "farbcode", "farb nr", "farbnummer", "codice colore", "cod colore", "codigo color",
        "col code", "cod col", "n coloris", "color no", "color nr", "farb code", "farbe nr", "farbe code",
        "colore codice", "couleur code", "coloris code", "code col", "colour id", "cod color",
        "color codigo", "codice col",
    ),
    "colour_name": (
        "colour", "color", "colour name", "color name", "shade", "couleur", "coloris", "libelle couleur",
        "libelle coloris", "teinte", "farbe", "farbbezeichnung", "colore", "nome colore", "nombre color",
        "col", "descrizione colore", "desc colore", "descrizione col", "des colore", "descripcion color",
        "color description", "colour description", "description couleur", "description coloris",
        "libelle col", "farbname", "wash", "nom couleur", "nom coloris", "nom du coloris", "color desc",
        "descr colore", "variante colore", "farben", "colori",
    ),
    "size_label": (
        "w", "waist", "band size", "tour de dos",
        "size", "sizes", "size label", "taille", "pointure", "grosse", "groesse", "taglia", "misura",
        "talla", "talle", "numero", "tallas",
        "tailles", "taglie", "grossen", "groessen", "tg", "sz", "gr", "size name", "eu size", "size eu",
        "taille eu", "taille fr", "taille us", "us size", "uk size", "it size", "size us", "size uk",
        "size it", "pointures", "konfektionsgrosse", "schuhgrosse", "code taille", "libelle taille", "tagl",
        "size range", "gamme de tailles", "sizes range", "dimension",
    ),
    "size_second": (
        "cup", "cup size", "bonnet", "coppa", "copa", "korbchen", "length", "leg length", "inseam", "longueur",
        "longueur jambe", "lange", "laenge", "schrittlange", "lunghezza", "largo", "l",
    ),
    "size_system": (
        "size system", "size scale", "size grid", "size type", "systeme taille", "systeme de taille",
        "grille", "grille de taille", "grossensystem", "grossentabelle", "sistema taglia",
        "sistema taglie", "sistema talla", "sistema de tallas",
    ),
    "sku": ("sku", "variant sku", "sku code", "item sku", "stock keeping unit", "code sku", "ref sku",
            "artikelvariante", "variante",
        "sku number", "sku no", "sku id", "variant code", "variantennummer", "artikelnummer variante",
        "code variante", "sku variante", "ordernumber",
    ),
    "gtin": (
        "ean", "ean13", "ean 13", "ean code", "code ean", "gtin", "gtin13", "upc", "upc code", "barcode",
        "bar code", "variant barcode", "gencod", "gencode", "code barre", "code barres", "code a barres",
        "strichcode", "barcode ean", "codice a barre", "codice ean", "codigo de barras", "codigo ean",
        "ean gtin", "gtin ean", "cod ean", "cod barre", "cod a barre", "codigo barras", "barras",
        "code ean13", "code ean 13", "ean upc", "upc ean", "ean nummer", "ean nr", "barcodes",
        "codice barre", "barcode upc",
    ),
    "cn_code": (
        "cn code", "hs code", "hs", "tariff code", "tariff number", "customs code", "commodity code",
        "harmonized code", "nomenclature", "code douanier", "nomenclature douaniere", "code nc",
        "code sh", "zolltarifnummer", "warennummer", "codice doganale", "nomenclatura combinata",
        "codigo arancelario", "taric", "intrastat",
        "hts", "hts code", "hts no", "code taric", "codice taric", "codigo taric",
        "statistische warennummer", "customs tariff",
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
        "retail", "retail eur", "retail usd", "retail gbp", "vk", "vk brutto", "vk preis", "ladenpreis",
        "prezzo retail", "listino vendita", "prezzo di vendita", "prezzo vendita",
        "prezzo vendita pubblico", "prix de vente public", "prix public conseille ttc", "pv ttc", "pvttc",
        "pvr", "pvpr", "precio venta", "precio de venta", "prix etiquette", "original price", "full price",
        "prix initial", "unverbindliche preisempfehlung", "prezzo pieno", "pvp iva incl",
        "pvp iva incluido", "pvp con iva", "rrp incl vat", "empf vk", "vk empf",
        "prezzo consigliato al pubblico", "suggested retail price", "recommended price", "pvp recomendado",
        "pseudoprice ek", "list price gross",
    ),
    "shop_price": ("shop price", "web price", "selling price", "variant price", "current price", "price",
                   "prix de vente", "prix boutique", "prix", "preis", "prezzo", "precio",
        "regular price", "price gross", "price ek", "prix solde", "prix promo", "outlet price",
        "current retail", "web preis",
    ),
    "currency": ("currency", "currency code", "devise", "monnaie", "wahrung", "waehrung", "valuta",
                 "divisa", "moneda",
        "curr", "ccy", "cur", "wahr", "currency iso",
    ),
    "cost": ("cost", "unit cost", "cost price", "cogs", "landed cost", "prix de revient", "cout",
             "cout unitaire", "prix d achat", "pa ht", "prix achat ht", "einkaufspreis", "ek",
             "selbstkosten", "costo", "prezzo d acquisto", "coste", "precio de coste",
        "precio coste", "precio de costo", "costo unitario", "prezzo costo", "prezzo di costo", "ek preis",
        "ek netto", "p a", "pa", "prix revient", "purchase price", "buying price", "buy price", "fob",
        "fob price", "costo acquisto", "precio compra", "precio de compra", "cost per item",
        "prix d achat ht", "prix achat",
    ),
    "wholesale": (
        "wholesale", "wholesale price", "whs", "whsl", "whsl price", "whs price", "ws", "ws price", "wsp", "whp",
        "trade price", "recommended wholesale price", "rwp", "unit wholesale", "unit wholesale price", "wholesale cost",
        "prix de gros", "prix gros", "prix wholesale", "prix de gros ht", "prix de gros conseille", "tarif de gros",
        "tarif gros", "prix revendeur", "prix detaillant",
        "grosshandelspreis", "grosshandel", "handlerpreis", "haendlerpreis", "hek", "hek netto", "handler ek",
        "haendler ek", "handlereinkaufspreis", "haendlereinkaufspreis", "grosshandelspreis netto", "wiederverkaufer",
        "prezzo all ingrosso", "prezzo ingrosso", "ingrosso", "listino ingrosso", "prezzo wholesale",
        "prezzo al rivenditore", "prezzo rivenditore",
        "precio mayorista", "precio al por mayor", "mayorista", "precio por mayor", "precio wholesale",
        "precio distribuidor", "precio venta mayorista", "precio mayorista recomendado", "pvd",
    ),
    "floor_price": ("floor price", "floor", "minimum price", "min price", "reserve price", "prix plancher",
                    "prix minimum", "prix mini", "mindestpreis", "prezzo minimo", "precio minimo"),
    "target_price": ("target price", "target", "offer price", "sale price", "flash price", "prix cible",
                     "prix souhaite", "prix de vente souhaite", "prix vente privee", "zielpreis",
                     "angebotspreis", "prezzo obiettivo", "prezzo target", "precio objetivo",
        "wunschpreis", "proposed price", "prix propose", "prezzo proposto", "precio propuesto",
    ),
    "units_offered": (
        "units offered", "units", "quantity", "qty", "qty offered", "quantity offered", "stock",
        "available", "available stock", "on hand", "inventory", "inventory qty", "variant inventory qty",
        "pieces", "pcs", "qte", "quantite", "quantites", "qte dispo", "dispo", "disponible", "stock dispo",
        "quantite disponible", "unites", "nb pieces", "menge", "bestand", "verfugbar", "stuck", "stueck",
        "lagerbestand", "anzahl", "quantita", "giacenza", "disponibilita", "pezzi", "cantidad",
        "existencias", "unidades",
        "esistenza", "esistenze", "qta", "q ta", "qt", "disp", "pz", "nr pezzi", "stock restant",
        "stock disponible", "stock actuel", "auf lager", "lager", "soh", "ats", "available to sell", "avail",
        "free stock", "uds", "unid", "stock qty", "stock quantity", "qty available", "available qty",
        "qty on hand", "nb de pieces", "nombre de pieces", "stock physique", "stock libre", "frei",
        "instock", "stock total", "total stock", "total pieces", "total pcs", "total units", "tot pz",
        "total pz", "stock final", "remaining", "remaining stock", "restbestand", "stk",
    ),
    "assortment": (
        "assortment", "assortiment", "assortimento", "surtido", "sortierung", "pack content", "size run",
        "size ratio", "ratio", "prepack", "pre pack", "pack composition", "box content", "sizes qty", "sizes and qty",
        "size qty", "tailles et quantites", "tailles quantites", "grossen und mengen", "taglie e quantita",
        "pack ratio", "repartition", "repartition tailles", "composition du pack",
        "grossenverteilung", "grossenlauf", "assortimento taglie", "curva", "tallaje",
    ),
    "packs": (
        "packs", "nb packs", "number of packs", "nombre de packs", "no of packs", "anzahl packs", "n pacchi",
        "numero pacchi", "cartons", "nb cartons", "colis", "nb colis", "anzahl kartons", "packs available",
        "available packs", "numero de packs", "pacchi",
    ),
    "attributes": (
        "attributes", "options", "optionen", "configuratoroptions", "variant options", "option values",
    ),
    **{
        f"option_{place}_{part}": tuple(
            f"{word} {place} {part}" for word in ("option", "attribute", "variant option", "attribut", "opzione")
        )
        for place in (1, 2, 3)
        for part in ("name", "value")
    },
    "images": (
        "image", "images", "image 1", "image 2", "image 3", "image 4", "image 5", "photo", "photos",
        "photo 1", "photo 2", "photo 3", "picture", "pictures", "image url", "image src", "main image",
        "base image", "additional images", "visuel", "visuels", "bild", "bilder", "foto", "fotos",
        "immagine", "immagini", "imagen", "imagenes", "packshot", "packshots",
        "packshot url", "url image", "url photo", "image link", "lien image", "lien photo", "foto url",
        "bild url", "bildlink", "cover media", "link immagine", "url imagen", "image name", "nom image",
        "image file",
    ),
    "parent_sku": ("parent", "parent id", "sku parent",
        "parent sku code", "parent product", "parent number",
    ),
}  # fmt: skip
"""Folded header words of each field that a free layout can carry."""

ALSO: dict[str, tuple[str, ...]] = {
    "style_name": ("modele", "modell", "modello", "modelo", "model", "article", "artikel", "articolo", "articulo",
                   "item", "style"),
    "colour_code": ("colour", "color", "couleur", "coloris", "farbe", "colore", "col"),
    "attributes": ("variante", "variant", "varianten", "variation"),
    "sku": ("artikelnummer", "item code", "item number", "item no", "product number"),
}  # fmt: skip
"""Words that mean a second thing as well; what stands in the cells decides."""

AGAINST: dict[str, frozenset[str]] = {
    "units_offered": frozenset(
        {"pack", "packs", "carton", "cartons", "colis", "par", "per", "pro", "box", "moq", "min", "minimum", "lot",
         "ordered", "sold", "commande", "commandes", "vendu", "vendus", "verkauft", "venduto", "vendido", "date"}
    ),
    **dict.fromkeys(
        ("rrp", "shop_price", "cost", "target_price", "floor_price"),
        frozenset(
            {"wholesale", "whsl", "ws", "gros", "grossiste", "ingrosso", "mayorista", "grosshandel", "hek", "date",
             "datum", "data", "fecha", "total", "totale", "gesamt", "amount", "montant", "value", "wert", "valore",
             "importe", "unit", "unitario", "unitaire", "remise", "rabatt", "discount", "sconto", "descuento", "tax",
             "index", "impact"}
        ),
    ),
    "wholesale": frozenset(
        {"date", "datum", "data", "fecha", "total", "totale", "gesamt", "amount", "montant", "value", "wert", "valore",
         "importe", "remise", "rabatt", "discount", "sconto", "descuento", "min", "minimum", "orders", "order"}
    ),
    "composition": frozenset({"remise", "rabatt", "discount", "sconto", "descuento", "margin", "marge"}),
}  # fmt: skip
"""Words beside which a header that only holds a field's words does not mean it."""

SECOND_MEANING = 90
_WHOLE = {word: name for name, words in WORDS.items() for word in words}
_SECOND = {word: name for name, words in ALSO.items() for word in words}
_IN_ANY_ORDER = {frozenset(word.split()): name for word, name in _WHOLE.items() if " " in word}
_BY_LENGTH = sorted(_WHOLE, key=lambda word: (-len(word), word))
_WORD_LENGTH_MIN = 3


@lru_cache(maxsize=REMEMBERED_MAX)
def meanings(header: str) -> tuple[tuple[str, int], ...]:
    """Fields that ``header`` may name, with how sure the words make it: 100 certain, below that likely."""
    plain = folded(header)
    if plain in _WHOLE:
        second = _SECOND.get(plain)
        return ((_WHOLE[plain], CERTAIN), *(((second, SECOND_MEANING),) if second else ()))
    words = frozenset(plain.split())
    if words in _IN_ANY_ORDER:
        return ((_IN_ANY_ORDER[words], CERTAIN),)
    padded = f" {plain} "
    held = [word for word in _BY_LENGTH if len(word) >= _WORD_LENGTH_MIN and f" {word} " in padded]
    seen: dict[str, int] = {}
    for rank, word in enumerate(held):
        if not (words - set(word.split())) & _against(_WHOLE[word], word):
            seen.setdefault(_WHOLE[word], max(LIKELY - 5 * rank, 10))
    return tuple(seen.items())


def _against(field: str, word: str) -> frozenset[str]:
    """What speaks against ``field``; a retail price of one unit is a public price all the same."""
    said = AGAINST.get(field, frozenset())
    return said - {"unit"} if word.startswith("retail") else said


def is_header_word(text: str) -> bool:
    """Whether ``text`` is wholly a known header word."""
    plain = folded(text)
    return len(plain) > 1 and plain in _WHOLE


_STEMS = {"rrp": ("price", "preis", "prix", "prezzo", "precio", "prijs", "preco", "pris", "cena")}
"""Parts of words, also of other languages, without which looks alone say too little."""


def may_mean(header: str, field: str) -> bool:
    """Whether nothing in the words of ``header`` speaks against ``field``, and what it needs is there."""
    plain = folded(header)
    against = set(plain.split()) & AGAINST.get(field, frozenset())
    elsewhere = any(sure >= LIKELY and named != field for named, sure in meanings(header))
    stemmed = any(stem in plain for stem in _STEMS.get(field, ("",)))
    return stemmed and not against and not elsewhere
