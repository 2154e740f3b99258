"""What the pay page says, in English and French. It is no part of the product's own catalogue."""

# ruff: noqa: RUF001  # French writes its apostrophe so

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from babel.core import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency, get_currency_precision

LANGUAGES = ("en", "fr")

WORDS = {
    "en": {
        "notice": "Stripe simulator. No money moves, and no real card works here.",
        "pay_title": "Payment",
        "setup_title": "Save a card",
        "summary": "Your order",
        "quantity": "Quantity",
        "delivery": "Delivery",
        "total": "Total",
        "email": "E-mail address",
        "card": "Card",
        "number": "Card number",
        "expiry": "Expiry (MM/YY)",
        "cvc": "Security code",
        "name": "Name on the card",
        "others": "Test cards are listed below.",
        "filled_in": "A test card that succeeds is filled in. Others are listed below.",
        "pay": "Pay {amount}",
        "save": "Save the card",
        "back": "Back",
        "expires": "This page is open until {time} (UTC).",
        "moment": "d MMMM, HH:mm",
        "cards_title": "Test cards",
        "4242424242424242": "succeeds",
        "4000000000000002": "is declined",
        "4000000000009995": "has insufficient funds",
        "4000002500003155": "asks for authentication unless it was saved before",
        "4000000000003220": "asks for authentication every time",
        "expired_title": "This page has expired",
        "expired_text": "The payment page was closed before a payment was made. "
        "You have not been charged.",
        "complete_title": "This payment is complete",
        "complete_setup_title": "Your card is saved",
        "complete_text": "There is nothing more to do here.",
        "return": "Return to the shop",
        "missing_title": "There is no such page",
        "missing_text": "The address is wrong, or the simulator was emptied since.",
        "bank_title": "Your bank asks you to confirm",
        "bank_text": "With a real card your bank would now ask you to confirm this payment of "
        "{amount} in its app or with a code. Here you decide.",
        "bank_setup_text": "With a real card your bank would now ask you to confirm in its app or "
        "with a code that this card may be saved. Here you decide.",
        "approve": "Approve",
        "deny": "Deny",
        "not_paid": "The payment was not made.",
        "not_saved": "The card was not saved.",
        "fault_email": "Enter your e-mail address.",
        "incorrect_number": "The card number is not correct.",
        "invalid_expiry_month": "The expiry month is not valid.",
        "invalid_expiry_year": "The card has expired, or its year is not valid.",
        "invalid_cvc": "The security code is not valid.",
        "card_declined": "Your bank declined the card. Use another card.",
        "insufficient_funds": "The card has insufficient funds. Use another card.",
        "expired_card": "The card has expired. Use another card.",
        "incorrect_cvc": "The security code is not correct.",
        "processing_error": "The card could not be processed. Try again in a moment.",
        "test_mode_live_card": "This is not a test card. Use one of those listed below.",
        "payment_intent_authentication_failure": "Your bank could not confirm that it was you. "
        "Use another card, or try again.",
    },
    "fr": {
        "notice": "Simulateur Stripe. Aucune somme n’est débitée et aucune vraie carte n’est "
        "acceptée ici.",
        "pay_title": "Paiement",
        "setup_title": "Enregistrer une carte",
        "summary": "Votre commande",
        "quantity": "Quantité",
        "delivery": "Livraison",
        "total": "Total",
        "email": "Adresse e-mail",
        "card": "Carte",
        "number": "Numéro de carte",
        "expiry": "Expiration (MM/AA)",
        "cvc": "Code de sécurité",
        "name": "Nom figurant sur la carte",
        "others": "Les cartes d’essai figurent plus bas.",
        "filled_in": "Une carte d’essai acceptée est déjà saisie. Les autres figurent plus bas.",
        "pay": "Payer {amount}",
        "save": "Enregistrer la carte",
        "back": "Retour",
        "expires": "Cette page reste ouverte jusqu’au {time} (UTC).",
        "moment": "d MMMM 'à' HH:mm",
        "cards_title": "Cartes d’essai",
        "4242424242424242": "acceptée",
        "4000000000000002": "refusée",
        "4000000000009995": "provision insuffisante",
        "4000002500003155": "authentification demandée, sauf si elle a été enregistrée",
        "4000000000003220": "authentification demandée à chaque fois",
        "expired_title": "Cette page a expiré",
        "expired_text": "La page de paiement a été fermée avant tout paiement. "
        "Rien n’a été débité.",
        "complete_title": "Ce paiement est effectué",
        "complete_setup_title": "Votre carte est enregistrée",
        "complete_text": "Vous n’avez plus rien à faire ici.",
        "return": "Revenir à la boutique",
        "missing_title": "Cette page n’existe pas",
        "missing_text": "L’adresse est erronée, ou le simulateur a été vidé depuis.",
        "bank_title": "Votre banque vous demande de confirmer",
        "bank_text": "Avec une vraie carte, votre banque vous demanderait maintenant de confirmer "
        "ce paiement de {amount} dans son application ou par un code. Ici, c’est vous qui décidez.",
        "bank_setup_text": "Avec une vraie carte, votre banque vous demanderait maintenant de "
        "confirmer, dans son application ou par un code, l’enregistrement de la carte. Ici, c’est "
        "vous qui décidez.",
        "approve": "Accepter",
        "deny": "Refuser",
        "not_paid": "Le paiement n’a pas eu lieu.",
        "not_saved": "La carte n’a pas été enregistrée.",
        "fault_email": "Indiquez votre adresse e-mail.",
        "incorrect_number": "Le numéro de carte est incorrect.",
        "invalid_expiry_month": "Le mois d’expiration n’est pas valable.",
        "invalid_expiry_year": "La carte a expiré, ou l’année n’est pas valable.",
        "invalid_cvc": "Le code de sécurité n’est pas valable.",
        "card_declined": "Votre banque a refusé la carte. Utilisez une autre carte.",
        "insufficient_funds": "Provision insuffisante. Utilisez une autre carte.",
        "expired_card": "La carte a expiré. Utilisez une autre carte.",
        "incorrect_cvc": "Le code de sécurité est incorrect.",
        "processing_error": "La carte n’a pas pu être traitée. Réessayez dans un instant.",
        "test_mode_live_card": "Ce n’est pas une carte d’essai. Utilisez l’une de celles "
        "ci-dessous.",
        "payment_intent_authentication_failure": "Votre banque n’a pas pu confirmer qu’il "
        "s’agissait bien de vous. Utilisez une autre carte ou réessayez.",
    },
}

SHOWN_CARDS = (
    "4242424242424242",
    "4000000000000002",
    "4000000000009995",
    "4000002500003155",
    "4000000000003220",
)


def language(locale: str | None, accepted: str) -> str:
    """The page's language: the session's, else the first of the browser's that is spoken here."""
    if locale and locale != "auto":
        return "fr" if locale.startswith("fr") else "en"
    for tag in accepted.split(","):
        spoken = tag.strip()[:2].lower()
        if spoken in LANGUAGES:
            return spoken
    return "en"


def money(minor: int, currency: str, spoken: str) -> str:
    """An amount as people write it: ``€149.00``, ``149,00 €``."""
    precision = get_currency_precision(currency.upper())
    amount = Decimal(minor).scaleb(-precision)
    return str(format_currency(amount, currency.upper(), locale=Locale.parse(spoken)))


def moment(second: int, spoken: str) -> str:
    """A moment in UTC, to the minute."""
    at = datetime.fromtimestamp(second, UTC)
    return str(format_datetime(at, WORDS[spoken]["moment"], locale=Locale.parse(spoken)))


def reason(spoken: str, error: dict[str, str]) -> str:
    """Why a card was not taken, in the buyer's words; the finest code that has some is used."""
    words = WORDS[spoken]
    code = error.get("code", "").replace("setup_intent", "payment_intent")
    for name in (error.get("decline_code", ""), code):
        if name in words:
            return words[name]
    return words["card_declined"]
