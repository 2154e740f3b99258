"""What is asked of Stripe, as its API names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketplace.toolbox import CardAsked, CheckoutAsked, CollectAsked


def of_session(asked: CheckoutAsked) -> Any:  # noqa: ANN401 - Stripe's typed dicts are checked by Stripe
    """A hosted page on which an order is paid."""
    # No descriptor of its own: a card's statement says the account's name and nothing of what was bought.
    metadata = {**asked.metadata, "order_ref": asked.order_ref}
    return {
        "mode": "payment",
        "client_reference_id": asked.order_ref,
        "payment_method_types": ["card"],
        "customer_email": asked.email,
        "locale": asked.locale,
        "line_items": [
            {
                "quantity": line.units,
                "price_data": {
                    "currency": line.unit.currency.lower(),
                    "unit_amount": line.unit.minor,
                    "product_data": {"name": line.name},
                },
            }
            for line in asked.lines
        ],
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "success_url": asked.success_url,
        "cancel_url": asked.cancel_url,
        "expires_at": int(asked.expires_at.timestamp()),
    }


def of_card_page(asked: CardAsked) -> Any:  # noqa: ANN401 - as above
    """A hosted page on which a card is entered, to be charged while its holder is elsewhere."""
    return {
        "mode": "setup",
        "customer": asked.customer_ref,
        "payment_method_types": ["card"],
        "locale": asked.locale,
        "metadata": {"card_key": asked.key},
        "success_url": asked.success_url,
        "cancel_url": asked.cancel_url,
        "expires_at": int(asked.expires_at.timestamp()),
    }


def of_collecting(asked: CollectAsked) -> Any:  # noqa: ANN401 - as above
    """A payment without its holder: the bank says yes, says no, or asks for them."""
    return {
        "amount": asked.amount.minor,
        "currency": asked.amount.currency.lower(),
        "customer": asked.customer_ref,
        "payment_method": asked.method_ref,
        "payment_method_types": ["card"],
        "confirm": True,
        "off_session": True,
        "metadata": {"payment_key": asked.key, "order_ref": asked.order_ref},
    }
