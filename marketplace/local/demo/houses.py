"""The demo's brands: invented houses and invented goods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain.deals import Mode

if TYPE_CHECKING:
    from marketplace.domain.catalogue import Fact

CLOTHES = ("XS", "S", "M", "L", "XL")
FRENCH = ("36", "38", "40", "42")
SHOES = ("39", "40", "41", "42", "43")
ONE = ("TU",)

INK, CHALK, RUST, MOSS, SAND, SMOKE, WINE, NIGHT, CAMEL, SKY = (
    (46, 56, 78),
    (222, 214, 200),
    (150, 82, 54),
    (96, 104, 76),
    (196, 178, 148),
    (112, 114, 118),
    (104, 44, 50),
    (34, 36, 44),
    (172, 130, 90),
    (134, 156, 176),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One style: how it is drawn, what is said of it, its colours and sizes, and its prices in whole euros."""

    code: str
    kind: str
    name: str
    said: str
    composition: str
    origin: str
    cn_code: str
    colours: tuple[tuple[str, tuple[int, int, int]], ...]
    sizes: tuple[str, ...]
    public: int
    target: int
    floor: int
    units: int


@dataclass(frozen=True, slots=True)
class House:
    """A brand of the demo, its people, its collection and what it asks of the house."""

    name: str
    legal_name: str
    address: str
    email: str
    person: str
    story: str
    collection: str
    problem: str
    never: str
    cost_total: int
    pieces: tuple[Piece, ...] = ()
    solved: str = (
        "We take every piece, sell the lot in one sale to members alone, and send back within two "
        "weeks what nobody wanted."
    )
    kept: str = (
        "Nothing outside the walls of the house: no billboard, no search engine, your name in no "
        "subject line, no price under a floor."
    )
    """How the house answers ``problem`` and ``never`` in its proposal."""
    facts: tuple[tuple[Fact, str], ...] = ()
    """What is stated by hand where the file says nothing of it."""
    deadline_days: int = 90
    """By when its goods have to be gone, from the day on which it says so."""
    mode: Mode = Mode.CONSIGNMENT
    """By which contract the house sells for it."""


VERRIER = House(
    name="Maison Verrier",
    legal_name="Maison Verrier SAS",
    address="14 quai des Chartrons, 33000 Bordeaux",
    email="atelier@verrier.example",
    person="Hélène Verrier",
    story="Knitwear from one workshop on the Garonne, since 1931.",
    collection="Winter 2025",
    problem="Two hundred pieces too many after a mild winter, and shelves needed for spring in six weeks.",
    never="Our name in no subject line and on no billboard.",
    cost_total=9_800,
    pieces=(
        Piece(
            "MV-101",
            "sweater",
            "Garonne crew neck",
            "A crew neck in extra-fine merino, knitted in one piece, without a side seam.",
            "100 % laine mérinos",
            "FR",
            "61101130",
            (("Encre", INK), ("Rouille", RUST)),
            CLOTHES,
            190,
            89,
            70,
            9,
        ),
        Piece(
            "MV-114",
            "sweater",
            "Estuaire roll neck",
            "A roll neck in lambswool and cashmere, brushed by hand.",
            "90 % laine d'agneau, 10 % cachemire",
            "FR",
            "61101210",
            (("Craie", CHALK),),
            CLOTHES,
            240,
            115,
            90,
            9,
        ),
        Piece(
            "MV-120",
            "scarf",
            "Brume scarf",
            "Two metres of brushed alpaca with a hand-rolled edge.",
            "100 % alpaga",
            "PE",
            "61171000",
            (("Fumée", SMOKE), ("Vin", WINE)),
            ONE,
            110,
            49,
            40,
            12,
        ),
        Piece(
            "MV-133",
            "coat",
            "Pavé coat",
            "A straight coat in boiled wool, unlined, with horn buttons.",
            "80 % laine, 20 % polyamide",
            "PT",
            "62022000",
            (("Camel", CAMEL),),
            FRENCH,
            480,
            229,
            190,
            6,
        ),
    ),
)

SOREL = House(
    name="Atelier Sorel",
    legal_name="Sorel Maroquinerie SARL",
    address="7 rue du Château, 87000 Limoges",
    email="bonjour@sorel.example",
    person="Antoine Sorel",
    story="Vegetable-tanned leather, cut and sewn by nine people in Limoges.",
    collection="Archive 2024",
    problem="Colours that we no longer make, and a workshop that needs the room.",
    never="Never more than one sale in six months, never beside a competitor's.",
    cost_total=7_400,
    kept="One sale, and none other within six months of it; on its morning no other leather house.",
    pieces=(
        Piece(
            "AS-01",
            "bag",
            "Vienne day bag",
            "A day bag in full-grain calf that stands by itself, with one inner pocket.",
            "100 % cuir de vachette",
            "FR",
            "42022100",
            (("Cognac", RUST), ("Nuit", NIGHT)),
            ONE,
            420,
            199,
            160,
            10,
        ),
        Piece(
            "AS-07",
            "belt",
            "Taurion belt",
            "Thirty millimetres of bridle leather with a solid brass buckle.",
            "100 % cuir de vachette",
            "FR",
            "42033000",
            (("Cognac", RUST),),
            ONE,
            95,
            42,
            34,
            16,
        ),
        Piece(
            "AS-12",
            "boot",
            "Briance boot",
            "An ankle boot, Goodyear-welted, that can be resoled twice.",
            "Dessus : 100 % cuir ; doublure : 100 % cuir",
            "FR",
            "64035195",
            (("Nuit", NIGHT),),
            SHOES,
            340,
            165,
            135,
            6,
        ),
    ),
)

RIVAGE = House(
    name="Rivage",
    legal_name="Rivage Textile SAS",
    address="22 rue de la Criée, 29900 Concarneau",
    email="equipe@rivage.example",
    person="Maëlle Le Goff",
    story="Linen and cotton for the house and for those who live in it.",
    collection="Summer 2026",
    problem="A cancelled order of a department store: four hundred pieces, complete in sizes.",
    never="No units beyond what we commit, and nothing in Brittany's own shops' postcodes.",
    cost_total=11_200,
    kept="We sell the units you commit and ask you before each one more; no parcel goes to your shops' towns.",
    pieces=(
        Piece(
            "RV-210",
            "shirt",
            "Étale shirt",
            "A shirt in washed linen with a narrow collar.",
            "100 % lin",
            "PT",
            "62059010",
            (("Ciel", SKY), ("Craie", CHALK)),
            CLOTHES,
            130,
            59,
            48,
            5,
        ),
        Piece(
            "RV-224",
            "dress",
            "Jusant dress",
            "A midi dress in linen and cotton, with pockets.",
            "70 % lin, 30 % coton",
            "PT",
            "62044200",
            (("Mousse", MOSS),),
            FRENCH,
            210,
            98,
            80,
            4,
        ),
        Piece(
            "RV-231",
            "trousers",
            "Jetée trousers",
            "Straight trousers in cotton drill, cut high.",
            "100 % coton",
            "PT",
            "62034231",
            (("Sable", SAND),),
            CLOTHES,
            140,
            64,
            52,
            4,
        ),
    ),
)

ARDOISE = House(
    mode=Mode.CONDITIONAL,
    name="Maison Ardoise",
    legal_name="Ardoise Céramique SAS",
    address="3 impasse du Four, 86200 Loudun",
    email="four@ardoise.example",
    person="Paul Ardoise",
    story="Stoneware thrown by hand and fired twice, in a kiln of 1890.",
    collection="Last firing 2025",
    problem="The last pieces of a glaze whose mineral is exhausted.",
    never="Never wrapped as a gift, never sold in pairs.",
    cost_total=2_600,
    kept="Each piece is sold and wrapped by itself, in plain paper.",
    pieces=(
        Piece(
            "MA-03",
            "vase",
            "Kaolin vase",
            "A tall vase in stoneware, glazed inside and left bare outside.",
            "Grès émaillé",
            "FR",
            "69120021",
            (("Craie", CHALK), ("Fumée", SMOKE)),
            ONE,
            140,
            62,
            48,
            6,
        ),
        Piece(
            "MA-08",
            "candle",
            "Cendre candle",
            "Forty hours of beeswax in a thrown cup that stays.",
            "Cire d'abeille, grès",
            "FR",
            "34060000",
            (("Sable", SAND),),
            ONE,
            58,
            26,
            20,
            10,
        ),
    ),
)

HALAGE = House(
    name="Halage",
    legal_name="Halage SARL",
    address="41 chemin de Halage, 44000 Nantes",
    email="atelier@halage.example",
    person="Inès Tanguy",
    story="Coats and scarves for weather, cut in Nantes.",
    collection="Winter 2026",
    problem="A colour that a department store cancelled.",
    never="Never below the floor, whatever the day.",
    cost_total=5_100,
    solved="We take the whole colour, all sizes, and open one sale for it within five weeks.",
    kept="The floors you gave are the deal's floors. No rule, no hour and no voucher goes under them.",
    pieces=(
        Piece(
            "HL-40",
            "coat",
            "Écluse coat",
            "A short coat in felted wool with a storm collar.",
            "70 % laine, 30 % polyester",
            "FR",
            "62022000",
            (("Nuit", NIGHT),),
            FRENCH,
            390,
            179,
            150,
            5,
        ),
        Piece(
            "HL-51",
            "scarf",
            "Bief scarf",
            "A scarf in lambswool, woven in a herringbone.",
            "100 % laine d'agneau",
            "FR",
            "61171000",
            (("Mousse", MOSS),),
            ONE,
            85,
            38,
            30,
            14,
        ),
    ),
)

HOUSES = (VERRIER, SOREL, RIVAGE, ARDOISE, HALAGE)
"""One sells now, one soon and one tomorrow; one has sold; with the last the house still talks."""
