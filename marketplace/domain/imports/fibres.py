"""Fibres and parts of a product, by the names that the law gives them, in the languages brands write.

Regulation (EU) 1007/2011, Annex I, lists the names that a composition may use; each language has its own.
Trade names stand beside the fibre that they are (spandex is elastane), and words that only praise a fibre
(organic, recycled) do not make it another one.
"""

from __future__ import annotations

from functools import lru_cache

from marketplace.domain.imports.conditions import folded

LANGUAGES = ("en", "fr", "de", "it", "es")
REMEMBERED_MAX = 4_096
_PART_LENGTH_MIN = 4

_FIBRES = """\
wool|laine|Wolle|lana|lana|merino|merinos|merino wool|laine merinos|merinowolle|lana merino|lambswool|agneau
virgin wool|laine vierge|Schurwolle|lana vergine|lana virgen|fleece wool|laine de tonte|lana de esquilado
alpaca|alpaga|Alpaka|alpaca|alpaca|baby alpaca|baby alpaga
llama|lama|Lama|lama|llama
camel|chameau|Kamel|cammello|camello|camel hair|poil de chameau
cashmere|cachemire|Kaschmir|kashmir|cachemir|cashmir|kaschmirwolle|cachemira
mohair|mohair|Mohair|mohair|mohair|kid mohair
angora|angora|Angora|angora|angora
vicuna|vigogne|Vikunja|vigogna|vicuña
yak|yack|Yak|yak|yak
guanaco|guanaco|Guanako|guanaco|guanaco
cashgora|cashgora|Kaschgora|cashgora|cashgora
animal hair|poil|Haar|pelo|pelo|horsehair|crin|goat hair|poil de chevre
silk|soie|Seide|seta|seda|mulberry silk|maulbeerseide
cotton|coton|Baumwolle|cotone|algodón|pima cotton|egyptian cotton|coton pima|baumwoll|bw
kapok|kapok|Kapok|kapok|miraguano
flax|lin|Leinen|lino|lino|linen|flachs
hemp|chanvre|Hanf|canapa|cáñamo
jute|jute|Jute|juta|yute
ramie|ramie|Ramie|ramié|ramio
sisal|sisal|Sisal|sisal|sisal
coir|coco|Kokos|cocco|fibra de coco|coconut
abaca|abaca|Manila|abaca|abacá
acetate|acétate|Acetat|acetato|acetato
triacetate|triacétate|Triacetat|triacetato|triacetato
cupro|cupro|Cupro|cupro|cupro|bemberg
modal|modal|Modal|modal|modal|micromodal
viscose|viscose|Viskose|viscosa|viscosa|rayon|bamboo|bambou|bambus|bambu|ecovero|viscosa de bambu
lyocell|lyocell|Lyocell|lyocell|lyocell|tencel
acrylic|acrylique|Polyacryl|acrilica|acrílico|polyacrylic|acryl|acrilico|polyacrylnitril|pan
modacrylic|modacrylique|Modacryl|modacrilica|modacrílico|modacrilico
polyamide|polyamide|Polyamid|poliammide|poliamida|nylon|pa|perlon|poliamide
polyester|polyester|Polyester|poliestere|poliéster|pes|pet|poliester
polyethylene|polyéthylène|Polyethylen|polietilenica|polietileno|polietilene
polypropylene|polypropylène|Polypropylen|polipropilenica|polipropileno|polipropilene|pp
polyurethane|polyuréthane|Polyurethan|poliuretanica|poliuretano|pu
chlorofibre|chlorofibre|Polychlorid|clorofibra|clorofibra|pvc|polyvinylchlorid
fluorofibre|fluorofibre|Fluorofaser|fluorofibra|fluorofibra|ptfe
elastane|élasthanne|Elasthan|elastan|elastano|spandex|lycra|elasthane|elasthanne|elastam|ea|el
elastodiene|élastodiène|Elastodien|elastodiene|elastodieno|rubber|caoutchouc|gummi|gomma
elastomultiester|élastomultiester|Elastomultiester|elastomultiestere|elastomultiéster
elastolefin|élastoléfine|Elastolefin|elastolefina|elastolefina
aramid|aramide|Aramid|aramidica|aramida|kevlar
vinylal|vinylal|Vinylal|vinilal|vinilal
polylactide|polylactide|Polylactid|polilattide|polilactida|pla
polycarbamide|polycarbamide|Polycarbamid|policarbammide|policarbamida
protein|protéinique|regenerierte Proteinfaser|proteica|proteína|soy|soja
alginate|alginate|Alginat|alginica|alginato
metal|métal|Metall|metallo|metal|lurex|metallic|metallised|metallise|fibre metallique|metallic fibre
metallic fibre|fibre métallisée|metallisierte Faser|fibra metallizzata|fibra metalizada|metallisches garn
glass|verre|Glasfaser|vetro|vidrio|textile glass
paper|papier|Papier|carta|papel
other fibres|autres fibres|sonstige Fasern|altre fibre|otras fibras|other fibers|other|andere fasern|autre
"""
_PARTS = """\
shell|tissu|Oberstoff|tessuto|tejido|outer|outer fabric|main fabric|main|body|fabric|exterieur|extérieur|\
tissu principal|tissu exterieur|esterno|exterior|tejido exterior|tejido principal|aussenmaterial|\
hauptstoff|tessuto esterno|corps
lining|doublure|Futter|fodera|forro|doublure interieure|innenfutter|interieur|intérieur|interno|interior
filling|garnissage|Füllung|imbottitura|relleno|padding|wadding|rembourrage|fullung|fuellung|ouate
upper|tige|Obermaterial|tomaia|empeine|dessus|corte
sole|semelle|Sohle|suola|suela|outsole|semelle exterieure|laufsohle|dessous
insole|semelle intérieure|Innensohle|sottopiede|plantilla|semelle interieure|decksohle
collar|col|Kragen|collo|cuello|colletto
trim|garniture|Besatz|guarnizione|adorno|trimming|contrast|contraste|inserts|empiecement|einsatz|ribbing|rib|\
bord cote|bundchen|bordi|cuffs|poignets|coste
lace|dentelle|Spitze|pizzo|encaje
embroidery|broderie|Stickerei|ricamo|bordado
coating|enduction|Beschichtung|spalmatura|revestimiento|membrane|enduit
pile|velours|Flor|pelo|pelo
ground|fond|Grund|fondo|base|dos
"""
_OTHERS = """\
leather|cuir|Leder|pelle|cuero|cuir de vachette|calfskin|veau|lammleder|agneau nappa|nappa|vacchetta|piel|cow leather
suede|daim|Veloursleder|camoscio|ante|wildleder|scamosciato|serraje|crosta
fur|fourrure|Pelz|pelliccia|pelo natural|shearling|peau lainée|lammfell|montone
down|duvet|Daunen|piumino|plumón|plumon|daune|goose down|duvet d oie|duck down|duvet de canard
feathers|plumes|Federn|piume|plumas|plume|feather|piuma|pluma
raffia|raphia|Raffia|rafia|rafia
straw|paille|Stroh|paglia|paja
cork|liège|Kork|sughero|corcho
rubber sole|semelle caoutchouc|Gummisohle|suola in gomma|suela de goma
"""
"""What is no textile fibre and may stand in a composition all the same."""

ABBREVIATIONS = {
    "CO": "cotton", "WO": "wool", "WV": "virgin wool", "SE": "silk", "LI": "flax", "PA": "polyamide",
    "PES": "polyester", "PL": "polyester", "PC": "acrylic", "PAN": "acrylic", "EA": "elastane", "EL": "elastane",
    "CV": "viscose", "VI": "viscose", "CMD": "modal", "MD": "modal", "CLY": "lyocell", "AC": "acetate",
    "CA": "acetate", "TA": "triacetate", "CU": "cupro", "WS": "cashmere", "WM": "mohair", "WP": "alpaca",
    "WA": "angora", "HA": "hemp", "RA": "ramie", "JU": "jute", "PU": "polyurethane", "PP": "polypropylene",
    "ME": "metal", "MTF": "metal",
}  # fmt: skip
"""The trade's letters for fibres, read in capitals only."""

_PRAISE = frozenset(
    {
        "organic", "recycled", "bio", "biologique", "biologico", "organico", "recycle", "recyclee", "recycles",
        "recycelt", "recyceltes", "recycelter", "riciclato", "riciclata", "reciclado", "reciclada", "gots", "pure",
        "pur", "pura", "puro", "pure new", "regenerated", "rigenerata", "rigenerato", "regenere", "regeneree",
        "fine", "extrafine", "superfine", "extra", "mercerised", "mercerise", "combed", "peigne", "supima",
        "certified", "certifie", "ecologico", "kba", "reine", "reines", "reiner", "bci", "rws", "grs", "new",
    }
)  # fmt: skip


def _read(table: str) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    names: dict[str, tuple[str, ...]] = {}
    codes: dict[str, str] = {}
    for line in table.splitlines():
        words = line.split("|")
        code = words[0]
        names[code] = tuple(words[: len(LANGUAGES)])
        for word in words:
            codes.setdefault(folded(word), code)
    return names, codes


_FIBRE_NAMES, _FIBRE_CODES = _read(_FIBRES + _OTHERS)
_PART_NAMES, _PART_CODES = _read(_PARTS)


@lru_cache(maxsize=REMEMBERED_MAX)
def code_of(text: str) -> str:
    """The fibre that ``text`` names, by its English name; empty where the law knows none of that name."""
    if text.strip() in ABBREVIATIONS:
        return ABBREVIATIONS[text.strip()]
    words = folded(text).removeprefix("d ").split()
    for said in (words, [word for word in words if word not in _PRAISE]):
        plain = " ".join(said)
        found = _FIBRE_CODES.get(plain) or _FIBRE_CODES.get(plain.removesuffix("s"))
        if found:
            return found
    return ""


@lru_cache(maxsize=REMEMBERED_MAX)
def part_of(text: str) -> str:
    """The part of a product that ``text`` names, by its English name; empty where it is not known."""
    return _PART_CODES.get(folded(text), "")


PART_WORDS = tuple(
    word
    for line in _PARTS.splitlines()
    for word in line.split("|")
    if len(word) >= _PART_LENGTH_MIN
)
"""How parts are called, as brands write them."""


def name(code: str, language: str) -> str:
    """The fibre's or part's name in ``language`` (English where the house knows no other)."""
    names = _FIBRE_NAMES.get(code) or _PART_NAMES.get(code) or (code,)
    place = LANGUAGES.index(language) if language in LANGUAGES else 0
    return names[place] if place < len(names) else names[0]
