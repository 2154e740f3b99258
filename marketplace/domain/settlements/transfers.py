"""A payout as a message that a bank reads: ISO 20022 pain.001.001.09, one SEPA credit transfer.

Only what the scheme needs is in it (EPC115-06, customer-to-PSP implementation guidelines): who pays, from which
account, to whom, where, how much, on which day, and the words that stand on the brand's own account statement.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

if TYPE_CHECKING:
    from datetime import date, datetime

    from marketplace.domain.money import Money

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NAME_LENGTH_MAX = 70
WORDS_LENGTH_MAX = 140
ID_LENGTH_MAX = 35
CENTS = 100
_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is, and its IBAN, which writes itself nowhere."""

    holder: str
    iban: str

    def __repr__(self) -> str:
        """For logs and faults: its end alone."""
        return f"Account(…{self.iban[-4:]})"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment. ``ref`` names it at both ends and never names two; ``words`` stand beside it.

    ``message`` names the file: two files about one payment, to two accounts, have two names, so that a bank takes
    neither for the other; the same payment handed over again has the same, and a bank refuses it.
    """

    ref: str
    message: str
    source: Account
    target: Account
    amount: Money
    on: date
    made_at: datetime
    words: str


def message(transfer: Transfer) -> bytes:
    """The message as XML. Euros alone travel by SEPA; letters outside its set lose their marks."""
    assert transfer.amount.currency == "EUR", "SEPA carries euros"
    named = (transfer.ref, transfer.message)
    assert max(map(len, named)) <= ID_LENGTH_MAX, "a reference has to fit"
    document = Element("Document", xmlns=NAMESPACE)
    whole = SubElement(document, "CstmrCdtTrfInitn")
    amount = _amount(transfer.amount)
    _put(
        whole,
        "GrpHdr",
        {
            "MsgId": transfer.message,
            "CreDtTm": transfer.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "NbOfTxs": "1",
            "CtrlSum": amount,
            "InitgPty": {"Nm": plain(transfer.source.holder, NAME_LENGTH_MAX)},
        },
    )
    payment = _put(
        whole,
        "PmtInf",
        {
            "PmtInfId": transfer.message,
            "PmtMtd": "TRF",
            "NbOfTxs": "1",
            "CtrlSum": amount,
            "PmtTpInf": {"SvcLvl": {"Cd": "SEPA"}},
            "ReqdExctnDt": {"Dt": transfer.on.isoformat()},
            "Dbtr": {"Nm": plain(transfer.source.holder, NAME_LENGTH_MAX)},
            "DbtrAcct": {"Id": {"IBAN": transfer.source.iban}},
            "DbtrAgt": {"FinInstnId": {"Othr": {"Id": "NOTPROVIDED"}}},
            "ChrgBr": "SLEV",
        },
    )
    single = _put(payment, "CdtTrfTxInf", {"PmtId": {"EndToEndId": transfer.ref}})
    of = SubElement(SubElement(single, "Amt"), "InstdAmt", Ccy=transfer.amount.currency)
    of.text = amount
    _put(single, "Cdtr", {"Nm": plain(transfer.target.holder, NAME_LENGTH_MAX)})
    _put(single, "CdtrAcct", {"Id": {"IBAN": transfer.target.iban}})
    _put(single, "RmtInf", {"Ustrd": plain(transfer.words, WORDS_LENGTH_MAX)})
    written: bytes = tostring(document, encoding="UTF-8", xml_declaration=True)
    return written


def plain(words: str, length_max: int) -> str:
    """Words in the letters that every bank of the scheme takes: marks are dropped, other signs become spaces."""
    bare = unicodedata.normalize("NFKD", words.replace("\u2019", "'"))
    kept = (each for each in bare if not unicodedata.combining(each))
    return " ".join("".join(e if e in _ALLOWED else " " for e in kept).split())[:length_max]


def _amount(amount: Money) -> str:
    return f"{amount.minor // CENTS}.{amount.minor % CENTS:02d}"


def _put(parent: Element, name: str, parts: dict[str, object]) -> Element:
    made = SubElement(parent, name)
    for part, value in parts.items():
        if isinstance(value, dict):
            _put(made, part, value)
        else:
            SubElement(made, part).text = str(value)
    return made
