"""Every kind of letter with believable facts, as somebody would receive it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

from marketplace.domain.cards import Refused
from marketplace.domain.money import Money
from marketplace.queries.letters import LetterLine, LetterOrder, LetterRefund
from marketplace.words import LOCALES, letters, saved_cards

BRAND = "Maison Verrier"
TO_BRANDS = {
    "deal_accepted",
    "deal_expiring",
    "deal_proposed",
    "application_declined",
    "application_received",
    "bank_changes",
    "bank_stays",
    "brand_invitation",
    "brand_ready",
    "brand_state",
    "item_sent_back",
    "message_waits",
    "purchase_ordered",
    "statement_ready",
    "payout_paid",
    "charge_proposed",
    "exit_asked",
    "exit_due",
    "exit_done",
    "exit_corrected",
    "charge_ended",
    "report_closing",
    "report_hourly",
    "report_later",
}
"""Kinds that go to people of a brand, about their own brand."""
EACH = tuple(product(letters.kinds(), LOCALES))

ORDER_LINES = (
    LetterLine("Brume crew neck in extra-fine merino, Ink, M", 1, Money(8_900, "EUR")),
    LetterLine("Lin overshirt, Écru, 40", 2, Money(15_800, "EUR")),
)
ORDER = LetterOrder(
    ref="A793012A7E163",
    url="https://aubaine.example/orders/A793012A7E163",
    lines=ORDER_LINES,
    shipping=Money(690, "EUR"),
    total=Money(25_390, "EUR"),
    promised_on=date(2026, 3, 19),
    carrier="Colissimo",
    tracking="6A12345678901",
)
LINK = "https://aubaine.example/invitation/0f3c9b1d"
AT = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
FACTS = {
    "order": ORDER,
    "piece": LetterLine("Brume crew neck in extra-fine merino, Ink, M", 1, Money(8_900, "EUR")),
    "refused": saved_cards.NOT_CHARGED[Refused.BANK_ASKS],
    "refund": LetterRefund(Money(8_900, "EUR")),
    "missing": ORDER_LINES[:1],
    "pieces": ((ORDER_LINES[0], "Worn: the sleeves are marked."),),
    "sale": "The winter house",
    "ref": "P4F0A9B1C2D",
    "units": 3,
    "received": AT,
    "until": datetime(2026, 3, 19, 22, 59, tzinfo=UTC),
    "acknowledgement": "I hereby withdraw from my contract of order A793012A7E163 for:\n1 \u00d7 Lin overshirt",
    "about": "Winter house",
    "amount": Money(264_000, "EUR"),
    "reference": "AUBAINE-1-7",
    "upheld": 2,
    "final": Money(1_200, "EUR"),
    "decision": "Two of three boxes were short.",
    "link": LINK,
    "brand": BRAND,
    "name": BRAND,
    "due_at": AT,
    "answer_by": AT,
    "reason": "The extract is older than three months.",
    "state": "suspended",
    "item": "Extract from the register",
    "person": "Alma Verrier",
    "last_four": "0189",
    "was": "2606",
    "takes_effect": AT,
    "sponsor": "Camille Laurent",
    "opens_at": AT,
    "stop": "https://aubaine.example/reminders/7/0f3c9b1d",
    "inviter": "Claire Aubin",
    "brand_name": BRAND,
    "named": "",
    "collection": "Winter 2025",
    "number": 2,
    "as_of": AT,
    "days": 30,
    "silent": "return",
    "again": False,
    "leave_by": date(2026, 5, 18),
    "keep_until": date(2026, 7, 1),
    "kind": "return",
    "left_on": date(2026, 5, 4),
    "receiver": "DPD 0907 1234",
    "left": 2,
    "corrects": 1,
    "zone": "Europe/Paris",
    "summary": (("Pieces accepted", "120"), ("Paid", "71"), ("Sales with VAT, gross", "€6,319.00")),
}


def letter(kind, locale, /, **other):
    """The letter of ``kind`` as it is read in ``locale``."""
    return letters.rendered(kind, locale=locale, facts={**FACTS, **other})
