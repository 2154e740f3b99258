"""Conditions of goods and other closed lists of words, in the languages brands write."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

WORDS_LENGTH_MAX = 80
REMEMBERED_MAX = 4_096


class Condition(StrEnum):
    """What a member must be told about the state of a piece before buying it."""

    NEW_WITH_TAGS = "new_with_tags"
    NEW_WITHOUT_TAGS = "new_without_tags"
    SECOND_CHOICE = "second_choice"
    CUSTOMER_RETURN = "customer_return"


_WORDS = {
    Condition.NEW_WITH_TAGS: (
        "new", "new with tags", "new with tag", "nwt", "brand new", "neuf", "neuf avec etiquette",
        "neuf avec etiquettes", "neu", "neu mit etikett", "neuware", "nuovo", "nuovo con cartellino",
        "nuovo con etichetta", "nuevo", "nuevo con etiqueta", "a", "grade a",
    ),
    Condition.NEW_WITHOUT_TAGS: (
        "new without tags", "new without tag", "nwot", "neuf sans etiquette", "neuf sans etiquettes",
        "neu ohne etikett", "nuovo senza cartellino", "nuovo senza etichetta", "nuevo sin etiqueta",
    ),
    Condition.SECOND_CHOICE: (
        "second choice", "seconds", "2nd choice", "b grade", "grade b", "b", "second choix", "2e choix",
        "2eme choix", "zweite wahl", "2 wahl", "b ware", "seconda scelta", "segunda calidad", "tara",
    ),
    Condition.CUSTOMER_RETURN: (
        "customer return", "return", "returns", "retour client", "retours clients", "retour",
        "kundenretoure", "retoure", "reso cliente", "reso", "devolucion", "devolucion de cliente",
    ),
}  # fmt: skip
_BY_WORD = {word: condition for condition, words in _WORDS.items() for word in words}


def folded(text: str) -> str:
    """``text`` in lower case without accents and punctuation, one space between words."""
    return _folded(text) if len(text) <= WORDS_LENGTH_MAX else _folded.__wrapped__(text)


@lru_cache(maxsize=REMEMBERED_MAX)
def _folded(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("œ", "oe"))
    letters = "".join(each for each in bare if not unicodedata.combining(each))
    return re.sub(r"[^0-9a-z]+", " ", letters.casefold()).strip()


def named(text: str) -> Condition | None:
    """The condition that ``text`` names; None where the words are not known."""
    return _named(text[:WORDS_LENGTH_MAX])


@lru_cache(maxsize=REMEMBERED_MAX)
def _named(text: str) -> Condition | None:
    plain = folded(text)
    if plain in _BY_WORD:
        return _BY_WORD[plain]
    return next((each for each in Condition if each.value == plain.replace(" ", "_")), None)
